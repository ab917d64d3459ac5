//go:build directus

package apply

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

//go:embed source.sql
var sourceSQL string

// versions returns the versions to try: those of SCHEMAGUARD_APPLY_VERSIONS, separated by commas, or all.
func versions() []string {
	if only := os.Getenv("SCHEMAGUARD_APPLY_VERSIONS"); only != "" {
		return strings.Split(only, ",")
	}
	return []string{"10.13.4", "11.8.0", "11.17.4", "12.3.0", "12.4.1"}
}

// bench is one version of Directus with its database to copy.
type bench struct {
	version string
	pg      *pgserver.Server
	driver  *driver
	live    []byte // the snapshot of the source
	foreign map[string][]byte
	count   int
	unused  string // a copy of the source that the last try left as it was
}

func TestPredictedIsWhatHappens(t *testing.T) {
	lab, err := directuslab.Open()
	if err != nil {
		t.Skip("needs npm: ", err)
	}
	pg, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop() })
	snapshots := map[string][]byte{}
	var benches []*bench
	for _, v := range versions() {
		b := prepare(t, lab, pg, v)
		snapshots[v] = b.live
		benches = append(benches, b)
	}
	for _, b := range benches {
		b.foreign = snapshots
		t.Run(b.version, func(t *testing.T) { t.Parallel(); b.run(t) })
	}
}

// prepare makes the source database of one version and takes its snapshot.
func prepare(t *testing.T, lab *directuslab.Lab, pg *pgserver.Server, version string) *bench {
	t.Helper()
	source := "source_" + version
	if err := pg.CreateDatabase(t.Context(), source, ""); err != nil {
		t.Fatal(err)
	}
	if r, err := lab.Run(t.Context(), version, pg.TCPDSN(source), nil, "bootstrap"); err != nil || r.Code != 0 {
		t.Fatalf("bootstrapping %s: %v %s", version, err, r.Stdout+r.Stderr)
	}
	execute(t, pg.TCPDSN(source), sourceSQL)
	b := &bench{version: version, pg: pg, driver: startDriver(t, lab, version, pg.TCPDSN(source))}
	b.live = b.driver.snapshot(t, source)
	return b
}

func execute(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) run(t *testing.T) {
	for _, h := range hazards(b.version) {
		t.Run(h.name, func(t *testing.T) { b.try(t, h, b.live) })
	}
	for seed := range seeds(t) {
		h, from := random(seed), b.live
		if seed%4 == 3 { // a file of another version, damaged
			from = b.foreign[versions()[seed/4%len(versions())]]
		}
		t.Run(h.name, func(t *testing.T) { b.try(t, h, from) })
	}
	for _, v := range versions() {
		if v != b.version {
			t.Run("file of "+v, func(t *testing.T) { b.try(t, hazard{v, "", func(file) {}}, b.foreign[v]) })
		}
	}
}

// try damages a file, predicts what applying it does, applies it and compares.
func (b *bench) try(t *testing.T, h hazard, from []byte) {
	db := b.database(t)
	dsn := b.pg.TCPDSN(db)
	if h.sql != "" {
		execute(t, dsn, h.sql)
	}
	f := parse(t, from)
	defer func() {
		if r := recover(); r != nil {
			if s := fmt.Sprint(r); strings.Contains(s, " has no [") {
				t.Skip("needs an item that this version does not list: ", s)
			}
			panic(r)
		}
	}()
	h.edit(f)
	path := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(path, f.bytes(t), 0o600); err != nil {
		t.Fatal(err)
	}
	data := b.live
	if h.sql != "" {
		data = b.driver.snapshot(t, db)
	}
	live := decode(t, data)
	target := decode(t, f.bytes(t))
	conn := connect(t, dsn)
	before := stateOf(t, conn)
	v, err := directus.ParseVersion(b.version)
	if err != nil {
		t.Fatal(err)
	}
	p := plan.Simulate(live, target, v, factsOf(t, conn))
	listed := b.driver.dryRun(t, db, path)
	applied := b.driver.apply(t, db, path)
	after := stateOf(t, conn)
	b.compare(t, p, listed, applied, before, after)
	if applied.Exit == 0 && !t.Failed() {
		b.compareNext(t, p, b.driver.dryRun(t, db, path))
	}
	_ = conn.Close(t.Context())
	if h.sql == "" && len(changed(before, after)) == 0 {
		b.unused = db
	}
}

// database returns a copy of the source that nothing has happened to. It goes with the server.
func (b *bench) database(t *testing.T) string {
	if db := b.unused; db != "" {
		b.unused = ""
		return db
	}
	b.count++
	db := fmt.Sprintf("try_%s_%d", b.version, b.count)
	if err := b.pg.CreateDatabase(t.Context(), db, "source_"+b.version); err != nil {
		t.Fatal(err)
	}
	return db
}

func decode(t *testing.T, data []byte) *snapshot.Snapshot {
	t.Helper()
	f := snapshot.Decode("schema.json", data)
	if !f.Trusted() {
		t.Skipf("the snapshot is not trusted: %v", f.Problems)
	}
	return f.Snapshot
}

func (b *bench) compare(t *testing.T, p *plan.Plan, listed, applied directuslab.Answer, before, after state) {
	t.Helper()
	if diff := cmp.Diff(listing(p), listedBy(listed.Output)); diff != "" {
		t.Errorf("the dry run's list differs (-predicted +real):\n%s", diff)
	}
	failed := applied.Exit != 0
	switch {
	case failed && p.Fails == "" && len(p.MayFail) == 0:
		t.Errorf("it fails, unforeseen: %v", applied.Errors)
	case !failed && p.Fails != "":
		t.Errorf("it does not fail, though predicted: %s: %s", p.FailsAt, p.Fails)
	}
	want := settled(predicted(before, p))
	if failed {
		want = nil
	}
	if diff := cmp.Diff(want, settled(changed(before, after))); diff != "" && (failed || p.Fails == "") {
		t.Errorf("what happened differs (-predicted +real):\n%s\nfails %q, errors %v", diff, p.Fails, applied.Errors)
	}
	if testing.Verbose() {
		t.Logf("exit %d, fails %q at %s, errors %.200q, may fail %v", applied.Exit, p.Fails, p.FailsAt, applied.Errors, p.MayFail)
	}
}

// compareNext compares what a second dry run still finds with what was predicted never to converge.
func (b *bench) compareNext(t *testing.T, p *plan.Plan, next directuslab.Answer) {
	t.Helper()
	var want, got []string
	for _, a := range p.Actions {
		if a.NotConvergent != "" {
			want = append(want, a.Key.Name())
		}
	}
	for _, l := range listedBy(next.Output) {
		_, name, _ := strings.Cut(l, " ")
		got = append(got, name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
		t.Errorf("what does not converge differs (-predicted +real):\n%s", diff)
	}
}

// listing is the list that a dry run would print, sorted.
func listing(p *plan.Plan) []string {
	var out []string
	for _, a := range p.Actions {
		if a.Listed != "" {
			out = append(out, a.Listed+" "+a.Key.Name())
		}
	}
	slices.Sort(out)
	return out
}

// listedBy reads the output of a dry run.
func listedBy(output string) []string {
	var out []string
	for line := range strings.Lines(output) {
		if l, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "  - "); ok {
			name, _, _ := strings.Cut(l, " → ")
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
