package pulse_test

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/watch/pulse"
	"github.com/schemaguard/schemaguard/internal/watch/trigger"
)

func install(t testing.TB, conn *pgconn.PgConn) {
	t.Helper()
	status, err := trigger.Install(context.Background(), conn, nil)
	if err != nil || !status.Complete() {
		t.Fatalf("installing the triggers: %+v, %v", status, err)
	}
}

// A wait that ends by its time, or because nobody wants it any more, leaves the
// connection as it was, ten thousand times over, and nothing behind.
func TestTenThousandWaits(t *testing.T) {
	p, conn, _ := begin(t)
	install(t, conn)
	look(t, p)
	wait := func(n int) {
		for i := range n {
			ctx, cancel := context.WithCancel(context.Background())
			if i%2 == 0 {
				go cancel()
			}
			if notified, err := p.Wait(ctx, time.Duration(i%300)*time.Microsecond); err != nil || notified {
				t.Fatalf("wait %d: %v, %v", i, notified, err)
			}
			cancel()
			if i%100 == 0 {
				if _, err := p.Look(context.Background()); err != nil {
					t.Fatalf("look after wait %d: %v", i, err)
				}
			}
		}
	}
	wait(500)
	goroutines, heap, files := runtime.NumGoroutine(), inUse(), descriptors()
	wait(10_000)
	if now := runtime.NumGoroutine(); now > goroutines+3 {
		t.Errorf("%d goroutines, %d before", now, goroutines)
	}
	if now := inUse(); now > heap+512<<10 {
		t.Errorf("%d bytes in use, %d before", now, heap)
	}
	if now := descriptors(); now > files {
		t.Errorf("%d open files, %d before", now, files)
	}
	run(t, conn, "UPDATE directus_fields SET note = 'still heard'")
	if notified, err := p.Wait(context.Background(), soon); err != nil || !notified {
		t.Errorf("a notification after all that: %v, %v", notified, err)
	}
	if r := look(t, p); !r.Moved {
		t.Errorf("and the look: %v", r)
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func descriptors() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// The triggers are found when they come and when they go.
func TestListening(t *testing.T) {
	t.Parallel()
	p, conn, _ := begin(t)
	if p.Listening() {
		t.Error("listening to nothing")
	}
	install(t, conn)
	if r := look(t, p); r.Moved || !p.Listening() {
		t.Errorf("after the triggers were installed: %v, listening %v", r, p.Listening())
	}
	for _, sql := range []string{
		"CREATE TABLE heard (id serial PRIMARY KEY)",
		"ALTER TABLE heard ADD COLUMN a text",
		"INSERT INTO directus_collections (collection) VALUES ('heard')",
		"DROP TABLE heard",
	} {
		run(t, conn, sql)
		if notified, err := p.Wait(context.Background(), soon); err != nil || !notified {
			t.Errorf("%s: %v, %v, want notified", sql, notified, err)
		}
		if r := look(t, p); !r.Moved {
			t.Errorf("%s: %v, want moved", sql, r)
		}
	}
	run(t, conn, "INSERT INTO directus_migrations (version, name) VALUES ('unheard', 'Unheard')")
	if notified, err := p.Wait(context.Background(), 10*time.Millisecond); err != nil || notified {
		t.Errorf("what no trigger is on: %v, %v", notified, err)
	}
	if r := look(t, p); !r.Moved {
		t.Errorf("and a look sees it all the same: %v", r)
	}
	if err := trigger.Remove(context.Background(), conn); err != nil {
		t.Fatal(err)
	}
	if r := look(t, p); r.Moved || p.Listening() {
		t.Errorf("after the triggers were removed: %v, listening %v", r, p.Listening())
	}
}

// Two watchers of one database do not disturb each other.
func TestTwoWatchers(t *testing.T) {
	t.Parallel()
	p, conn, dsn := begin(t)
	other := watch(t, pulse.Options{Config: config(t, dsn), Display: "fleet"})
	look(t, other)
	run(t, conn, "CREATE TABLE once (id integer)")
	for _, w := range []*pulse.Pulse{p, other} {
		if r := look(t, w); !r.Moved {
			t.Errorf("got %v, want moved", r)
		}
	}
}
