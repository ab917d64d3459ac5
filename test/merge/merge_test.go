//go:build directus

package merge

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/mergedriver"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// versions are the Directuses to ask: those of SCHEMAGUARD_MERGE_VERSIONS, separated by commas, or two.
func versions() []string {
	if only := os.Getenv("SCHEMAGUARD_MERGE_VERSIONS"); only != "" {
		return strings.Split(only, ",")
	}
	return []string{"11.17.4", "12.4.1"}
}

// A group is some people on one branch and some on another, each of whom makes changes that fit those of all on the other
// branch: sides times sides merges, for few databases.
const (
	groups = 4
	sides  = 5
)

// seeds returns the groups to try with each version: SCHEMAGUARD_MERGE_SEEDS, "7" or "4-40", or a hundred merges.
func seeds(t *testing.T) (from, to uint64) {
	t.Helper()
	first, last, some := strings.Cut(os.Getenv("SCHEMAGUARD_MERGE_SEEDS"), "-")
	switch {
	case first == "":
		return 0, groups
	case !some:
		last = first
	}
	return number(t, first), number(t, last) + 1
}

func number(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatalf("reading SCHEMAGUARD_MERGE_SEEDS: %v", err)
	}
	return n
}

// bench is one Directus with its database to copy.
type bench struct {
	version string
	pg      *pgserver.Server
	driver  *directuslab.Driver
	base    []byte // the snapshot of the source
}

func TestMergeIsWhatDirectusWrites(t *testing.T) {
	lab, err := directuslab.Open()
	if err != nil {
		t.Skip("needs npm: ", err)
	}
	pg, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop() })
	for n, v := range versions() {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			b := prepare(t, lab, pg, v)
			for i, p := range opposed {
				if i%len(versions()) == n { // each with one of the versions: copies of databases take time
					t.Run(p.name, func(t *testing.T) { b.conflict(t, p) })
				}
			}
			from, to := seeds(t)
			for seed := from; seed < to; seed++ {
				t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { b.try(t, seed) })
			}
		})
	}
}

// prepare makes the source database of one version: that of the tests of apply.
func prepare(t *testing.T, lab *directuslab.Lab, pg *pgserver.Server, version string) *bench {
	t.Helper()
	source := "source_" + version
	if err := pg.CreateDatabase(t.Context(), source, ""); err != nil {
		t.Fatal(err)
	}
	dsn := pg.TCPDSN(source)
	if r, err := lab.Run(t.Context(), version, dsn, nil, "bootstrap"); err != nil || r.Code != 0 {
		t.Fatalf("bootstrapping %s: %v %s", version, err, r.Stdout+r.Stderr)
	}
	sql, err := os.ReadFile(filepath.Join("..", "apply", "source.sql"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.PgConn().Exec(t.Context(), string(sql)+";DELETE FROM blocks; DROP VIEW seen_by_view").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, err := lab.Drive(t.Context(), version, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	b := &bench{version: version, pg: pg, driver: d}
	b.base = b.snapshot(t, source)
	return b
}

func (b *bench) snapshot(t *testing.T, db string) []byte {
	t.Helper()
	data, err := b.driver.Snapshot(db, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// copy makes a copy of a database, which goes with the test.
func (b *bench) copy(t *testing.T, name, of string) string {
	t.Helper()
	db := name + "_" + b.version
	if err := b.pg.CreateDatabase(t.Context(), db, of+"_"+b.version); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.drop(t, db) })
	return db
}

func (b *bench) drop(t *testing.T, db string) {
	conn, err := pgx.Connect(context.Background(), b.pg.TCPDSN("postgres"))
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(context.Background())
	if err := pgserver.DropDatabase(context.Background(), conn, db); err != nil {
		t.Error(err)
	}
}

func (b *bench) edit(t *testing.T, db string, changes []change) {
	t.Helper()
	for _, c := range changes {
		if err := b.driver.Edit(db, c.edits...); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
}

// try makes the branches of one group, and merges each of ours with each of theirs.
func (b *bench) try(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 7))
	var ours, theirs []branch
	var all []change
	for range sides {
		made := changes(random, "o", nil)
		all = append(all, made...)
		ours = append(ours, branch{made: made})
	}
	for i := range sides {
		theirs = append(theirs, branch{made: changes(random, "t", all)})
		theirs[i].db = b.copy(t, fmt.Sprintf("theirs_%d", i), "source")
		b.edit(t, theirs[i].db, theirs[i].made)
		theirs[i].file = b.snapshot(t, theirs[i].db)
	}
	for i, o := range ours {
		o.db = b.copy(t, fmt.Sprintf("ours_%d", i), "source")
		b.edit(t, o.db, o.made)
		o.file = b.snapshot(t, o.db)
		for j, th := range theirs {
			t.Run(fmt.Sprintf("%d %d", i, j), func(t *testing.T) { b.compare(t, fmt.Sprintf("ours_%d", i), o, th) })
		}
	}
}

// branch is what was done on a branch, where, and what was committed.
type branch struct {
	made []change
	db   string
	file []byte
}

func changes(random *rand.Rand, initial string, others []change) []change {
	a := &author{Rand: random, initial: initial}
	for range 1 + random.IntN(4) {
		a.change(others)
	}
	return a.made
}

// compare edits a copy of ours' database as theirs was, and merges the snapshots.
func (b *bench) compare(t *testing.T, name string, ours, theirs branch) {
	db := b.copy(t, "both", name)
	b.edit(t, db, theirs.made)
	want := b.snapshot(t, db)
	got, out := merged(t, b.base, ours.file, theirs.file)
	if diff := cmp.Diff(string(want), string(got)); diff != "" || out.Status != mergedriver.Merged {
		t.Errorf("ours: %s\ntheirs: %s\n%s\n%s", names(ours.made), names(theirs.made), strings.Join(out.Lines, "\n"), diff)
	}
}

func names(changes []change) string {
	var all []string
	for _, c := range changes {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

// merged merges three snapshots as git would have them merged.
func merged(t *testing.T, base, ours, theirs []byte) ([]byte, mergedriver.Outcome) {
	t.Helper()
	dir := t.TempDir()
	f := mergedriver.Files{Base: filepath.Join(dir, "O"), Ours: filepath.Join(dir, "A"), Theirs: filepath.Join(dir, "B"), Path: "schema.yaml"}
	for path, data := range map[string][]byte{f.Base: base, f.Ours: ours, f.Theirs: theirs} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := mergedriver.Run(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(f.Ours)
	if err != nil {
		t.Fatal(err)
	}
	return got, out
}

// conflict edits two copies in ways that contradict each other.
func (b *bench) conflict(t *testing.T, p pair) {
	first, second := b.copy(t, "ours", "source"), b.copy(t, "theirs", "source")
	b.edit(t, first, []change{{name: "ours", edits: p.ours}})
	b.edit(t, second, []change{{name: "theirs", edits: p.theirs}})
	ours, theirs := b.snapshot(t, first), b.snapshot(t, second)
	if bytes.Equal(ours, b.base) || bytes.Equal(theirs, b.base) {
		t.Fatal("an edit changed nothing")
	}
	for _, sides := range [][2][]byte{{ours, theirs}, {theirs, ours}} {
		got, out := merged(t, b.base, sides[0], sides[1])
		if out.Status != mergedriver.Conflicted || out.AsText || !strings.Contains(strings.Join(out.Lines, "\n"), p.item) {
			t.Errorf("ended with %d and says\n%s", out.Status, strings.Join(out.Lines, "\n"))
		}
		// The only things that changed are in conflict: what is left of either choice is that side.
		for i, side := range sides {
			if diff := cmp.Diff(string(side), chosen(got, i == 1)); diff != "" && !p.more {
				t.Errorf("settled for side %d it is not that side:\n%s", i, diff)
			}
			if f := snapshot.Decode("settled", []byte(chosen(got, i == 1))); !f.Trusted() || len(f.Problems) > 0 {
				t.Errorf("settled for side %d: %v", i, f.Problems)
			}
		}
	}
}

// chosen takes one side of every conflict.
func chosen(data []byte, theirs bool) string {
	var out strings.Builder
	in := byte(0)
	for line := range strings.Lines(string(data)) {
		switch {
		case strings.HasPrefix(line, "<<<<<<< "), strings.HasPrefix(line, "======="), strings.HasPrefix(line, ">>>>>>> "):
			in = line[0]
		case in == '<' && theirs, in == '=' && !theirs:
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}
