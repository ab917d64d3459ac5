package setting

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// parse reads the value of the key targets of a file.
func parse(t *testing.T, text string) ([]Target, []Problem) {
	t.Helper()
	var doc struct{ Targets yaml.Node }
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return Parse(&doc.Targets)
}

func TestParse(t *testing.T) {
	t.Parallel()
	got, problems := parse(t, "targets:\n  stage: {url_env: STAGE_URL}\n  dev: {url: \"host=localhost dbname=app\"}\n  prod:\n    url_env: PROD_URL\n")
	want := []Target{{"stage", "", "STAGE_URL", 2}, {"dev", "host=localhost dbname=app", "", 3}, {"prod", "", "PROD_URL", 4}}
	if diff := cmp.Diff(want, got); diff != "" || problems != nil {
		t.Errorf("%v\n%s", problems, diff)
	}
	for _, none := range []string{"targets:\n", "targets: {}\n", "other: 1\n", "targets: null\n"} {
		if got, problems := parse(t, none); got != nil || problems != nil {
			t.Errorf("%q: %v, %v", none, got, problems)
		}
	}
}

// TestParseIsStrict: each mistake has its line, what is right beside it stays, and
// no url is in a message.
func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"targets: [a]\n": "1 targets: targets must be a mapping of names to databases",
		"targets:\n  a: postgres://u:hunter22@h/d\n":                           "2 targets.a: targets.a must be a mapping with url or url_env",
		"targets:\n  a: {url_evn: A}\n":                                        "2 targets.a.url_evn: unknown key targets.a.url_evn; did you mean url_env?",
		"targets:\n  a: {password: hunter22}\n":                                "2 targets.a.password: unknown key targets.a.password",
		"targets:\n  a:\n    url: postgres://u:hunter22@h/d\n    url_env: B\n": "2 targets.a: targets.a has both url and url_env: keep one",
		"targets:\n  a: {}\n":                                                  "2 targets.a: targets.a names no database: set url_env, or url",
		"targets:\n  a: {url_env: 'hunter22 x'}\n":                             "2 targets.a.url_env: targets.a.url_env must be the name of an environment variable",
		"targets:\n  a:\n    url: [hunter22]\n":                                "3 targets.a.url: targets.a.url must be a text",
		"targets:\n  a:\n    url: 5\n":                                         "3 targets.a.url: targets.a.url must be a text",
		"targets:\n  -x: {url_env: A}\n":                                       "2 targets: the name of a target has letters, digits, dots, dashes and underscores, and at most 63 of them",
	} {
		got, problems := parse(t, strings.Replace(text, "targets:\n", "targets:\n", 1))
		if len(problems) != 1 || len(got) != 0 {
			t.Errorf("%q: %v, %v", text, got, problems)
			continue
		}
		said := strings.TrimSpace(strings.Join([]string{string(rune('0' + problems[0].Line)), problems[0].Key + ":", problems[0].Msg}, " "))
		if said != want || strings.Contains(said, "hunter22") {
			t.Errorf("%q:\n got %s\nwant %s", text, said, want)
		}
	}
	if got, problems := parse(t, "targets:\n  bad: {}\n  good: {url_env: A}\n"); len(got) != 1 || len(problems) != 1 || got[0].Name != "good" {
		t.Errorf("%v, %v", got, problems)
	}
}

func TestDSNAndFind(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"A": "postgres://a"}[name] }
	if dsn, err := (Target{Name: "a", URLEnv: "A"}).DSN(env); dsn != "postgres://a" || err != nil {
		t.Error(dsn, err)
	}
	if dsn, err := (Target{Name: "b", URL: "postgres://b"}).DSN(env); dsn != "postgres://b" || err != nil {
		t.Error(dsn, err)
	}
	var unset *UnsetError
	if _, err := (Target{Name: "c", URLEnv: "C"}).DSN(env); !errors.As(err, &unset) || unset.Variable != "C" {
		t.Error(err)
	}
	all := []Target{{Name: "stage"}, {Name: "prod"}}
	if got, err := Find(all, "prod"); err != nil || got.Name != "prod" {
		t.Error(got, err)
	}
	if _, err := Find(all, "stag"); err == nil || !strings.Contains(err.Error(), "among prod, stage; did you mean stage?") {
		t.Error(err)
	}
	if _, err := Find(nil, "prod"); err == nil || !strings.Contains(err.Error(), "the settings have none") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: {url_env: A}", "a: {url: x}", "[]", "a: &x {url: y}\nb: *x", "? [a]\n: b", "a: !!binary x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(text), &n) != nil || len(n.Content) == 0 {
			return
		}
		got, problems := Parse(n.Content[0])
		for _, target := range got {
			if (target.URL == "") == (target.URLEnv == "") || target.Name == "" {
				t.Errorf("%+v", target)
			}
		}
		for _, p := range problems {
			if p.Msg == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
