package plan

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

var update = flag.Bool("update", false, "rewrite the plans in testdata")

var versions = []string{"10.13.4", "11.8.0", "11.17.4", "12.3.0", "12.4.1"}

// TestGolden compares the plans of testdata/*.txtar: a live.yaml, a target.yaml, and the plan of each version. That these
// plans are what the real Directus does is the proof of test/apply; here they are kept readable.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files: ", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			live, target := decode(t, archive, "live.yaml"), decode(t, archive, "target.yaml")
			written := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:2]}
			for _, v := range versions {
				got := render(Simulate(live, target, version(t, v), Facts{}))
				written.Files = append(written.Files, txtar.File{Name: v, Data: []byte(got)})
				if diff := cmp.Diff(string(content(archive, v)), got); diff != "" && !*update {
					t.Errorf("%s (-want +got):\n%s", v, diff)
				}
				if again := render(Simulate(live, target, version(t, v), Facts{})); again != got {
					t.Errorf("%s: another run gives another plan:\n%s", v, cmp.Diff(got, again))
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(written), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func content(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func decode(t testing.TB, a *txtar.Archive, name string) *snapshot.Snapshot {
	t.Helper()
	f := snapshot.Decode(name, content(a, name))
	if !f.Trusted() {
		t.Fatalf("%s is not trusted: %v", name, f.Problems)
	}
	return f.Snapshot
}

func version(t testing.TB, s string) directus.Version {
	t.Helper()
	v, err := directus.ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// render writes a plan as text.
func render(p *Plan) string {
	var b strings.Builder
	if p.Empty() {
		b.WriteString("no changes\n")
	}
	if p.Fails != "" {
		fmt.Fprintf(&b, "FAILS at %s (%s): %s\n", p.FailsAt, p.FailsCode, p.Fails)
	}
	for _, d := range p.MayFail {
		fmt.Fprintf(&b, "may fail at %s (%s): %s\n", d.Key, d.Code, d.Why)
	}
	for _, a := range p.Actions {
		fmt.Fprintf(&b, "%s %s [%s] %s", a.Verb, a.Key, a.Code, a.Cause)
		if a.Implied {
			b.WriteString(" (implied)")
		}
		if a.Listed != "" {
			fmt.Fprintf(&b, " (listed: %s)", a.Listed)
		}
		b.WriteByte('\n')
		for _, path := range a.Paths {
			fmt.Fprintf(&b, "  %s: %s -> %s\n", path.Name, path.Live, path.Target)
		}
		for _, e := range a.Effects {
			fmt.Fprintf(&b, "  * %s\n", describe(e))
		}
		if a.NotConvergent != "" {
			fmt.Fprintf(&b, "  never converges: %s\n", a.NotConvergent)
		}
	}
	return b.String()
}

func describe(e Effect) string {
	s := map[Op]string{
		CreateTable: "create table", DropTable: "drop table", AddColumn: "add column", DropColumn: "drop column",
		ChangeType: "change type", NarrowType: "narrow type", SetDefault: "set default", SetNotNull: "set not null", DropNotNull: "drop not null",
		AddForeignKey: "add foreign key", DropForeignKey: "drop foreign key", ChangeForeignKey: "change foreign key", AddIndex: "add index",
		DropIndex: "drop index", AddUnique: "add unique", DropUnique: "drop unique", AddMetaRow: "add row", DeleteMetaRow: "delete row",
		SetMeta: "set row", PurgeRows: "purge rows",
	}[e.Op] + " " + e.Table
	if e.Column != "" {
		s += "." + e.Column
	}
	if e.Name != "" {
		s += " " + e.Name
	}
	if e.From != "" || e.To != "" {
		s += ": " + e.From + " -> " + e.To
	}
	if e.MaxLength > 0 {
		s += fmt.Sprintf(", longer than %d", e.MaxLength)
	}
	return s
}

func TestSameIsEmpty(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"live.yaml", "target.yaml"} {
			s := decode(t, archive, name)
			for _, v := range versions {
				if p := Simulate(s, s, version(t, v), Facts{}); !p.Empty() {
					t.Errorf("%s: %s applied to itself by %s:\n%s", file, name, v, render(p))
				}
			}
		}
	}
}

// TestKnots has snapshots that no Directus writes: what is deleted or created leads back to itself.
func TestKnots(t *testing.T) {
	t.Parallel()
	const head = "version: 1\ndirectus: 12.4.1\nvendor: postgres\n"
	folder := func(name, group string) string {
		return fmt.Sprintf("  - collection: %s\n    meta:\n      group: %s\n", name, group)
	}
	relation := func(many, field, one, oneField string) string {
		return fmt.Sprintf("  - collection: %s\n    field: %s\n    related_collection: %s\n    meta:\n      many_collection: %s\n"+
			"      many_field: %s\n      one_collection: %s\n      one_field: %s\n", many, field, one, many, field, one, oneField)
	}
	field := func(collection, name string) string {
		return fmt.Sprintf("  - collection: %s\n    field: %s\n    type: alias\n    meta:\n      group: null\n", collection, name)
	}
	knot := head + "collections:\n" + folder("a", "null") + folder("a", "a") + folder("b", "a") + folder("a", "b") + "fields:\n" + field("a", "f") + field("b", "g") +
		"relations:\n" + relation("a", "f", "b", "g") + relation("b", "g", "a", "f")
	apart := head + "collections:\n" + folder("a", "null") + folder("b", "a") + "fields: []\nrelations: []\n"
	empty := head + "collections: []\nfields: []\nrelations: []\n"
	for _, v := range append([]string{"10.0.0", "11.0.1", "11.3.5"}, versions...) {
		for _, pair := range [][2]string{{knot, empty}, {empty, knot}, {knot, apart}, {apart, knot}, {knot, knot}} {
			live, target := snapshot.Decode("live.yaml", []byte(pair[0])), snapshot.Decode("target.yaml", []byte(pair[1]))
			if !live.Trusted() || !target.Trusted() {
				t.Fatal(live.Problems, target.Problems)
			}
			facts := Facts{Tables: map[string]Table{"a": {PrimaryKey: "id", Columns: []string{"id", "f"}}, "b": {PrimaryKey: "id", Columns: []string{"id", "g"}}}}
			Simulate(live.Snapshot, target.Snapshot, version(t, v), facts) // ends
			Simulate(live.Snapshot, target.Snapshot, version(t, v), Facts{})
		}
	}
}

func FuzzSimulate(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content(archive, "live.yaml"), content(archive, "target.yaml"), uint8(len(file)))
	}
	f.Fuzz(func(t *testing.T, live, target []byte, which uint8) {
		l, r := snapshot.Decode("live.yaml", live), snapshot.Decode("target.yaml", target)
		if !l.Trusted() || !r.Trusted() {
			return
		}
		v := version(t, append(versions, "10.0.0", "11.0.1", "11.3.5")[int(which)%8])
		first := render(Simulate(l.Snapshot, r.Snapshot, v, Facts{}))
		if again := render(Simulate(l.Snapshot, r.Snapshot, v, Facts{})); again != first {
			t.Errorf("two runs differ:\n%s", cmp.Diff(first, again))
		}
	})
}
