//go:build directus

package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/cli/verifying"
	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const version = "12.4.1"

const root = "../.."

// lab are the real versions of Directus, opened once.
var lab = sync.OnceValues(directuslab.Open)

// path is PATH with the Node of the lab first. Tests run side by side, so it is set once.
var path = sync.OnceValue(func() string {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	folder, err := installed(version)
	if err != nil {
		return os.Getenv("PATH")
	}
	node := filepath.Join(filepath.Dir(folder), "node", "node_modules", "node-"+runtime.GOOS+"-"+arch, "bin")
	return node + string(os.PathListSeparator) + os.Getenv("PATH")
})

func installed(version string) (string, error) {
	l, err := lab()
	if err != nil {
		return "", err
	}
	return l.Install(context.Background(), version)
}

// compiled is where Node keeps what it compiled: every run starts the same programs.
var compiled string

func TestMain(m *testing.M) {
	var err error
	if compiled, err = os.MkdirTemp("", "schemaguard-verify-test-"); err == nil {
		err = os.Setenv("PATH", path())
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = os.RemoveAll(compiled)
	os.Exit(code)
}

// directus is the folder of a real Directus.
func directus(t *testing.T, version string) string {
	t.Helper()
	if _, err := pgserver.Find(t.Context()); err != nil {
		t.Skip("needs Postgres: ", err)
	}
	folder, err := installed(version)
	if errors.Is(err, directuslab.ErrNoNPM) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return folder
}

// project is a git repository with a snapshot and db-init files.
type project struct {
	t        *testing.T
	dir      string
	directus string
	environ  []string
}

// example is the example project, committed.
func example(t *testing.T, folder string) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir(), directus: folder, environ: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "NODE_COMPILE_CACHE=" + compiled}}
	for _, name := range []string{"db-init", "snapshots"} {
		if out, err := exec.Command("cp", "-r", filepath.Join(root, name), p.dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	p.write(".schemaguard.yaml", nil) // so that a run needs no folder of its own to be in
	p.git("init", "-q", "-b", "main")
	p.commit("as it is")
	return p
}

func (p *project) git(args ...string) {
	p.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = p.dir
	cmd.Env = append(slices.Clone(p.environ), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %v: %s", args, err, out)
	}
}

func (p *project) commit(message string) {
	p.t.Helper()
	p.git("add", "-A")
	p.git("commit", "-q", "-m", message)
}

func (p *project) write(name string, data []byte) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

const file = "snapshots/schema.yaml"

func (p *project) read() string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, file))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// without takes a collection out of the snapshot, with everything that is about it.
func (p *project) without(collection string) {
	p.t.Helper()
	had := snapshot.Decode(file, []byte(p.read())).Snapshot
	out := snapshot.New(had.Version, had.Directus, had.Vendor)
	out.HasSystemFields = had.HasSystemFields
	gone := map[string]bool{collection: true}
	for _, kind := range snapshot.Kinds() {
		for _, item := range had.Items(kind) {
			related := item.Value.Get("related_collection").Str()
			if gone[item.Key.Collection] || gone[related] || pointsTo(had, item, collection) {
				continue
			}
			out.Add(item)
		}
	}
	p.write(file, snapshot.Encode(out, snapshot.YAML))
}

// pointsTo tells a field that shows, or holds, a relation with the collection.
func pointsTo(s *snapshot.Snapshot, item snapshot.Item, collection string) bool {
	if item.Key.Kind != snapshot.Field {
		return false
	}
	for _, r := range s.Items(snapshot.Relation) {
		related := r.Value.Get("related_collection").Str()
		one := r.Meta().Get("one_field")
		if r.Key.Collection == collection && related == item.Key.Collection && one.Kind() == jsvalue.KindString && one.Str() == item.Key.Field {
			return true
		}
		if related == collection && r.Key.Collection == item.Key.Collection && r.Key.Field == item.Key.Field {
			return true
		}
	}
	return false
}

// answer is what a run printed and how it ended.
type answer struct {
	Code    int
	Text    string
	Verdict string   `json:"verdict"`
	Mode    string   `json:"mode"`
	Exit    int      `json:"exit_code"`
	Consent []string `json:"consent"`
	Steps   []struct {
		Name, State, Text string
		Output            []string
	} `json:"steps"`
	Findings []found `json:"findings"`
}

// found is a finding in the JSON.
type found struct {
	Code, Item, Message, File, Fix string
	Line                           int
	Refuses                        bool
}

// verify runs the command, and reads its JSON where it writes that.
func (p *project) verify(args ...string) answer {
	p.t.Helper()
	var out, errs bytes.Buffer
	a := &app.App{
		Ctx: p.t.Context(), Streams: &terminal.Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Env: func(string) string { return "" }},
		Environ: p.environ, Now: time.Now, Flags: app.Flags{Config: filepath.Join(p.dir, ".schemaguard.yaml")},
	}
	cmd := verifying.Commands(a)[0]
	cmd.SetArgs(args)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	began := time.Now()
	if err := cmd.ExecuteContext(p.t.Context()); err != nil {
		a.Code = a.Fail(err)
	}
	got := answer{Code: a.Code, Text: out.String() + errs.String()}
	if slices.Contains(args, "--json") {
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			p.t.Fatalf("%v: %s%s", err, out.String(), errs.String())
		}
	}
	p.t.Logf("verify %s: exit %d in %s", strings.Join(args, " "), got.Code, time.Since(began).Round(time.Millisecond))
	return got
}

// full are the arguments of a full run.
func (p *project) full(more ...string) answer {
	p.t.Helper()
	return p.verify(append([]string{"--directus", p.directus, "--json"}, more...)...)
}

// state is how a step ended, "" where it is not there.
func (a answer) state(name string) string {
	for _, s := range a.Steps {
		if s.Name == name {
			return s.State
		}
	}
	return ""
}

// refusals lists them: "CODE item".
func (a answer) refusals() []string {
	var out []string
	for _, f := range a.Findings {
		if f.Refuses {
			out = append(out, f.Code+" "+f.Item)
		}
	}
	return out
}
