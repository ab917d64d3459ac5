package cliconfig

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddAndRemove(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"docker's own form", "{\n\t\"auths\": {\n\t\t\"x\": {}\n\t},\n\t\"credsStore\": \"pass\"\n}", "{\n\t\"auths\": {\n\t\t\"x\": {}\n\t},\n\t\"credsStore\": \"pass\",\n\t\"cliPluginsExtraDirs\": [\"/ours\"]\n}"},
		{"another list", "{\n  \"cliPluginsExtraDirs\": [\n    \"/a\",\n    \"/b\"\n  ],\n  \"x\": 1\n}\n", "{\n  \"cliPluginsExtraDirs\": [\n    \"/ours\",\n    \"/a\",\n    \"/b\"\n  ],\n  \"x\": 1\n}\n"},
		{"a list in one line", `{"cliPluginsExtraDirs": ["/a"]}`, `{"cliPluginsExtraDirs": ["/ours","/a"]}`},
		{"minified", `{"auths":{"a":{"auth":"=="}},"b":[1,{}]}`, `{"auths":{"a":{"auth":"=="}},"b":[1,{}],"cliPluginsExtraDirs":["/ours"]}`},
		{"windows line ends", "{\r\n  \"a\": \"\\\"}\"\r\n}\r\n", "{\r\n  \"a\": \"\\\"}\",\r\n  \"cliPluginsExtraDirs\": [\"/ours\"]\r\n}\r\n"},
		{"another case", `{"CLIPLUGINSEXTRADIRS": ["/a"]}`, `{"CLIPLUGINSEXTRADIRS": ["/ours","/a"]}`},
		{"the name inside another member", `{"x": {"cliPluginsExtraDirs": ["/z"]}}`, `{"x": {"cliPluginsExtraDirs": ["/z"]},"cliPluginsExtraDirs": ["/ours"]}`},
		{"scalars", `{"a": -1.5e3, "b": true, "c": null}`, `{"a": -1.5e3, "b": true, "c": null, "cliPluginsExtraDirs": ["/ours"]}`},
		{"nothing in it", `{}`, "{\n\t\"cliPluginsExtraDirs\": [\"/ours\"]\n}"},
	} {
		got, err := Add([]byte(c.before), "/ours")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.after, string(got)); diff != "" {
			t.Errorf("%s: adding (-want +got):\n%s", c.name, diff)
		}
		if again, err := Add(got, "/ours"); err != nil || string(again) != string(got) {
			t.Errorf("%s: adding again gives %s, %v", c.name, again, err)
		}
		back, err := Remove(got, "/ours")
		if diff := cmp.Diff(c.before, string(back)); err != nil || diff != "" {
			t.Errorf("%s: removing: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestOddLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, added, removed string }{
		{"no file", "", "{\n\t\"cliPluginsExtraDirs\": [\"/ours\"]\n}\n", "{}\n"},
		{"null", `{"cliPluginsExtraDirs": null}`, `{"cliPluginsExtraDirs": ["/ours"]}`, `{}`},
		{"empty", `{"cliPluginsExtraDirs": [ ], "a": 1}`, `{"cliPluginsExtraDirs": ["/ours"], "a": 1}`, `{"a": 1}`},
		{"not the first", `{"cliPluginsExtraDirs": ["/a", "/ours"]}`, `{"cliPluginsExtraDirs": ["/ours","/a"]}`, `{"cliPluginsExtraDirs": ["/a"]}`},
		{"spelled another way", `{"cliPluginsExtraDirs": ["/a", "\/ours", "/b"]}`, `{"cliPluginsExtraDirs": ["/ours","/a", "/b"]}`, `{"cliPluginsExtraDirs": ["/a", "/b"]}`},
		{"twice", `{"cliPluginsExtraDirs": ["/a", "/ours", "/ours"]}`, `{"cliPluginsExtraDirs": ["/ours","/a"]}`, `{"cliPluginsExtraDirs": ["/a"]}`},
	} {
		got, err := Add([]byte(c.before), "/ours")
		if err != nil || string(got) != c.added {
			t.Errorf("%s: adding gives %s, %v", c.name, got, err)
		}
		back, err := Remove(got, "/ours")
		if err != nil || string(back) != c.removed {
			t.Errorf("%s: removing gives %s, %v", c.name, back, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{`, `[]`, `"x"`, `{"a": 1,}`, "{/* */}", `{"cliPluginsExtraDirs": "/a"}`, `{"cliPluginsExtraDirs": [1]}`,
		`{"cliPluginsExtraDirs": {}}`, `{"cliPluginsExtraDirs": [], "clipluginsextradirs": []}`, "\ufeff{}", "null", `{"cliPluginsExtraDirs": [null, "a"]`,
	} {
		if got, err := Add([]byte(data), "/ours"); err == nil {
			t.Errorf("%s became %s", data, got)
		}
		if got, err := Remove([]byte(data), "/ours"); err == nil {
			t.Errorf("%s became %s", data, got)
		}
	}
}

func TestDir(t *testing.T) {
	t.Parallel()
	env := func(vars map[string]string) func(string) string {
		return func(name string) string { return vars[name] }
	}
	if got := Dir(env(map[string]string{"DOCKER_CONFIG": "/c", "HOME": "/h"})); got != "/c" {
		t.Errorf("with DOCKER_CONFIG: %s", got)
	}
	if got, want := Dir(env(map[string]string{"HOME": "/h"})), filepath.Join("/h", ".docker"); got != want {
		t.Errorf("with HOME: %s", got)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("needs a home directory")
	}
	if got := Dir(env(nil)); got != filepath.Join(home, ".docker") {
		t.Errorf("without: %s", got)
	}
}

// FuzzAdd holds the edits against what encoding/json reads before and after.
func FuzzAdd(f *testing.F) {
	f.Add(`{"a": {"b": ["\"", 1, null]}, "cliPluginsExtraDirs" : [ "/x" , "/ours" ] }`, "/ours")
	f.Add("{\n\t\"auths\": {}\n}", "/o\"urs\n")
	f.Add(`{"cliPluginsExtraDirs":null} trailing`, "")
	f.Add(`{"cliPluginsExtraDirs":[null,"\ud800"]}`, "\xff")
	f.Fuzz(func(t *testing.T, data, dir string) {
		got, err := Add([]byte(data), dir)
		if err != nil || strings.TrimSpace(data) == "" || dir == "" || dir != strings.ToValidUTF8(dir, "") {
			return
		}
		others, want := read2(t, []byte(data))
		rest, have := read2(t, got)
		if diff := cmp.Diff(others, rest); diff != "" {
			t.Errorf("the rest of %s changed:\n%s", data, diff)
		}
		want = slices.DeleteFunc(want, func(d string) bool { return d == dir })
		if diff := cmp.Diff(append([]string{dir}, want...), have); diff != "" {
			t.Errorf("the list of %s:\n%s", data, diff)
		}
		back, err := Remove(got, dir)
		if err != nil {
			t.Fatal(err)
		}
		if rest, have = read2(t, back); !cmp.Equal(others, rest) || !slices.Equal(want, have) {
			t.Errorf("%s came back as %s", data, back)
		}
	})
}

func read2(t *testing.T, data []byte) (map[string]any, []string) {
	t.Helper()
	var all map[string]any
	if err := json.NewDecoder(strings.NewReader(string(data))).Decode(&all); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	for k := range all {
		if strings.EqualFold(k, key) {
			delete(all, k)
		}
	}
	dirs, err := Dirs(data)
	if err != nil {
		t.Fatal(err)
	}
	return all, dirs
}
