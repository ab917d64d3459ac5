//go:build soak

package watch

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/watch/files"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// cycles is how long a soak lasts: some three hours of looks, one a second.
const cycles = 10_000

// held is what a process holds.
type held struct {
	heap                                 uint64
	goroutines, descriptors, connections int
}

func (p *project) held(ctx context.Context) held {
	p.t.Helper()
	runtime.GC()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	h := held{heap: mem.HeapAlloc, goroutines: runtime.NumGoroutine()}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		p.t.Skipf("needs /proc to count descriptors: %v", err)
	}
	h.descriptors = len(open)
	conn, err := pgx.Connect(ctx, p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schemaguard' AND datname = current_database()").Scan(&h.connections); err != nil {
		p.t.Fatal(err)
	}
	return h
}

// Ten thousand looks, with changes of the schema, of the file and of the settings,
// and connections that are lost in between: nothing grows.
func TestSoak(t *testing.T) {
	p := newProject(t)
	ctx, cancel := context.WithCancel(t.Context())
	var events, failures atomic.Int64
	onDisk := files.New(files.Options{Root: p.dir})
	w := New(Options{
		Open: p.open, Now: time.Now, Interval: 500 * time.Microsecond,
		Opened: func(ws *workspace.Workspace, st *workspace.Settings) {
			onDisk.Rewatch(files.Options{Root: p.dir, Snapshot: ws.File, GitDir: ws.Repo.GitDir(), CommonDir: ws.Repo.CommonDir(), IndexFile: ws.Repo.IndexFile(), More: ws.Watched(st)})
		},
		Emit: func(e Event) {
			events.Add(1)
			if e.Kind == Failing {
				failures.Add(1)
			}
		},
	})
	done := make(chan struct{}, 2)
	go func() { _ = w.Run(ctx); done <- struct{}{} }()
	go func() { onDisk.Run(ctx, func(files.Change) { w.Poke(Files) }); done <- struct{}{} }()
	reach := func(looks int64) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Minute); w.Counters().Looks < looks; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("stuck at %d looks", w.Counters().Looks)
			}
		}
	}
	round := func(n int) {
		p.sql(fmt.Sprintf("COMMENT ON TABLE directus_settings IS '%d'; CREATE TABLE soak_%d (id serial PRIMARY KEY); INSERT INTO directus_collections (collection) VALUES ('soak_%d')", n, n, n))
		reach(w.Counters().Looks + 20)
		p.sql(fmt.Sprintf("DROP TABLE soak_%d; DELETE FROM directus_collections WHERE collection = 'soak_%d'", n, n))
		p.write("snapshots/schema.yaml", string(example(t))+fmt.Sprintf("# %d\n", n))
		switch n % 4 {
		case 1:
			p.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'schemaguard' AND datname = current_database()")
		case 2:
			w.Poke(Settings)
		case 3:
			p.git("commit", "--quiet", "--all", "--message", fmt.Sprint(n))
		}
		reach(w.Counters().Looks + 20)
	}
	const rounds = 40
	for n := range 8 { // whatever is made once is made now
		round(n)
	}
	reach(cycles / 10)
	before := p.held(ctx)
	for n := range rounds {
		round(100 + n)
		reach(int64(cycles/10 + (n+1)*cycles*9/10/rounds))
	}
	reach(cycles)
	after := p.held(ctx)
	c := w.Counters()
	t.Logf("%d looks, %d comparisons, %d events, %d failures: %+v, then %+v", c.Looks, c.Checks, events.Load(), failures.Load(), before, after)
	if after.heap > before.heap+4<<20 {
		t.Errorf("the heap grows from %d to %d bytes", before.heap, after.heap)
	}
	if after.goroutines > before.goroutines+2 || after.descriptors > before.descriptors+3 || after.connections > 2 {
		t.Errorf("%+v became %+v", before, after)
	}
	if c.Checks < rounds || events.Load() < rounds {
		t.Errorf("only %d comparisons and %d events: the soak watched nothing", c.Checks, events.Load())
	}
	cancel()
	<-done
	<-done
}
