package watch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// project is a repository with the example's snapshot committed, and its database.
type project struct {
	t     *testing.T
	dir   string
	dsn   string
	state string
}

func newProject(t *testing.T) *project {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: t.TempDir(), dsn: pgtest.RestoreSQL(t, dumps...), state: t.TempDir()}
	p.write("snapshots/schema.yaml", string(example(t)))
	p.git("init", "--quiet", "--initial-branch=main")
	p.git("add", ".")
	p.git("commit", "--quiet", "--message", "The schema")
	return p
}

// example is the snapshot of the example's database.
func example(t *testing.T) []byte {
	t.Helper()
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (p *project) git(args ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (p *project) file() string { return filepath.Join(p.dir, "snapshots", "schema.yaml") }

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) sql(sql string) {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(p.t.Context(), sql); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) open(ctx context.Context) (*workspace.Workspace, error) {
	return workspace.OpenAt(ctx, p.dir, workspace.Options{
		Environ: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.state, "XDG_STATE_HOME=" + p.state},
		Flags:   map[string]config.Flag{"database.url": {Name: "--dsn", Value: p.dsn}},
		Now:     time.Now,
	})
}

// wire is a database that moves when the test says so.
type wire struct {
	mu     sync.Mutex
	moves  int // looks that will say moved
	err    error
	closed int
	looks  int
	poked  chan struct{}
}

func (w *wire) Look(context.Context, bool) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	if w.err != nil {
		return false, w.err
	}
	if w.moves > 0 {
		w.moves--
		return true, nil
	}
	return false, nil
}

func (w *wire) Wait(ctx context.Context, d time.Duration) (bool, error) {
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-w.poked:
		return true, nil
	case <-time.After(d):
		return false, nil
	}
}

func (w *wire) set(moves int, err error) {
	w.mu.Lock()
	w.moves, w.err = moves, err
	w.mu.Unlock()
	w.poked <- struct{}{}
}

func (w *wire) Listening() bool { return false }

func (w *wire) Close() {
	w.mu.Lock()
	w.closed++
	w.mu.Unlock()
}

// run watches a project on a wire until the test ends.
func (p *project) run(db *wire, change func(*Options)) (*Watcher, <-chan Event) {
	p.t.Helper()
	events := make(chan Event, 1000)
	o := Options{
		Open:     p.open,
		Dial:     func(context.Context, *workspace.Settings) (Database, error) { db.set0(); return db, nil },
		Emit:     func(e Event) { events <- e },
		Now:      time.Now,
		Interval: time.Hour,
	}
	if change != nil {
		change(&o)
	}
	w := New(o)
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	p.t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				p.t.Error(err)
			}
		case <-time.After(20 * time.Second):
			p.t.Error("the watcher does not end")
		}
	})
	return w, events
}

// set0 has the first look of a connection say moved, as the real one does.
func (w *wire) set0() {
	w.mu.Lock()
	w.moves++
	w.mu.Unlock()
}

func newWire() *wire { return &wire{poked: make(chan struct{}, 10)} }

// awaited returns the next event.
func awaited(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no event")
	}
	return Event{}
}

// silent fails where an event comes.
func silent(t *testing.T, events <-chan Event) {
	t.Helper()
	select {
	case e := <-events:
		t.Errorf("an event for nothing: %s: %s", e.Kind, e.Text)
	case <-time.After(300 * time.Millisecond):
	}
}

const gadgets = `CREATE TABLE gadgets (id serial PRIMARY KEY, name varchar(255)); INSERT INTO gadgets (name) SELECT 'g' FROM generate_series(1, 7);
INSERT INTO directus_collections (collection) VALUES ('gadgets');
INSERT INTO directus_fields (collection, field, interface) VALUES ('gadgets', 'id', 'input'), ('gadgets', 'name', 'input')`

// The way of a change: made in live, saved, staged, committed, and in the image.
func TestTheWayOfAChange(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	image := example(t)
	var mu sync.Mutex
	w, events := p.run(db, func(o *Options) {
		o.Boots = func(context.Context, *workspace.Workspace, *workspace.Settings) []Boot {
			mu.Lock()
			defer mu.Unlock()
			return []Boot{{Container: "shop-directus-1", Service: "directus", Image: "shop", File: "/directus/snapshots/schema.yaml", Data: image}}
		}
	})
	expect := func(want Standing, text string) State {
		t.Helper()
		e := awaited(t, events)
		if e.Kind != StateChanged || e.State.Standing != want || !strings.Contains(e.Text, text) {
			t.Fatalf("%s: %s, want %s with %q", e.Kind, e.Text, want, text)
		}
		return e.State
	}
	expect(Clean, "the database, git and the next boot agree")

	p.sql(gadgets)
	db.set(1, nil)
	s := expect(Unsaved, "collection gadgets (a boot would destroy 7 rows of gadgets)")
	if s.Unsaved() != 1 || s.Hint() == "" || len(s.Places) != 5 || s.Places[4].Lacks != 1 {
		t.Errorf("%+v", s)
	}

	if err := saveNow(t, p); err != nil {
		t.Fatal(err)
	}
	w.Poke(Files)
	expect(NotStaged, "collection gadgets")
	p.git("add", ".")
	w.Poke(Files)
	if s := expect(NotInCommit, "collection gadgets"); s.Hint() != "git commit" {
		t.Errorf("what to type: %q", s.Hint())
	}
	p.git("commit", "--quiet", "--message", "Gadgets")
	w.Poke(Files)
	s = expect(NotInImage, "older than HEAD")
	if s.Hint() != "docker compose up --detach --build directus" || s.Places[4].Stale != "older than HEAD" {
		t.Errorf("what to type: %q, places %+v", s.Hint(), s.Places)
	}
	data, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	image = data
	mu.Unlock()
	w.Poke(Containers)
	expect(Clean, "agree")
	silent(t, events)
	if c := w.Counters(); c.Checks < 6 || c.Looks < 6 || c.VerifiedAt.IsZero() || c.Errors != 0 {
		t.Errorf("%+v", c)
	}
}

func saveNow(t *testing.T, p *project) error {
	t.Helper()
	ws, err := p.open(t.Context())
	if err != nil {
		return err
	}
	s, err := ws.Connect(t.Context())
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = save.Save(t.Context(), s, save.Options{Now: time.Now()})
	return err
}

// What has not changed is no event, however often it is looked at.
func TestNothingNewIsNoEvent(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	w, events := p.run(db, nil)
	awaited(t, events)
	db.set(1, nil)
	w.Poke(Files)
	w.Poke(Settings)
	db.set(1, nil)
	silent(t, events)
}

// Looks that fail say so once, with the time of the last one that did not, and the
// same state afterwards is told as a recovery.
func TestFailureAndRecovery(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	_, events := p.run(db, nil)
	first := awaited(t, events)
	db.set(0, errors.New("the network is gone"))
	e := awaited(t, events)
	if e.Kind != Failing || e.State.Standing != NotChecked || !strings.HasPrefix(e.Text, "not checked since ") || !strings.Contains(e.Text, "the network is gone") {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	if e.State.CheckedAt.IsZero() || e.State.Failure == "" || len(e.State.Places) != len(first.State.Places) {
		t.Errorf("%+v", e.State)
	}
	db.set(0, nil)
	e = awaited(t, events)
	if e.State.Standing != Clean || e.State.Failure != "" {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	if db.closed == 0 {
		t.Error("the connection that failed was kept")
	}
	silent(t, events)
}

// A schema change in progress is waited for, and is no failure.
func TestASchemaChangeInProgressIsNoFailure(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	_, events := p.run(db, func(o *Options) { o.Interval = 20 * time.Millisecond })
	awaited(t, events)
	db.set(0, ErrBusy)
	silent(t, events)
	p.sql(gadgets)
	db.set(1, nil)
	if e := awaited(t, events); e.State.Standing != Unsaved {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
}

// A schema that keeps moving is one event, once it rests.
func TestABurstIsOneEvent(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	_, events := p.run(db, nil)
	awaited(t, events)
	p.sql(gadgets)
	db.set(8, nil)
	if e := awaited(t, events); e.State.Standing != Unsaved {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	silent(t, events)
}

// The watcher saves what is unsaved where it was told to, once for each change of
// live, keeps what was there, and leaves alone what somebody put back.
func TestAutoSnapshot(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	w, events := p.run(db, func(o *Options) { o.Save = func() save.Options { return save.Options{Now: time.Now()} } })
	awaited(t, events)
	before, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	p.sql(gadgets)
	db.set(1, nil)
	if e := awaited(t, events); e.State.Standing != Unsaved {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	e := awaited(t, events)
	if e.Kind != Saved || !strings.Contains(e.Text, "to undo: cp ") {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	if e := awaited(t, events); e.State.Standing != NotStaged {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	after, err := os.ReadFile(p.file())
	if err != nil || !strings.Contains(string(after), "collection: gadgets") {
		t.Fatalf("%v: the file has no gadgets", err)
	}
	_, undo, _ := strings.Cut(e.Text, "to undo: cp ")
	from, _, _ := strings.Cut(undo, " ")
	kept, err := os.ReadFile(from)
	if err != nil || string(kept) != string(before) {
		t.Fatalf("what is kept is not what was there: %v", err)
	}
	p.write("snapshots/schema.yaml", string(kept))
	w.Poke(Files)
	db.set(1, nil) // the sync point that the save wrote
	if e := awaited(t, events); e.State.Standing != Unsaved {
		t.Fatalf("%s: %s", e.Kind, e.Text)
	}
	silent(t, events)
	if now, _ := os.ReadFile(p.file()); string(now) != string(before) {
		t.Error("what was put back was overwritten")
	}
}

// Nobody asked, so nothing is written.
func TestNothingIsSavedUnasked(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	_, events := p.run(db, nil)
	awaited(t, events)
	before, _ := os.ReadFile(p.file())
	p.sql(gadgets)
	db.set(1, nil)
	awaited(t, events)
	silent(t, events)
	if after, _ := os.ReadFile(p.file()); string(after) != string(before) {
		t.Error("the snapshot was written")
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	for times := 1; times < 100; times++ {
		if d := pause(times); d <= 0 || d > lastPause {
			t.Errorf("after %d failures: %s", times, d)
		}
	}
	if pause(1) > time.Second || pause(50) < lastPause/2 {
		t.Error("the pause does not grow")
	}
}
