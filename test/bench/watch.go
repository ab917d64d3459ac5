//go:build tools

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// What a watcher may cost.
const (
	watcherCPU      = 0.1  // per cent of a core, idle
	watcherMemory   = 40   // MB
	watchedCPU      = 1.0  // milliseconds of a backend's time per second, idle
	watchedRate     = 0.99 // of the throughput of a database that nobody watches
	burstBudget     = 2.0  // seconds, for 500 collections at once
	pollBudget      = 1300 // milliseconds, at one look a second
	triggersBudget  = 100  // milliseconds
	idleSeconds     = 30
	watchedProject  = "watched"
	watchedDatabase = "bench_watched"
)

// measureWatch measures a watcher: idle, beside a busy database, and when
// something happens.
func (b *bench) measureWatch(ctx context.Context, r *results, runs int) error {
	if err := b.srv.CreateDatabase(ctx, watchedDatabase, databaseOf(smallSize)); err != nil {
		return err
	}
	dir := filepath.Join(b.dir, watchedProject)
	if err := b.in(ctx, b.dir, "cp", "-r", b.project(smallSize), dir); err != nil {
		return err
	}
	// The databases are minutes old, so the server comes to tidy them up: that would not be idle.
	if err := b.autovacuum(ctx, "off"); err != nil {
		return err
	}
	if err := b.idle(ctx, r, dir); err != nil {
		return fmt.Errorf("measuring an idle watcher: %w", err)
	}
	if err := b.autovacuum(ctx, "on"); err != nil {
		return err
	}
	if err := b.latencies(ctx, r, dir, max(3, runs/3)); err != nil {
		return fmt.Errorf("measuring how soon a change is seen: %w", err)
	}
	if err := b.load(ctx, r, dir, max(3, runs)); err != nil {
		return fmt.Errorf("measuring a busy database: %w", err)
	}
	return nil
}

// autovacuum switches the server's own housekeeping on or off.
func (b *bench) autovacuum(ctx context.Context, to string) error {
	return execute(ctx, b.srv.DSN(watchedDatabase), "ALTER SYSTEM SET autovacuum = "+to, "SELECT pg_reload_conf()")
}

// watcher is a running `schemaguard watch --json`.
type watcher struct {
	cmd    *exec.Cmd
	events chan watched
	stop   context.CancelFunc
	once   sync.Once
}

// watched is what matters of an event.
type watched struct {
	Event   string `json:"event"`
	At      time.Time
	Seen    time.Time
	Current struct {
		State  string         `json:"state"`
		Counts map[string]int `json:"counts"`
		Seeing string         `json:"seeing"`
	} `json:"current"`
}

// watch starts a watcher and waits for its first event.
func (b *bench) watch(ctx context.Context, dir string) (*watcher, error) {
	ctx, stop := context.WithCancel(ctx)
	w := &watcher{events: make(chan watched, 1000), stop: stop}
	w.cmd = exec.CommandContext(ctx, b.guard, "watch", "--json", "--no-docker", "--dsn", b.srv.DSN(watchedDatabase), "--directus-version", directusVersion)
	w.cmd.Dir, w.cmd.Env = dir, b.env
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	go w.read(out)
	if _, err := w.next(20 * time.Second); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *watcher) read(out io.Reader) {
	defer close(w.events)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		e := watched{Seen: time.Now()}
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			w.events <- e
		}
	}
}

func (w *watcher) next(patience time.Duration) (watched, error) {
	select {
	case e, ok := <-w.events:
		if !ok {
			return e, errors.New("the watcher ended")
		}
		return e, nil
	case <-time.After(patience):
		return watched{}, errors.New("the watcher said nothing")
	}
}

func (w *watcher) close() {
	w.once.Do(func() {
		w.stop()
		_ = w.cmd.Wait()
	})
}

// backends returns the processes of the server that work for watchers.
func (b *bench) backends(ctx context.Context) (pids []int, err error) {
	conn, err := pgx.Connect(ctx, b.srv.DSN(watchedDatabase))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE application_name = 'schemaguard' AND datname = $1", watchedDatabase)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

// idle measures a watcher of a database in which nothing happens.
func (b *bench) idle(ctx context.Context, r *results, dir string) error {
	w, err := b.watch(ctx, dir)
	if err != nil {
		return err
	}
	defer w.close()
	time.Sleep(3 * time.Second)
	pids, err := b.backends(ctx)
	if err != nil {
		return err
	}
	if len(pids) != 1 {
		return fmt.Errorf("an idle watcher holds %d connections", len(pids))
	}
	before, server := processorTime(w.cmd.Process.Pid), processorTime(pids[0])
	time.Sleep(idleSeconds * time.Second)
	own, backend := processorTime(w.cmd.Process.Pid)-before, processorTime(pids[0])-server
	if before == 0 {
		r.missing = append(r.missing, "the processor time of an idle watcher: this system does not tell it")
		return nil
	}
	percent := 100 * own.Seconds() / idleSeconds
	r.add(row{
		what: "an idle watcher, 100 collections, a look a second: processor", measured: fmt.Sprintf("%.1f ms in %d s", milliseconds(own), idleSeconds),
		value: fmt.Sprintf("%.3f %%", percent), budget: fmt.Sprintf("at most %g %% of a core", watcherCPU),
	}, percent <= watcherCPU)
	resident := residentMemory(w.cmd.Process.Pid)
	r.add(row{
		what: "the same: memory", measured: "resident", value: fmt.Sprintf("%.1f MB", float64(resident)/(1<<20)), budget: fmt.Sprintf("at most %d MB", watcherMemory),
	}, resident <= watcherMemory<<20)
	rate := milliseconds(backend) / idleSeconds
	r.add(row{
		what: "the same: its backend in the database", measured: fmt.Sprintf("%.1f ms in %d s", milliseconds(backend), idleSeconds),
		value: fmt.Sprintf("%.3f ms a second", rate), budget: fmt.Sprintf("at most %g ms a second", watchedCPU),
	}, rate <= watchedCPU)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// latencies measures how soon a change is told: by looking, by triggers, and 500
// collections at once.
func (b *bench) latencies(ctx context.Context, r *results, dir string, runs int) error {
	polled, err := b.seen(ctx, dir, runs)
	if err != nil {
		return err
	}
	r.soon("a change seen by looking once a second", polled, pollBudget*time.Millisecond)
	burst, err := b.burst(ctx, dir)
	if err != nil {
		return err
	}
	r.soon("500 collections made at once, told as one event", []time.Duration{burst}, time.Duration(burstBudget*float64(time.Second)))
	if err := b.in(ctx, dir, b.guard, "watch", "--install-triggers", "--yes", "--dsn", b.srv.DSN(watchedDatabase)); err != nil {
		return err
	}
	told, err := b.seen(ctx, dir, runs)
	if err != nil {
		return err
	}
	r.soon("a change told by the triggers", told, triggersBudget*time.Millisecond)
	return b.in(ctx, dir, b.guard, "watch", "--remove-triggers", "--yes", "--dsn", b.srv.DSN(watchedDatabase))
}

// soon makes a row of the median of some times.
func (r *results) soon(what string, times []time.Duration, budget time.Duration) {
	s := sample{times: times}
	r.add(row{
		what: what, measured: fmt.Sprintf("%s (worst of %d: %s)", millis(&s), len(times), slices.Max(times).Round(time.Millisecond)),
		value: fmt.Sprintf("%.0f ms", milliseconds(s.median())), budget: fmt.Sprintf("at most %d ms", budget.Milliseconds()),
	}, s.median() <= budget)
}

// seen makes collections one after the other, and measures each from its commit to
// the event.
func (b *bench) seen(ctx context.Context, dir string, runs int) ([]time.Duration, error) {
	w, err := b.watch(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer w.close()
	var took []time.Duration
	for i := range runs {
		time.Sleep(time.Duration(300+137*i) * time.Millisecond)
		name := fmt.Sprintf("seen_%d", i)
		if err := execute(ctx, b.srv.DSN(watchedDatabase), "CREATE TABLE "+name+" (id serial PRIMARY KEY); INSERT INTO directus_collections (collection) VALUES ('"+name+"')"); err != nil {
			return nil, err
		}
		began := time.Now()
		e, err := w.next(10 * time.Second)
		if err != nil {
			return nil, err
		}
		took = append(took, e.Seen.Sub(began))
	}
	return took, execute(ctx, b.srv.DSN(watchedDatabase), "DO $$ DECLARE t text; BEGIN FOR t IN SELECT collection FROM directus_collections WHERE collection LIKE 'seen\\_%' LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END $$; DELETE FROM directus_collections WHERE collection LIKE 'seen\\_%'")
}

// burst makes 500 collections in one go and measures until they are told, which
// must be in one event.
func (b *bench) burst(ctx context.Context, dir string) (time.Duration, error) {
	w, err := b.watch(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer w.close()
	const sql = `DO $$ BEGIN FOR n IN 1..500 LOOP EXECUTE format('CREATE TABLE burst_%s (id serial PRIMARY KEY, title varchar(255), body text)', n); END LOOP; END $$;
INSERT INTO directus_collections (collection) SELECT 'burst_' || n FROM generate_series(1, 500) n;
INSERT INTO directus_fields (collection, field, interface) SELECT 'burst_' || n, f, 'input' FROM generate_series(1, 500) n, unnest(ARRAY['id', 'title', 'body']) f`
	if err := execute(ctx, b.srv.DSN(watchedDatabase), "BEGIN;"+sql+"; COMMIT"); err != nil {
		return 0, err
	}
	began := time.Now()
	e, err := w.next(20 * time.Second)
	if err != nil {
		return 0, err
	}
	if e.Current.Counts["unsaved"] != 500 {
		return 0, fmt.Errorf("the event of 500 collections counts %v", e.Current.Counts)
	}
	took := e.Seen.Sub(began)
	if more, err := w.next(3 * time.Second); err == nil {
		return 0, fmt.Errorf("a second event for one change: %+v", more)
	}
	return took, execute(ctx, b.srv.DSN(watchedDatabase), "DO $$ BEGIN FOR n IN 1..500 LOOP EXECUTE 'DROP TABLE burst_' || n; END LOOP; END $$",
		"DELETE FROM directus_fields WHERE collection LIKE 'burst\\_%'", "DELETE FROM directus_collections WHERE collection LIKE 'burst\\_%'")
}
