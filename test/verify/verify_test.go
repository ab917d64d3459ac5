//go:build directus

package verify

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// steps of a full run, in order.
var steps = []string{"snapshot", "db-init files", "postgres", "db-init before", "bootstrap", "apply", "db-init after", "convergence", "second apply"}

// TestExample: the project that this repository carries is what it claims to be.
func TestExample(t *testing.T) {
	p := example(t, directus(t))
	p.write("db-init-post/005_seen.sql", []byte("COMMENT ON TABLE devices IS 'made by Directus before this ran';\n"))
	got := p.full()
	for _, name := range steps {
		if got.state(name) != "ok" {
			t.Errorf("%s: %s", name, got.state(name))
		}
	}
	if got.Code != 0 || got.Verdict != "clean" || got.Mode != "full" || got.state("upgrade") != "skipped" {
		t.Errorf("%+v", got)
	}
}

// TestCorpus: schemas of other people, as a real Directus wrote them.
func TestCorpus(t *testing.T) {
	folder := directus(t)
	corpus := os.Getenv("SCHEMAGUARD_CORPUS")
	if corpus == "" {
		corpus = filepath.Join(root, "..", "shared", "corpus")
	}
	for _, name := range []string{"8", "14", "20"} {
		data, err := os.ReadFile(filepath.Join(corpus, name+".12.yaml"))
		if errors.Is(err, fs.ErrNotExist) && os.Getenv("SCHEMAGUARD_CORPUS") == "" {
			t.Log("the corpus is not here: it runs where a folder beside the clone or SCHEMAGUARD_CORPUS holds it")
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			p := example(t, folder)
			if err := os.RemoveAll(filepath.Join(p.dir, "db-init")); err != nil {
				t.Fatal(err)
			}
			p.write("db-init/001_postgis.sql", []byte("CREATE EXTENSION IF NOT EXISTS postgis;\n"))
			p.write(file, data)
			if got := p.full("--no-upgrade"); got.Code != 0 || got.state("convergence") != "ok" || got.state("second apply") != "ok" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestUpgradeThatLoses: a branch that drops a collection is refused, as a whole run
// and from the files alone, until somebody agrees to that very loss; and it tells
// the commit it came from.
func TestUpgradeThatLoses(t *testing.T) {
	p := example(t, directus(t))
	p.git("checkout", "-q", "-b", "work")
	p.without("commands")
	p.commit("drop a collection")
	got := p.full("--base", "main")
	if want := []string{"COLLECTION_DROP collection commands"}; got.Code != 2 || got.Verdict != "refused" || !cmp.Equal(want, got.refusals()) {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff([]string{"COLLECTION_DROP:collection commands"}, got.Consent); diff != "" {
		t.Error(diff)
	}
	if got.state("upgrade") != "failed" || got.state("convergence") != "ok" {
		t.Errorf("%+v", got.Steps)
	}
	if native := p.verify("--native", "--json", "--base", "main"); native.Code != 2 || !cmp.Equal(got.refusals(), native.refusals()) {
		t.Errorf("from the files alone: %+v", native)
	}
	if other := p.verify("--native", "--json", "--base", "main", "--allow", "COLLECTION_DROP:collection devices"); other.Code != 2 {
		t.Errorf("consent to another loss: %+v", other)
	}
	agreed := p.full("--base", "main", "--allow", got.Consent[0])
	if agreed.Code != 0 || agreed.state("upgrade") != "ok" {
		t.Errorf("agreed: %+v", agreed)
	}
	p.environ = append(p.environ, "SCHEMAGUARD_ALLOW="+got.Consent[0])
	if native := p.verify("--native", "--json", "--base", "main"); native.Code != 0 {
		t.Errorf("agreed by the environment: %+v", native)
	}
}

// TestWhatDoesNotComeBack: a value that no Directus makes is found, with its item
// and line.
func TestWhatDoesNotComeBack(t *testing.T) {
	p := example(t, directus(t))
	before := p.read()
	after := strings.Replace(before, "numeric_precision: 32", "numeric_precision: 17", 1)
	if before == after {
		t.Fatal("the example has no integer")
	}
	p.write(file, []byte(after))
	got := p.full("--no-upgrade")
	if got.Code != 2 || got.state("convergence") != "failed" || len(got.refusals()) == 0 || !strings.HasPrefix(got.refusals()[0], "NOT_CONVERGENT field ") {
		t.Fatalf("%+v", got)
	}
	f := got.Findings[slices.IndexFunc(got.Findings, func(f found) bool { return f.Refuses })]
	if f.File != file || f.Line == 0 || !strings.Contains(f.Message, "numeric_precision is 32, not 17") {
		t.Errorf("%+v", f)
	}
}

// TestAnotherVersion: a snapshot that Directus 11.17.4 wrote, with that Directus; and
// with the word of a project that runs another, which refuses.
func TestAnotherVersion(t *testing.T) {
	const older = "11.17.4"
	folder := directus(t)
	lab, err := directuslab.Open()
	if err != nil {
		t.Fatal(err)
	}
	olderFolder, err := lab.Install(t.Context(), older)
	if err != nil {
		t.Fatal(err)
	}
	p := example(t, olderFolder)
	newer := snapshot.Decode(file, []byte(p.read())).Snapshot
	plain := snapshot.New(newer.Version, newer.Directus, newer.Vendor) // without the indexes of fields that it lacks
	for _, kind := range []snapshot.Kind{snapshot.Collection, snapshot.Field, snapshot.Relation} {
		for _, item := range newer.Items(kind) {
			plain.Add(item)
		}
	}
	p.write(file, snapshot.Encode(plain, snapshot.YAML))
	srv, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	dsn := srv.TCPDSN("postgres")
	for _, args := range [][]string{{"bootstrap"}, {"schema", "apply", "--yes", filepath.Join(p.dir, file)}} {
		if res, err := lab.Run(t.Context(), older, dsn, nil, args...); err != nil || res.Code != 0 {
			t.Fatalf("%v %+v", err, res)
		}
	}
	data, err := lab.Snapshot(t.Context(), older, dsn, nil, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	p.write(file, data)
	if got := p.full("--no-upgrade"); got.Code != 0 || got.state("convergence") != "ok" || got.state("second apply") != "ok" {
		t.Errorf("%+v", got)
	}
	if got := p.verify("--native", "--no-upgrade", "--directus", folder); got.Code != 4 {
		t.Errorf("--native with --directus: %+v", got)
	}
	p.write("package.json", []byte(`{"dependencies": {"directus": "12.4.1"}}`))
	if got := p.verify("--native", "--no-upgrade", "--json"); got.Code != 2 || !cmp.Equal(got.refusals(), []string{"VERSION_SKEW "}) {
		t.Errorf("%+v", got)
	}
}

// TestWhatFails: db-init ends with 6 and its line, a Directus that does not start
// with 3, and what it printed has no secret.
func TestWhatFails(t *testing.T) {
	p := example(t, directus(t))
	p.write("db-init-post/005_broken.sql", []byte("SELECT 1;\nSELECT nothing FROM nowhere;\n"))
	got := p.full("--no-upgrade")
	if got.Code != 6 || got.state("db-init after") != "failed" || got.state("convergence") != "skipped" {
		t.Fatalf("%+v", got)
	}
	f := got.Findings[len(got.Findings)-1]
	if f.Code != "DBINIT_FAILED" || f.File != "db-init-post/005_broken.sql" || f.Line != 2 {
		t.Errorf("%+v", f)
	}
	if err := os.Remove(filepath.Join(p.dir, "db-init-post/005_broken.sql")); err != nil {
		t.Fatal(err)
	}
	p.write("directus.sh", []byte("#!/bin/sh\necho \"ERROR: cannot reach $DB_HOST with $DB_PASSWORD and $SECRET\"\nexit 7\n"))
	got = p.verify("--directus", "sh directus.sh", "--json")
	if got.Code != 3 || got.Verdict != "not-run" || got.state("bootstrap") != "not-run" {
		t.Fatalf("%+v", got)
	}
	for _, s := range got.Steps {
		if s.Name == "bootstrap" && (len(s.Output) == 0 || !strings.Contains(s.Output[0], "with *** and ***")) {
			t.Errorf("%q", s.Output)
		}
	}
}
