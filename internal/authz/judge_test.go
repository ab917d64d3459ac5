package authz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
)

// fakeEngine is what an engine knows.
type fakeEngine struct {
	containers map[string]Container
	images     map[string]Container
	volumes    map[string]Volume
	unused     []Volume
	fails      error
	panics     bool
}

func (e *fakeEngine) trouble() error {
	if e.panics {
		panic("engine")
	}
	return e.fails
}

func found[T any](e *fakeEngine, all map[string]T, name string) (T, error) {
	var zero T
	if err := e.trouble(); err != nil {
		return zero, err
	}
	x, ok := all[name]
	if !ok {
		return zero, fmt.Errorf("%s: %w", name, ErrNotFound)
	}
	return x, nil
}

func (e *fakeEngine) Container(_ context.Context, name string) (Container, error) {
	return found(e, e.containers, name)
}

func (e *fakeEngine) Image(_ context.Context, name string) (Container, error) {
	return found(e, e.images, name)
}

func (e *fakeEngine) Volume(_ context.Context, name string) (Volume, error) {
	return found(e, e.volumes, name)
}

func (e *fakeEngine) Containers(_ context.Context, label string) ([]string, error) {
	var ids []string
	for id, c := range e.containers {
		if label == "" || label == projectLabel+"="+project(c.Labels) {
			ids = append(ids, id)
		}
	}
	return ids, e.trouble()
}

func (e *fakeEngine) UnusedVolumes(_ context.Context, named bool) ([]Volume, error) {
	var all []Volume
	for _, v := range e.unused {
		if named || isAnonymous(v.Name) {
			all = append(all, v)
		}
	}
	return all, e.trouble()
}

var hex64 = strings.Repeat("0f", 32)

func in(project string) map[string]string { return map[string]string{projectLabel: project} }

// newEngine has a Directus and its database in project sg, another database in project other, and a web
// server.
func newEngine() *fakeEngine {
	directus := Container{ID: "d1", Name: "sg-directus-1", Image: "mine", Env: []string{"DB_CLIENT=pg", "KEY=k", "DB_PASSWORD=hunter2"}, Labels: in("sg")}
	db := Container{ID: "b1", Name: "sg-db-1", Image: "postgres", Labels: in("sg"), Mounts: []Mount{{"sg_pgdata", "/var/lib/postgresql/data"}, {hex64, "/var/lib/postgresql/x"}}}
	other := Container{ID: "o1", Name: "other-db-1", Image: "postgres", Labels: in("other"), Mounts: []Mount{{"other_pgdata", "/var/lib/postgresql/data"}}}
	e := &fakeEngine{
		containers: map[string]Container{
			"d1": directus, "sg-directus-1": directus, "b1": db, "sg-db-1": db, "o1": other, "other-db-1": other,
			"web": {ID: "w1", Name: "web", Image: "nginx"},
		},
		images: map[string]Container{
			"nginx": {}, "mine": {Labels: map[string]string{recognise.LabelDirectus: "true"}}, "baked": {Cmd: []string{"directus", "start"}, Env: []string{"B=1"}, ImageNames: []string{"directus/directus:11"}},
			"starts": {Cmd: []string{"directus", "start"}}, "freed": {Labels: map[string]string{recognise.LabelDirectus: "false"}},
		},
		volumes: map[string]Volume{
			"sg_pgdata":    {Name: "sg_pgdata", Labels: in("sg"), Users: []Container{db}},
			"sg_uploads":   {Name: "sg_uploads", Labels: in("sg")},
			"other_pgdata": {Name: "other_pgdata", Labels: in("other"), Users: []Container{other}},
			"kept":         {Name: "kept", Labels: map[string]string{volumeLabel: "true"}},
			"freed":        {Name: "freed", Labels: map[string]string{volumeLabel: "false", projectLabel: "sg"}, Users: []Container{{Mounts: []Mount{{"freed", "/var/lib/postgresql/data"}}}}},
			hex64:          {Name: hex64, Users: []Container{db}},
		},
	}
	return e
}

func deny(context.Context, Action) (bool, string) {
	return false, "schemaguard: 3 collections would go"
}
func grant(context.Context, Action) (bool, string) { return true, "nothing would go" }

func newJudge(e *fakeEngine, d Decide) (*judge, *bytes.Buffer) {
	var log bytes.Buffer
	return &judge{decide: d, ask: e, isGuarded: Guarded, timeout: time.Second, log: &lines{w: &log}}, &log
}

// ask splits "POST /path body".
func ask(j *judge, request string) string {
	method, rest, _ := strings.Cut(request, " ")
	uri, body, _ := strings.Cut(rest, " ")
	allow, message := j.answer(context.Background(), Request{method, uri, []byte(body)})
	if allow != (message == "") {
		return fmt.Sprintf("allow %v with message %q", allow, message)
	}
	if allow {
		return "allowed"
	}
	return message
}

func TestJudge(t *testing.T) {
	t.Parallel()
	refused := func(what string) string { return "schemaguard: refusing " + what + ": 3 collections would go" }
	for _, c := range []struct{ request, want string }{
		{"POST /v1.41/containers/sg-directus-1/start", refused("start of sg-directus-1")},
		{"POST /v1.41/containers/d1/restart", refused("restart of sg-directus-1")},
		{"POST /v1.41/containers/web/start", "allowed"},
		{"POST /v1.41/containers/nobody/start", "allowed"},
		{"POST /v1.41/containers/sg-db-1/restart", "allowed"},
		{"POST /v1.41/containers/sg-directus-1/stop", "allowed"},
		{"GET /v1.41/containers/sg-directus-1/json", "allowed"},
		{`POST /v1.41/containers/sg-directus-1/update {"RestartPolicy":{"Name":"always"}}`, refused("update of sg-directus-1")},
		{`POST /v1.41/containers/sg-directus-1/update {"Memory":1}`, "allowed"},
		{"POST /v1.41/containers/sg-directus-1/update", refused("update of sg-directus-1")},
		{`POST /v1.41/containers/web/update {"RestartPolicy":{"Name":"always"}}`, "allowed"},
		{`POST /v1.41/containers/create?name=n {"Image":"nginx","Env":["DB_CLIENT=pg","SECRET=s"]}`, refused("create of n")},
		{`POST /v1.41/containers/create {"Image":"mine"}`, refused("create of a container of mine")},
		{`POST /v1.41/containers/create {"Image":"baked"}`, refused("create of a container of baked")},
		{`POST /v1.41/containers/create {"Image":"starts","Cmd":["psql"]}`, "allowed"},
		{`POST /v1.41/containers/create {"Image":"starts","Entrypoint":["psql"]}`, "allowed"},
		{`POST /v1.41/containers/create {"Image":"starts","Labels":{"a":"b"}}`, refused("create of a container of starts")},
		{`POST /v1.41/containers/create {"Image":"mine","Labels":{"schemaguard.directus":"false"}}`, "allowed"},
		{`POST /v1.41/containers/create {"Image":"freed","Env":["DB_CLIENT=pg","KEY=s"]}`, "allowed"},
		{`POST /v1.41/containers/create {"Image":"mine","Labels":{"schemaguard.probe":"1"}}`, "allowed"},
		{`POST /v1.41/containers/create {"Image":"unknown","Env":["DB_CLIENT=pg","KEY=s"]}`, refused("create of a container of unknown")},
		{`POST /v1.41/containers/create {"Image":"nginx"}`, "allowed"},
		{"POST /v1.41/containers/create?name=x", "allowed"},
		{"DELETE /v1.41/containers/sg-directus-1?force=1", "allowed"},
		{"DELETE /v1.41/containers/sg-db-1", "allowed"},
		{"DELETE /v1.41/containers/sg-db-1?v=1", refused("delete of sg-db-1")},
		{"DELETE /v1.41/containers/sg-directus-1?v=1", "allowed"},
		{"DELETE /v1.41/volumes/sg_pgdata", refused("volume remove of sg_pgdata")},
		{"DELETE /v1.41/volumes/sg_uploads", "allowed"},
		{"DELETE /v1.41/volumes/other_pgdata", "allowed"},
		{"DELETE /v1.41/volumes/kept", refused("volume remove of kept")},
		{"DELETE /v1.41/volumes/freed", "allowed"},
		{"DELETE /v1.41/volumes/nobody", "allowed"},
		{"POST /v1.41/volumes/prune", "allowed"},
	} {
		j, _ := newJudge(newEngine(), deny)
		if got := ask(j, c.request); got != c.want {
			t.Errorf("%s: %s, want %s", c.request, got, c.want)
		}
		j, _ = newJudge(newEngine(), grant)
		if got := ask(j, c.request); got != "allowed" {
			t.Errorf("%s with consent: %s", c.request, got)
		}
		j, log := newJudge(newEngine(), func(context.Context, Action) (bool, string) { panic("x") })
		want := "allowed"
		if c.want != "allowed" {
			want = strings.Replace(c.want, "3 collections would go", "no decision: panic: x", 1)
		}
		if got := ask(j, c.request); got != want {
			t.Errorf("%s with a panic: %s, want %s", c.request, got, want)
		}
		if strings.Contains(log.String(), "hunter2") {
			t.Errorf("the log holds a password: %s", log)
		}
	}
}

// Down removes the containers first. That they were there is not forgotten when the volumes go.
func TestDownWithVolumes(t *testing.T) {
	t.Parallel()
	e := newEngine()
	j, log := newJudge(e, deny)
	for _, name := range []string{"sg-directus-1", "sg-db-1"} {
		if got := ask(j, "DELETE /v1.41/containers/"+name+"?force=1"); got != "allowed" {
			t.Errorf("removing %s: %s", name, got)
		}
	}
	e.containers = nil
	folder := t.TempDir()
	for name, v := range e.volumes {
		v.Users, v.Folder = nil, folder
		e.volumes[name] = v
		e.unused = append(e.unused, v)
	}
	const want = "schemaguard: refusing volume remove of sg_pgdata: 3 collections would go"
	if got := ask(j, "DELETE /v1.41/volumes/sg_pgdata"); got != "allowed" {
		t.Errorf("an empty volume: %s", got)
	}
	if err := os.WriteFile(filepath.Join(folder, "PG_VERSION"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(j, "DELETE /v1.41/volumes/sg_pgdata"); got != want {
		t.Errorf("the volume: %s", got)
	}
	if got := ask(j, "DELETE /v1.41/volumes/other_pgdata"); got != "allowed" {
		t.Errorf("the volume of another project: %s", got)
	}
	if got := ask(j, "POST /v1.41/volumes/prune"); !strings.Contains(got, "refusing volume prune of unused volumes") {
		t.Errorf("prune: %s", got)
	}
	if got := ask(j, "POST /v1.42/volumes/prune"); got != "allowed" {
		t.Errorf("prune of volumes without names: %s", got)
	}
	if got := ask(&judge{decide: deny, ask: e, isGuarded: Guarded, timeout: time.Second, log: log}, "DELETE /v1.41/volumes/sg_pgdata"); got != "allowed" {
		t.Errorf("without the memory: %s", got)
	}
}

// Which volumes go is part of what is to be decided.
func TestGone(t *testing.T) {
	t.Parallel()
	e := newEngine()
	e.unused = []Volume{{Name: "kept", Labels: map[string]string{volumeLabel: "true"}}, {Name: "x"}}
	var got []string
	j, _ := newJudge(e, func(_ context.Context, a Action) (bool, string) {
		for _, v := range a.Gone {
			got = append(got, string(a.Kind)+" "+v.Name)
		}
		return true, ""
	})
	for _, r := range []string{"POST /volumes/prune", "DELETE /containers/b1?v=1", "DELETE /volumes/sg_pgdata"} {
		ask(j, r)
	}
	if diff := cmp.Diff([]string{"volume prune kept", "delete " + hex64, "volume remove sg_pgdata"}, got); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	shared := e.volumes[hex64]
	shared.Users = append(shared.Users, Container{ID: "successor"})
	e.volumes[hex64] = shared
	j, _ = newJudge(e, deny)
	if got := ask(j, "DELETE /containers/b1?v=1"); got != "allowed" {
		t.Errorf("a volume that the successor uses: %s", got)
	}
}

// A prune by labels is about the volumes that it takes.
func TestPruneByLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		filters string
		refused bool
	}{
		{`{}`, true},
		{`{"label":["schemaguard.volume"]}`, true},
		{`{"label":["schemaguard.volume=true","env=dev"]}`, true},
		{`{"label":["schemaguard.volume=true","env=test"]}`, false},
		{`{"label":["other"]}`, false},
		{`{"label!":["env"]}`, false},
		{`{"label!":["env=test"]}`, true},
		{`{"label!":["env=dev","other"]}`, true},
	} {
		e := newEngine()
		e.unused = []Volume{{Name: "kept", Labels: map[string]string{volumeLabel: "true", "env": "dev"}}, {Name: "x"}}
		j, _ := newJudge(e, deny)
		if got := ask(j, "POST /v1.41/volumes/prune?filters="+url.QueryEscape(c.filters)); (got != "allowed") != c.refused {
			t.Errorf("%s: %s", c.filters, got)
		}
	}
}

// A creation is told as it was asked for: a command that the image has is none that was asked for.
func TestCreateAsAsked(t *testing.T) {
	t.Parallel()
	var got Action
	j, _ := newJudge(newEngine(), func(_ context.Context, a Action) (bool, string) { got = a; return true, "" })
	ask(j, `POST /containers/create?name=n {"Image":"baked","Env":["A=1"]}`)
	want := Action{Kind: Create, Target: "n", Container: Container{Name: "n", Image: "baked", ImageNames: []string{"directus/directus:11"}, Env: []string{"A=1"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// An engine in trouble stops nothing but what is known to be guarded.
func TestEngineInTrouble(t *testing.T) {
	t.Parallel()
	for _, trouble := range []func(*fakeEngine){
		func(e *fakeEngine) { e.fails = errors.New("no answer\x1b[2J") },
		func(e *fakeEngine) { e.panics = true },
	} {
		e := newEngine()
		j, log := newJudge(e, grant)
		if got := ask(j, "POST /containers/sg-directus-1/start"); got != "allowed" {
			t.Fatal(got)
		}
		trouble(e)
		if got := ask(j, "POST /containers/sg-directus-1/start"); !strings.HasPrefix(got, "schemaguard: refusing start of sg-directus-1: cannot tell what it is: ") || strings.Contains(got, "\x1b") {
			t.Errorf("the guarded one: %q", got)
		}
		if got := ask(j, "POST /containers/web/start"); got != "allowed" {
			t.Errorf("another: %s", got)
		}
		if !strings.Contains(log.String(), "allowed start of web: not known to be guarded") {
			t.Errorf("the log says %q", log)
		}
		j.decide = deny
		if got := ask(j, `POST /containers/create {"Image":"i","Env":["DB_CLIENT=pg","KEY=s"]}`); !strings.Contains(got, "refusing create") {
			t.Errorf("a new guarded one: %s", got)
		}
		j.denyUnknown = true
		if got := ask(j, "POST /containers/web/start"); !strings.Contains(got, "refusing start of web: cannot tell") {
			t.Errorf("another, where what is unknown is refused: %s", got)
		}
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	j, _ := newJudge(newEngine(), func(context.Context, Action) (bool, string) {
		<-release // does not look at its context either
		return true, ""
	})
	j.timeout = 30 * time.Millisecond
	if got := ask(j, "POST /containers/d1/start"); got != "schemaguard: refusing start of sg-directus-1: no decision: waiting for the guard: context deadline exceeded" {
		t.Errorf("the guarded one: %s", got)
	}
	if got := ask(j, "POST /containers/web/start"); got != "allowed" {
		t.Errorf("another: %s", got)
	}
}
