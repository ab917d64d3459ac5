package snapshot

import (
	"strings"
	"testing"
)

func TestHeaderVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"as Directus writes it", "version: 1\ndirectus: 12.4.1\nvendor: postgres\n", "12.4.1"},
		{"first line", "directus: 9.26.0\nversion: 1\n", "9.26.0"},
		{"after a byte order mark", "\ufeffdirectus: 9.26.0\n", "9.26.0"},
		{"double quotes", "version: 1\ndirectus: \"11.8.0\"\n", "11.8.0"},
		{"single quotes", "version: 1\ndirectus: '11.8.0'\n", "11.8.0"},
		{"quoted key", "'version': 1\n'directus': 11.8.0\n", "11.8.0"},
		{"Windows line ends", "version: 1\r\ndirectus: 11.8.0\r\nvendor: postgres\r\n", "11.8.0"},
		{"comment behind", "directus: 11.8.0 # upgrade me\n", "11.8.0"},
		{"prerelease", "directus: 12.0.0-rc.1\n", "12.0.0-rc.1"},
		{"build", "directus: 12.0.0+build.7\n", "12.0.0+build.7"},
		{"JSON on one line", `{"version":1,"directus":"10.13.4","vendor":"postgres","collections":[]}`, "10.13.4"},
		{"JSON on many lines", "{\n  \"version\": 1,\n  \"directus\" : \"10.13.4\"\n}", "10.13.4"},
		{"commented out", "# directus: 9.0.0\nversion: 1\n", ""},
		{"commented out behind a comma", "# before, directus: 9.0.0\nversion: 1\ndirectus: 11.8.0\n", "11.8.0"},
		{"none", "version: 1\nvendor: postgres\n", ""},
		{"no number", "directus: latest\n", ""},
		{"empty", "", ""},
		{"part of another key", "not_directus: 1.0.0\n", ""},
		{"far down", strings.Repeat("# x\n", 300) + "directus: 11.8.0\n", ""},
		{"cut by the limit", strings.Repeat("#", headerRoom-13) + "\ndirectus: 12.4.1\n", ""},
		{"just before the limit", strings.Repeat("#", headerRoom-18) + "\ndirectus: 12.4.1\n", "12.4.1"},
		{"at the end of the file", "directus: 12.4.1", "12.4.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := HeaderVersion([]byte(c.text)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestHeaderVersionIsWhatDecodeFinds: two ways to the same answer.
func TestHeaderVersionIsWhatDecodeFinds(t *testing.T) {
	t.Parallel()
	for name, data := range written(t) {
		if got, want := HeaderVersion(data), Decode(name, data).Snapshot.Directus; got != want {
			t.Errorf("%s: %q from the beginning, %q from the whole", name, got, want)
		}
	}
}

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Format{
		"version: 1\n": YAML, "{}": JSON, " \r\n\t{": JSON, "\ufeff{}": JSON, "": YAML, "# {\n": YAML, "[": YAML,
	} {
		if got := FormatOf([]byte(text)); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
