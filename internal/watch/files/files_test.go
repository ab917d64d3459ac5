package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// scene is a project that is watched.
type scene struct {
	t     *testing.T
	dir   string
	w     *Watcher
	pokes chan Change
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newScene makes a committed project and watches it.
func newScene(t *testing.T, more ...func(*Watcher)) *scene {
	t.Helper()
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	s.make()
	s.start(s.options(), more...)
	return s
}

func (s *scene) make() {
	s.t.Helper()
	write(s.t, s.path("snapshots/schema.yaml"), "version: 1\n")
	write(s.t, s.path("db-init/001_a.sql"), "SELECT 1;\n")
	write(s.t, s.path(".env"), "A=1\n")
	s.git("init", "-q", "-b", "main")
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "one")
}

func (s *scene) options() Options {
	return Options{Root: s.dir, Snapshot: s.path("snapshots/schema.yaml"), GitDir: s.path(".git")}
}

func (s *scene) start(o Options, more ...func(*Watcher)) {
	s.t.Helper()
	s.w, s.pokes = New(o), make(chan Change, 1000)
	s.w.tempo.slow = time.Hour // nothing but events, where nobody says otherwise
	for _, m := range more {
		m(s.w)
	}
	s.w.look() // armed before anything moves
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.w.Run(ctx, func(c Change) { s.pokes <- c })
	}()
	s.t.Cleanup(func() { cancel(); <-done })
	s.quiet()
}

func (s *scene) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *scene) git(args ...string) {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// poked waits for the next poke and returns what it and those right behind it say.
func (s *scene) poked() (kinds Change, n int) {
	s.t.Helper()
	select {
	case kinds = <-s.pokes:
		n = 1
	case <-time.After(20 * time.Second):
		return 0, 0
	}
	for {
		select {
		case c := <-s.pokes:
			kinds |= c
			n++
		case <-time.After(400 * time.Millisecond):
			return kinds, n
		}
	}
}

func (s *scene) want(what string, kind Change) {
	s.t.Helper()
	if c, _ := s.poked(); !c.Has(kind) {
		s.t.Errorf("%s: told of %q, want %q", what, c, kind)
	}
}

// quiet fails where something is told.
func (s *scene) quiet() {
	s.t.Helper()
	select {
	case c := <-s.pokes:
		s.t.Errorf("told of %q where nothing moved", c)
	case <-time.After(400 * time.Millisecond):
	}
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestEditors(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	write(t, s.path("snapshots/.schema.yaml.swp"), "swap")
	write(t, s.path("snapshots/other.yaml"), "other")
	s.quiet()
	// vim: the old file becomes a backup, the new one takes its name.
	s.must(os.Rename(s.path("snapshots/schema.yaml"), s.path("snapshots/schema.yaml~")))
	write(t, s.path("snapshots/schema.yaml"), "version: 2\n")
	s.must(os.Remove(s.path("snapshots/schema.yaml~")))
	s.want("a save by rename", Snapshot)
	write(t, s.path(".env.new"), "A=2\n")
	s.must(os.Rename(s.path(".env.new"), s.path(".env")))
	s.want("an edit of .env", Settings)
	write(t, s.path("compose.yaml"), "services: {}\n")
	s.want("a new compose file", Settings)
	write(t, s.path("db-init/002_b.sql"), "SELECT 2;\n")
	s.want("a new SQL file", DBInit)
	write(t, s.path("db-init-post/001_a.sql"), "SELECT 2;\n")
	s.want("a folder that was not there", DBInit)
	write(t, s.path("db-init-post/001_a.sql"), "SELECT 33;\n")
	s.want("an edit in it", DBInit)
	s.must(os.RemoveAll(s.path("snapshots")))
	s.want("the snapshot's folder deleted", Snapshot)
	write(t, s.path("snapshots/schema.yaml"), "version: 3\n")
	s.want("and made again", Snapshot)
	write(t, s.path("snapshots/schema.yaml"), "version: 44\n")
	s.want("and written in it", Snapshot)
}

func TestNoiseInTheRoot(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for i := range 3000 {
		write(t, s.path(fmt.Sprintf("bundle-%d.js", i)), "x")
	}
	write(t, s.path(".git/schemaguard/cache/x"), "ours")
	write(t, s.path(".git/index.lock"), "")
	s.must(os.Remove(s.path(".git/index.lock")))
	s.quiet()
	write(t, s.path(".env"), "A=3\n")
	s.want("an edit among the noise", Settings)
}

func TestGit(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	write(t, s.path("other"), "x")
	s.git("add", "other")
	s.want("staging", Git)
	s.git("commit", "-q", "-m", "two")
	s.want("a commit", Git)
	s.git("pack-refs", "--all")
	s.want("packed references", Git)
	s.git("update-ref", "refs/remotes/origin/deep/main", "HEAD")
	s.want("a fetched reference", Git)
	s.git("update-ref", "refs/remotes/origin/deep/main", "HEAD~1")
	s.want("a reference in a folder that is new", Git)
	s.git("worktree", "add", "-q", filepath.Join(filepath.Dir(s.dir), "linked"))
	s.want("a linked worktree", Git)
	s.quiet()
}

func TestLinkedWorktree(t *testing.T) {
	t.Parallel()
	main := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	main.make()
	s := &scene{t: t, dir: filepath.Join(filepath.Dir(main.dir), "linked")}
	main.git("worktree", "add", "-q", s.dir)
	o := s.options()
	o.CommonDir, o.GitDir = main.path(".git"), main.path(".git/worktrees/linked")
	s.start(o)
	write(t, s.path("snapshots/schema.yaml"), "version: 5\n")
	s.want("the snapshot", Snapshot)
	s.git("commit", "-q", "-a", "-m", "linked")
	s.want("a commit in the linked worktree", Git)
	main.git("commit", "-q", "--allow-empty", "-m", "main")
	s.want("a commit in the main one", Git)
}

func TestLargeCheckoutIsOnePoke(t *testing.T) {
	t.Parallel()
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	s.make()
	s.git("checkout", "-q", "-b", "large")
	for i := range 5000 {
		write(t, s.path(fmt.Sprintf("src/%d/%d.txt", i%50, i)), "x")
	}
	write(t, s.path("snapshots/schema.yaml"), "version: 2\n")
	write(t, s.path(".env"), "A=2\n")
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "large")
	s.git("checkout", "-q", "main")
	s.start(s.options())
	s.git("checkout", "-q", "large")
	c, n := s.poked()
	if want := Snapshot | Git | Settings; c != want || n != 1 {
		t.Errorf("%d pokes of %q, want one of %q", n, c, want)
	}
}

func TestRepositoryDeletedAndMadeAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.must(os.RemoveAll(s.dir))
	s.want("deleted", Snapshot|Git)
	s.make()
	s.want("made again", Git)
	write(t, s.path("snapshots/schema.yaml"), "version: 2\n")
	s.want("edited in the new one", Snapshot)
	s.git("commit", "-q", "-a", "-m", "two")
	s.want("a commit in the new one", Git)
	s.must(os.Rename(s.dir, s.dir+"-away"))
	s.want("moved away", Snapshot|Git)
	s.make()
	s.want("made in its place", Git)
	write(t, s.path("snapshots/schema.yaml"), "version: 7\n")
	s.want("edited in its place", Snapshot)
}

func TestRepositoryThatBeginsLater(t *testing.T) {
	t.Parallel()
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	write(t, s.path("snapshots/schema.yaml"), "version: 1\n")
	s.start(Options{Root: s.dir, Snapshot: s.path("snapshots/schema.yaml")})
	s.git("init", "-q")
	c, _ := s.poked()
	if !c.Has(Git) || !c.Has(Settings) {
		t.Errorf("told of %q", c)
	}
	s.w.Rewatch(s.options())
	s.git("add", "-A")
	s.want("staging in it", Git)
}

func TestWithoutEvents(t *testing.T) {
	t.Parallel()
	reasons := make(chan *NoEventsError, 10)
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	s.make()
	o := s.options()
	o.Degraded = func(e *NoEventsError) { reasons <- e }
	full := errors.New("no space left on device")
	s.start(o, func(w *Watcher) {
		w.open = func() (*source, error) { return nil, full }
		w.tempo.poll = 50 * time.Millisecond
	})
	if e := <-reasons; !errors.Is(e, full) || strings.Contains(e.Error(), "\n") {
		t.Errorf("said %v", e)
	}
	write(t, s.path("snapshots/schema.yaml"), "version: 2\n")
	s.want("the snapshot", Snapshot)
	s.git("commit", "-q", "-a", "-m", "two")
	s.want("a commit", Git)
	write(t, s.path(".env"), "A=22\n")
	s.want("settings", Settings)
	s.quiet()
	if len(reasons) > 0 {
		t.Error("the cause was told twice")
	}
}

// TestSilentFileSystem has watches that work and tell of nothing.
func TestSilentFileSystem(t *testing.T) {
	t.Parallel()
	reasons := make(chan *NoEventsError, 10)
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	s.make()
	o := s.options()
	o.Degraded = func(e *NoEventsError) { reasons <- e }
	s.start(o, func(w *Watcher) {
		w.open = func() (*source, error) {
			none := func(string) error { return nil }
			return &source{add: none, remove: none, list: func() []string { return nil }, close: func() error { return nil }}, nil
		}
		w.tempo.slow = 50 * time.Millisecond
	})
	for i := range 3 {
		write(t, s.path(".env"), fmt.Sprintf("A=%d\n", 100+i))
		s.want("settings", Settings)
	}
	if e := <-reasons; !errors.Is(e, errSilent) {
		t.Errorf("said %v", e)
	}
}

func TestNothingGrows(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	s := &scene{t: t, dir: filepath.Join(t.TempDir(), "shop")}
	s.make()
	w := New(s.options())
	defer w.hangUp()
	other := s.options()
	other.Snapshot = s.path("elsewhere/schema.yaml")
	cycle := func(i int) {
		w.Rewatch([]Options{other, s.options()}[i%2])
		w.change()
		if i%500 == 0 {
			s.must(os.RemoveAll(s.path("snapshots")))
			w.look()
			write(t, s.path("snapshots/schema.yaml"), "version: 1\n")
			w.look()
		}
	}
	w.look()
	cycle(0)
	cycle(1)
	watches := len(w.src.list())
	var names []string
	for i := range 10000 {
		cycle(i)
		names = w.src.list()
	}
	if len(names) != watches || len(w.armed) != watches {
		t.Errorf("%d watches (%d noted), %d in the beginning: %v", len(names), len(w.armed), watches, names)
	}
	if len(w.lists) > 50 || len(w.stale) > 0 {
		t.Errorf("%d listings, %d stale", len(w.lists), len(w.stale))
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		".env": true, ".env.local": true, ".env.swp": false, ".env~": false, "compose.yaml": true, "docker-compose.prod.yml": true,
		"yarn.lock": true, "package.json": true, "tsconfig.json": false, ".#.env": false, "compose.yaml.tmp": false,
	} {
		if isSetting(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
