package authz

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
)

func TestRead(t *testing.T) {
	t.Parallel()
	created := func(name, policy string, c Container) Action {
		c.Name = name
		return Action{Kind: Create, Target: name, Policy: policy, Container: c}
	}
	for _, c := range []struct {
		method, uri, body string
		want              Action
	}{
		{"POST", "/v1.41/containers/sg-directus-1/start", "", Action{Kind: Start, Target: "sg-directus-1"}},
		{"POST", "/containers/x/start?detachKeys=a", "", Action{Kind: Start, Target: "x"}},
		{"POST", "/v1.24/containers/sg%2ddirectus%2D1/start", "", Action{Kind: Start, Target: "sg-directus-1"}},
		{"POST", "/v1.41/containers/%78/%73tart", "", Action{Kind: Start, Target: "x"}},
		{"POST", "/%76%31.41/containers/x/start", "", Action{Kind: Start, Target: "x"}},
		{"POST", "//v1.41//containers//x//start", "", Action{Kind: Start, Target: "x"}},
		{"POST", "/v1.41/images/../containers/x/start", "", Action{Kind: Start, Target: "x"}},
		{"POST", "/v1.41/containers/%2Fx/start", "", Action{Kind: Start, Target: "x"}},
		{"POST", "http://localhost/v1.41/containers/x/restart?t=5", "", Action{Kind: Restart, Target: "x"}},
		{"POST", "/containers/start/start", "", Action{Kind: Start, Target: "start"}},
		{"POST", "/containers/create/restart", "", Action{Kind: Restart, Target: "create"}},
		{"POST", "/v1.41/containers/x/stop", "", Action{}},
		{"POST", "/v1.41/containers/x/kill?signal=9", "", Action{}},
		{"POST", "/v1.41/containers/x/unpause", "", Action{}},
		{"POST", "/v1.41/containers/x/rename?name=start", "", Action{}},
		{"POST", "/v1.41/containers/x/exec", "", Action{}},
		{"POST", "/v1.41/exec/x/start", "", Action{}},
		{"POST", "/v1.41/containers/x/start/", "", Action{Kind: Start, Target: "x"}},
		{"POST", "/v1.41/containers/start", "", Action{}},
		{"GET", "/v1.41/containers/x/start", "", Action{}},
		{"GET", "/v1.41/containers/json?all=1", "", Action{}},
		{"HEAD", "/_ping", "", Action{}},
		{"POST", "/v1.41/build?t=x", "", Action{}},
		{"DELETE", "/v1.41/containers/x?force=1", "", Action{Kind: Delete, Target: "x"}},
		{"DELETE", "/v1.41/containers/x?v=1", "", Action{Kind: Delete, Target: "x", Volumes: true}},
		{"DELETE", "/containers/x?v=False", "", Action{Kind: Delete, Target: "x"}},
		{"DELETE", "/v1.41/volumes/pg%64ata?force=1", "", Action{Kind: VolumeRemove, Target: "pgdata"}},
		{"DELETE", "/v1.41/images/x", "", Action{}},
		{"POST", "/v1.41/volumes/prune", "", Action{Kind: VolumePrune, Named: true}},
		{"POST", "/v1.42/volumes/prune", "", Action{Kind: VolumePrune}},
		{"POST", "/v1.5/volumes/prune", "", Action{Kind: VolumePrune, Named: true}},
		{"POST", "/v1.100/volumes/prune", "", Action{Kind: VolumePrune}},
		{"POST", "/v2.0/volumes/prune", "", Action{Kind: VolumePrune}},
		{"POST", "/volumes/prune", "", Action{Kind: VolumePrune, Named: true}},
		{"POST", `/v1.48/volumes/prune?filters=%7B%22all%22%3A%7B%22true%22%3Atrue%7D%7D`, "", Action{Kind: VolumePrune, Named: true}},
		{"POST", `/v1.48/volumes/prune?filters=%7B%22all%22%3A%5B%221%22%5D%7D`, "", Action{Kind: VolumePrune, Named: true}},
		{"POST", `/v1.48/volumes/prune?filters=%7B%22all%22%3A%5B%22false%22%5D%7D`, "", Action{Kind: VolumePrune}},
		{"POST", `/v1.48/volumes/prune?filters=%7B%22label%22%3A%5B%22a%22%2C%22b%3Dc%22%5D%2C%22label%21%22%3A%5B%22d%22%5D%7D`, "", Action{Kind: VolumePrune, Labels: []string{"a", "b=c"}, NotLabels: []string{"d"}}},
		{"POST", `/v1.48/volumes/prune?filters=%7B%22label%22%3A%7B%22b%22%3Atrue%2C%22a%22%3Atrue%2C%22c%22%3Afalse%7D%7D`, "", Action{Kind: VolumePrune, Labels: []string{"a", "b"}}},
		{"POST", `/v1.48/volumes/prune?filters=7`, "", Action{Kind: VolumePrune}},
		{"POST", "/v1.41/volumes/create", "", Action{}},
		{"POST", "/v1.41/containers/x/update", `{"Memory": 5, "RestartPolicy": {"Name": ""}}`, Action{}},
		{"POST", "/v1.41/containers/x/update", `{"RestartPolicy": {"Name": "no"}}`, Action{}},
		{"POST", "/v1.41/containers/x/update", `{"RestartPolicy": {"Name": "always"}}`, Action{Kind: Update, Target: "x", Policy: "always"}},
		{"POST", "/v1.41/containers/x/update", `{"restartpolicy": {"NAME": "on-failure"}} {}`, Action{Kind: Update, Target: "x", Policy: "on-failure"}},
		{"POST", "/v1.41/containers/x/update", "", Action{Kind: Update, Target: "x", Policy: "?"}},
		{"POST", "/v1.41/containers/create?name=x", "", created("x", "?", Container{})},
		{
			"POST", "/v1.41/containers/create", `{"Image": "a:1", "Env": ["A=1"], "Labels": {"l": "v"}, "Cmd": "run", "Entrypoint": ["e", "f"],
			"HostConfig": {"Binds": ["/h:/c:ro", "vol:/v"], "Mounts": [{"Type": "volume", "Source": "pg", "Target": "/p"}], "RestartPolicy": {"Name": "always"}}}`,
			created("", "always", Container{
				Image: "a:1", Env: []string{"A=1"}, Labels: map[string]string{"l": "v"}, Cmd: []string{"run"}, Entrypoint: []string{"e", "f"},
				Mounts: []Mount{{"/h", "/c"}, {"vol", "/v"}, {"pg", "/p"}},
			}),
		},
		{"POST", "/v1.41/containers/create?name=x", `{"Image": "a", "Env": null, "Cmd": null}`, created("x", "", Container{Image: "a"})},
		{"POST", "/v1.41/containers/create?name=x", `{"Image": `, created("x", "?", Container{})},
		{"POST", "*", "", Action{}},
		{"POST", "/%zz", "", Action{}},
		{"", "", "", Action{}},
	} {
		if diff := cmp.Diff(c.want, Read(Request{c.method, c.uri, []byte(c.body)})); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.method, c.uri, diff)
		}
	}
}

func TestGuarded(t *testing.T) {
	t.Parallel()
	env := func(v ...string) Container { return Container{Env: v} }
	run := func(words ...string) Container { return Container{Cmd: words} }
	for _, c := range []struct {
		name string
		c    Container
		want bool
	}{
		{"nothing", Container{}, false},
		{"postgres", Container{Image: "postgres:16", Env: []string{"POSTGRES_DB=directus"}, Cmd: []string{"postgres"}}, false},
		{"client and key", env("DB_CLIENT=pg", "KEY=x"), true},
		{"client and secret", env("SECRET=x", "DB_CLIENT=pg"), true},
		{"client and directus", env("DB_CLIENT=pg", "DIRECTUS_X=1"), true},
		{"client alone", env("DB_CLIENT=pg"), false},
		{"empty client", env("DB_CLIENT=", "KEY=x"), false},
		{"key alone", env("KEY=x", "SECRET=y"), false},
		{"official image", Container{Image: "directus/directus:11"}, true},
		{"from a registry with a port", Container{Image: "r:5000/directus/directus"}, true},
		{"by digest", Container{Image: "directus/directus@sha256:ab"}, true},
		{"tag of an ID", Container{Image: "sha256:ab", ImageNames: []string{"x", "docker.io/directus/directus:11"}}, true},
		{"a like name", Container{Image: "notdirectus/directus"}, false},
		{"a like image", Container{Image: "directus/directus-backup"}, false},
		{"command", run("directus", "start"), true},
		{"command by path", run("/usr/bin/directus"), true},
		{"in a shell", run("sh", "-c", "npx directus schema apply --yes /x && exec directus start"), true},
		{"official command", run("sh", "-c", "node /directus/cli.js bootstrap && pm2-runtime start"), true},
		{"split over entrypoint and command", Container{Entrypoint: []string{"npx"}, Cmd: []string{"directus", "start"}}, true},
		{"nginx in front of it", run("nginx", "-c", "/etc/nginx/directus.conf"), false},
		{"waits for it", run("wait-for", "directus:8055"), false},
		{"labelled", Container{Labels: map[string]string{recognise.LabelDirectus: "true"}}, true},
		{"labelled another way", Container{Labels: map[string]string{recognise.LabelDirectus: "Yes"}}, true},
		{"excluded by number", Container{Image: "directus/directus", Labels: map[string]string{recognise.LabelDirectus: "0"}}, false},
		{"a label that says nothing", Container{Labels: map[string]string{recognise.LabelDirectus: "maybe"}}, false},
		{"excluded", Container{Image: "directus/directus", Labels: map[string]string{recognise.LabelDirectus: "false"}}, false},
	} {
		if got := Guarded(c.c); got != c.want {
			t.Errorf("%s: guarded %v, want %v", c.name, got, c.want)
		}
	}
}

// FuzzRead looks for a spelling of a start that is let through, and for what makes Read panic.
func FuzzRead(f *testing.F) {
	f.Add("POST", "/v1.41/containers/x/start", []byte(nil))
	f.Add("POST", "/containers/create?name=%zz", []byte(`{"Image":1,"Cmd":[[]]}`))
	f.Add("DELETE", "http://x/v1//volumes/..", []byte("{"))
	f.Add("POST", "/v1.41/volumes/prune?filters={\"all\":[null]}", []byte("{}"))
	f.Fuzz(func(t *testing.T, method, uri string, body []byte) {
		a := Read(Request{method, uri, body})
		if a.Kind != None && a.Target == "" && a.Kind != Create && a.Kind != VolumePrune {
			t.Errorf("%s %s: %s of nothing", method, uri, a.Kind)
		}
		plain := !strings.ContainsAny(uri, "%?#./\\\x7f") && strings.IndexFunc(uri, func(r rune) bool { return r <= ' ' || r > 126 }) < 0
		if plain && uri != "" && Read(Request{"POST", "/v1.41/containers/" + uri + "/start", body}).Target != uri {
			t.Errorf("the start of %q is let through", uri)
		}
	})
}
