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

	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// steps of a full run, in order.
var steps = []string{"snapshot", "db-init files", "postgres", "db-init before", "bootstrap", "apply", "db-init after", "convergence", "second apply", "upgrade"}

// TestExample: the project that this repository carries is what it claims to be. A
// branch of it drops a collection, which somebody agreed to.
func TestExample(t *testing.T) {
	t.Parallel()
	p := example(t, directus(t, version))
	p.write("db-init-post/005_seen.sql", []byte("COMMENT ON TABLE devices IS 'made by Directus before this ran';\n"))
	p.commit("look for a table of Directus")
	p.git("checkout", "-q", "-b", "work")
	p.without("commands")
	p.commit("drop a collection")
	const loss = "COLLECTION_DROP:collection commands"
	got := p.full("--base", "main", "--allow", loss)
	for _, name := range steps {
		if got.state(name) != "ok" {
			t.Errorf("%s: %s", name, got.state(name))
		}
	}
	if got.Code != 0 || got.Verdict != "clean" || got.Mode != "full" || len(got.Consent) != 0 {
		t.Errorf("%+v", got)
	}
	p.environ = append(p.environ, "SCHEMAGUARD_ALLOW="+loss)
	if native := p.verify("--native", "--json", "--base", "main"); native.Code != 0 || native.state("upgrade") != "ok" {
		t.Errorf("agreed by the environment, from the files alone: %+v", native)
	}
	p.git("checkout", "-q", "main")
	p.git("commit", "-q", "--allow-empty", "-m", "nothing")
	if same := p.verify("--native", "--json", "--base", "main"); same.Code != 0 || same.state("upgrade") != "skipped" {
		t.Errorf("where nothing has changed: %+v", same)
	}
}

// TestCorpus: schemas of other people, as a real Directus wrote them.
func TestCorpus(t *testing.T) {
	t.Parallel()
	folder := directus(t, version)
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
			t.Parallel()
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

// TestWhatIsRefused: a value that no Directus makes is found, with its item and line;
// and a branch that drops a collection is refused, as a whole run and from the files
// alone, until somebody agrees to that very loss.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	p := example(t, directus(t, version))
	p.git("checkout", "-q", "-b", "work")
	p.without("commands")
	p.commit("drop a collection")
	drop := []string{"COLLECTION_DROP collection commands"}
	if native := p.verify("--native", "--json", "--base", "main"); native.Code != 2 || !cmp.Equal(drop, native.refusals()) {
		t.Errorf("from the files alone: %+v", native)
	}
	if other := p.verify("--native", "--json", "--base", "main", "--allow", "COLLECTION_DROP:collection devices"); other.Code != 2 {
		t.Errorf("consent to another loss: %+v", other)
	}
	before := p.read()
	after := strings.Replace(before, "numeric_precision: 32", "numeric_precision: 17", 1)
	if before == after {
		t.Fatal("the example has no integer")
	}
	p.write(file, []byte(after))
	got := p.full("--base", "main")
	if got.Code != 2 || got.Verdict != "refused" || got.state("convergence") != "failed" || got.state("upgrade") != "failed" {
		t.Fatalf("%+v", got)
	}
	all := got.refusals()
	if !slices.Contains(all, drop[0]) || !strings.HasPrefix(all[0], "NOT_CONVERGENT field ") {
		t.Errorf("%q", all)
	}
	if diff := cmp.Diff([]string{"COLLECTION_DROP:collection commands"}, got.Consent); diff != "" {
		t.Error(diff)
	}
	f := got.Findings[slices.IndexFunc(got.Findings, func(f found) bool { return f.Refuses })]
	if f.File != file || f.Line == 0 || !strings.Contains(f.Message, "numeric_precision is 32, not 17") {
		t.Errorf("%+v", f)
	}
}

// TestAnotherVersion: a snapshot as Directus 11.17.4 writes it, with that Directus; and
// with the word of a project that runs another, which refuses.
func TestAnotherVersion(t *testing.T) {
	t.Parallel()
	const older = "11.17.4"
	folder := directus(t, version)
	p := example(t, directus(t, older))
	newer := snapshot.Decode(file, []byte(p.read())).Snapshot
	plain := snapshot.New(newer.Version, older, newer.Vendor) // without the indexes of fields that it lacks
	for _, kind := range []snapshot.Kind{snapshot.Collection, snapshot.Field, snapshot.Relation} {
		for _, item := range newer.Items(kind) {
			plain.Add(item)
		}
	}
	// Nor has it these columns; that it makes this very file again is what is tested.
	without := strings.NewReplacer("      autosave_revision_interval: null\n", "", "      status: active\n", "")
	p.write(file, []byte(without.Replace(string(snapshot.Encode(plain, snapshot.YAML)))))
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

// TestWhatFails: a Directus that does not start ends with 3, and what it printed has no
// secret; one that is led to another database by its own settings is found out.
func TestWhatFails(t *testing.T) {
	t.Parallel()
	p := example(t, directus(t, version))
	p.write("directus.sh", []byte("#!/bin/sh\necho \"ERROR: cannot reach $DB_HOST with $DB_PASSWORD and $SECRET\"\nexit 7\n"))
	got := p.verify("--directus", "sh directus.sh", "--json")
	if got.Code != 3 || got.Verdict != "not-run" || got.state("bootstrap") != "not-run" {
		t.Fatalf("%+v", got)
	}
	for _, s := range got.Steps {
		if s.Name == "bootstrap" && (len(s.Output) == 0 || !strings.Contains(s.Output[0], "with *** and ***")) {
			t.Errorf("%q", s.Output)
		}
	}
	srv, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	p.write("directus.sh", []byte("DB_CONNECTION_STRING='"+srv.TCPDSN("postgres")+"' exec node "+filepath.Join(p.directus, "node_modules/directus/cli.js")+" \"$@\"\n"))
	got = p.verify("--directus", "sh directus.sh", "--json", "--no-upgrade")
	if got.Code != 3 || got.state("bootstrap") != "not-run" || got.state("apply") != "skipped" || !strings.Contains(got.Text, "works on another one") {
		t.Errorf("%+v", got)
	}
}
