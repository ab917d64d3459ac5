package recognise

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/container"
)

func TestDirectus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		spec    bootsource.Spec
		service string
		want    bool
	}{
		{name: "the official image", spec: bootsource.Spec{Image: "directus/directus:11.17.4"}, want: true},
		{name: "by digest, from a mirror", spec: bootsource.Spec{Image: "mirror:5000/directus/directus@sha256:ab"}, want: true},
		{name: "somebody's image of that name", spec: bootsource.Spec{Image: "acme/directus-exporter:1"}},
		{name: "environment", spec: bootsource.Spec{Env: []string{"DB_CLIENT=pg", "SECRET=s"}}, want: true},
		{name: "another program with a database", spec: bootsource.Spec{Env: []string{"DB_CLIENT=pg", "DB_HOST=db"}}},
		{name: "another program with a secret", spec: bootsource.Spec{Env: []string{"SECRET=s"}}},
		{name: "command", spec: bootsource.Spec{Command: []string{"sh", "-c", "directus bootstrap && exec directus start"}}, want: true},
		{name: "npx", spec: bootsource.Spec{Command: []string{"npx", "directus", "start"}}, want: true},
		{name: "npx with a version", spec: bootsource.Spec{Command: []string{"npx", "--yes", "directus@11.17.4", "start"}}, want: true},
		{name: "the file of the image", spec: bootsource.Spec{Command: []string{"node", "/directus/cli.js", "start"}}, want: true},
		{name: "a database that is called so", spec: bootsource.Spec{Command: []string{"pg_dump", "-U", "directus", "directus"}}},
		{name: "a folder that is called so", spec: bootsource.Spec{Command: []string{"sh", "-c", "tar -C /srv/directus ."}}},
		{name: "no client", spec: bootsource.Spec{Env: []string{"DB_CLIENT=", "KEY=x"}}},
		{name: "a path that holds the word", spec: bootsource.Spec{Command: []string{"cat", "/directus/x"}}},
		{name: "the service of the settings", service: "cms", want: true},
		{name: "another service", service: "other"},
		{name: "label says yes", spec: bootsource.Spec{Labels: map[string]string{"schemaguard.directus": "true"}}, want: true},
		{name: "label says no", spec: bootsource.Spec{Image: "directus/directus", Labels: map[string]string{"schemaguard.directus": "false"}}, service: "cms"},
	} {
		if got := Directus(&bootsource.Boot{Service: "cms", Spec: c.spec}, c.service); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	command := func(words ...string) bootsource.Spec { return bootsource.Spec{Command: words} }
	for _, c := range []struct {
		name    string
		spec    bootsource.Spec
		setting string
		want    []string
		sure    bool
	}{
		{name: "nothing said", want: container.Candidates("cms/schema.yaml")},
		{name: "label", spec: bootsource.Spec{Labels: map[string]string{"schemaguard.snapshot": "/a/../b.yaml"}}, setting: "/c", want: []string{"/b.yaml"}, sure: true},
		{name: "setting", setting: "snap.yaml", want: []string{"/directus/snap.yaml"}, sure: true},
		{name: "command", spec: command("directus", "schema", "apply", "--yes", "/x/s.yaml"), want: []string{"/x/s.yaml"}, sure: true},
		{name: "shell", spec: command("sh", "-c", "npx directus schema apply --yes './s.yaml' && npx directus start"), want: []string{"/directus/s.yaml"}, sure: true},
		{name: "a variable is no path", spec: command("sh", "-c", "directus schema apply --yes $SNAPSHOT"), want: container.Candidates("cms/schema.yaml")},
		{name: "two commands", spec: command("sh", "-c", "directus schema apply; cat /etc/x.yaml"), want: container.Candidates("cms/schema.yaml")},
	} {
		got, sure := Paths(&bootsource.Boot{Spec: c.spec}, c.setting, "cms/schema.yaml")
		if diff := cmp.Diff(c.want, got); diff != "" || sure != c.sure {
			t.Errorf("%s: sure %v\n%s", c.name, sure, diff)
		}
	}
}

// Only a command that shows all it runs can say that no snapshot is applied.
func TestAppliesNone(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"/bin/sh|-c|node cli.js bootstrap && pm2-runtime start ecosystem.config.cjs": true, // the official image
		"node|cli.js|start":                          true,
		"directus|start":                             true,
		"":                                           false,
		"/entrypoint":                                false,
		"/boot.sh":                                   false,
		"sh|/boot.sh":                                false,
		"sh|-c|./start.sh && directus start":         false,
		"sh|-c|$BEFORE; directus start":              false,
		"sh|-c|directus schema apply -y /s.yaml":     false,
		"docker-entrypoint.sh|node|cli.js|start":     true,
		"sh|-c|npm run boot":                         false,
		"sh|-c|directus bootstrap && make up":        false,
		"node|server.js":                             false,
		"tini|--|node|/directus/cli.js|start":        true,
		"docker-entrypoint.sh|sh|-c|$X; node cli.js": false,
	} {
		var words []string
		if line != "" {
			words = strings.Split(line, "|")
		}
		if got := AppliesNone(&bootsource.Boot{Spec: bootsource.Spec{Command: words}}); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
