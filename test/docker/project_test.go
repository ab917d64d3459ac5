//go:build docker

package docker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// snapshots are what the containers can read, by name. They are real snapshots, of one collection each.
func snapshots() map[string][]byte {
	all := map[string][]byte{}
	for _, name := range []string{"v1", "v2", "v3"} {
		all[name] = []byte(fmt.Sprintf(`version: 1
directus: 11.17.4
vendor: postgres
collections:
  - collection: articles_%[1]s
    meta:
      collection: articles_%[1]s
    schema:
      name: articles_%[1]s
fields: []
systemFields: []
relations: []
`, name))
	}
	return all
}

// snapshotName returns the name of the snapshot with a digest; a digest that none has is its own name.
func snapshotName(digest string) string {
	for name, data := range snapshots() {
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == digest {
			return name
		}
	}
	return digest
}

// project is one compose project of one row, in a repository of its own.
type project struct {
	engine *lab.Engine
	name   string
	dir    string // ends in the project's name, which so needs no name in the file
	apart  string // a folder that is no project
}

func newProject(t *testing.T, engine *lab.Engine, name string, r row) *project {
	t.Helper()
	base := t.TempDir()
	p := &project{engine: engine, name: name, dir: filepath.Join(base, name), apart: filepath.Join(base, "apart")}
	files, ok := layouts()[r.layout]
	if !ok {
		t.Fatalf("there is no layout %q", r.layout)
	}
	for path, text := range common() {
		p.write(t, path, text)
	}
	for path, text := range files {
		p.write(t, path, strings.ReplaceAll(text, "$P", name))
	}
	for tag, data := range snapshots() {
		p.write(t, tag+".yaml", string(data))
	}
	p.write(t, "snapshots/schema.yaml", string(snapshots()["v1"]))
	p.write(t, "sub/empty", "")
	if err := os.Mkdir(p.apart, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.remove(); err != nil {
			t.Error(err)
		}
	})
	lines := []string{"git init -q -b main", "git add -A", "git -c user.name=t -c user.email=t@example.org commit -q -m first"}
	if r.layout != "unbuilt" {
		lines = append(lines, "docker tag booter:v1 $P/directus:1")
	}
	if !r.cold {
		lines = append(lines, "docker compose up -d")
	}
	p.shell(t, append(lines, r.setup...)...)
	return p
}

func (p *project) write(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(p.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shell runs lines in the project's folder, as its user does; the first that fails ends the test.
func (p *project) shell(t *testing.T, lines ...string) {
	t.Helper()
	if len(lines) == 0 {
		return
	}
	res, err := p.engine.Run(t.Context(), p.dir, nil, "sh", "-exc", strings.ReplaceAll(strings.Join(lines, "\n"), "$P", p.name))
	if err != nil || res.Code != 0 {
		t.Fatalf("setting up: code %d, %v\n%s", res.Code, err, res.Stderr)
	}
}

// invocation is a command as it is given: variables, words, and where.
type invocation struct {
	env   []string
	argv  []string
	dir   string
	stdin string
}

var identity = regexp.MustCompile(`ID(5?)\((\w+)\)`)

func (p *project) invocation(t *testing.T, r row) invocation {
	t.Helper()
	in := invocation{dir: filepath.Join(p.dir, r.dir), stdin: r.stdin}
	if r.dir == "/" {
		in.dir = p.apart
	}
	words := strings.Fields(strings.ReplaceAll(r.command, "$P", p.name))
	for len(words) > 0 && strings.Contains(words[0], "=") {
		in.env, words = append(in.env, words[0]), words[1:]
	}
	for _, word := range words {
		in.argv = append(in.argv, identity.ReplaceAllStringFunc(word, func(text string) string {
			m := identity.FindStringSubmatch(text)
			id, err := p.engine.Must(t.Context(), p.dir, "docker", "ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project="+p.name,
				"--filter", "label=com.docker.compose.service="+m[2])
			if err != nil || len(id) < 64 {
				t.Fatalf("looking for the container of %s: %v", m[2], err)
			}
			if m[1] != "" {
				return id[:5]
			}
			return id[:64]
		}))
	}
	return in
}

// do runs the command of a row and returns its exit code.
func (p *project) do(t *testing.T, r row, in invocation) lab.Result {
	t.Helper()
	argv := in.argv
	if in.stdin != "" {
		argv = append([]string{"sh", "-c", `in=$1; shift; exec "$@" <"$in"`, "sh", filepath.Join(p.dir, in.stdin)}, argv...)
	}
	if r.during != "" {
		return p.interrupt(t, r, in)
	}
	res, err := p.engine.Run(t.Context(), in.dir, in.env, argv...)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// interrupt runs the command of a row until all that the row wants has started, and then interrupts it.
func (p *project) interrupt(t *testing.T, r row, in invocation) lab.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	at, ended := p.engine.Mark(), make(chan lab.Result, 1)
	go func() {
		words := append([]string{"sh", "-c", `out=$1; shift; exec "$@" >"$out" 2>&1`, "sh", filepath.Join(p.apart, "output")}, in.argv...)
		res, _ := p.engine.Run(ctx, in.dir, in.env, words...) // that it was interrupted is no news
		ended <- res
	}()
	go func() {
		cmd := exec.CommandContext(ctx, "sh", "-c", strings.ReplaceAll(r.during, "$P", p.name))
		cmd.Dir, cmd.Env = p.dir, p.engine.Env()
		_ = cmd.Run() // what it should bring about is what the row looks for
	}()
	for want := len(parse(r.want)); ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if boots, err := p.engine.Boots(ctx, at, p.name); err == nil && len(boots) >= want {
			break
		}
	}
	cancel()
	res := <-ended
	if out, err := os.ReadFile(filepath.Join(p.apart, "output")); err == nil && t.Failed() {
		t.Logf("%s", out)
	}
	return res
}

// volumes returns the names of the volumes that are there: those of the project short, and the anonymous
// ones, which no project owns, of its containers.
func (p *project) volumes(t *testing.T) map[string]string {
	t.Helper()
	all, err := p.engine.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	anonymous, err := p.engine.AnonymousVolumes(t.Context(), p.name)
	if err != nil {
		t.Fatal(err)
	}
	short := map[string]string{}
	for _, name := range all {
		if rest, ok := strings.CutPrefix(name, p.name+"_"); ok {
			short[name] = rest
		}
	}
	for _, name := range anonymous {
		short[name] = "anonymous"
	}
	return short
}

// remove takes away all that the project has on the engine.
func (p *project) remove() error {
	ctx, cancel := lab.Cleanup(30 * time.Second)
	defer cancel()
	return p.engine.Remove(ctx, p.name)
}
