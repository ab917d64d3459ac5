package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/verify/baseline"
	"github.com/schemaguard/schemaguard/internal/verify/runner"
	"github.com/schemaguard/schemaguard/internal/verify/server"
)

// example is the snapshot of the example project.
func example(t *testing.T) string {
	t.Helper()
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// options verify a snapshot and the files of a folder, natively.
func options(t *testing.T, text string, files map[string]string) Options {
	t.Helper()
	dir := t.TempDir()
	for name, sql := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(sql), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Name: "snapshots/schema.yaml", Data: []byte(text), Why: "--native", Timeout: time.Minute, Now: time.Now, Environ: os.Environ()}
	var err error
	if o.Set, o.Problems, err = dbinit.Load("db-init", "db-init-post", dir); err != nil {
		t.Fatal(err)
	}
	return o
}

// standIn makes a program in the place of Directus: bootstrap restores the database
// of the example, and what apply does and says is the script's.
func standIn(t *testing.T, o *Options, apply string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	psql := pgtest.Binaries(t).Path("psql")
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dump.sql"), []byte(strings.Join(dumps, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`PGPASSWORD=$DB_PASSWORD; PGOPTIONS='-c client_min_messages=error'; export PGPASSWORD PGOPTIONS
sql() { %s -qAtX -v ON_ERROR_STOP=1 -h "$DB_HOST" -p "$DB_PORT" -U "$DB_USER" -d "$DB_DATABASE" "$@"; }
case "$1" in
bootstrap) sql -f %s >/dev/null ;;
*) %s ;;
esac
`, psql, filepath.Join(dir, "dump.sql"), apply)
	if err := os.WriteFile(filepath.Join(dir, "directus.sh"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Directus = &runner.Runner{Words: []string{"sh", filepath.Join(dir, "directus.sh")}, Name: "the stand-in", Version: "12.4.1"}
	o.Server = func(ctx context.Context, extensions []string) (*server.Server, error) {
		return server.Open(ctx, extensions, nil, func(string) {})
	}
}

// outcomes lists the steps: "name state".
func outcomes(r *Result) []string {
	var out []string
	for _, s := range r.Steps {
		out = append(out, s.Name+" "+s.State)
	}
	return out
}

func refusals(r *Result) []string {
	var out []string
	for _, f := range r.Verdict.Findings {
		if f.Refuses {
			out = append(out, string(f.Code)+" "+f.Item)
		}
	}
	return out
}

const quiet = `echo '[12:00:00.000] INFO: No changes to apply.'`

func TestNative(t *testing.T) {
	t.Parallel()
	sound := example(t)
	for _, c := range []struct {
		name     string
		text     string
		files    map[string]string
		versions []live.Candidate
		exit     int
		want     []string
	}{
		{"sound", sound, nil, nil, 0, nil},
		{"files", sound, map[string]string{"db-init/001_a.sql": "SELECT 1;"}, nil, 0, nil},
		{"the version that runs", sound, nil, []live.Candidate{{Version: "12.4.1", Source: "image x"}}, 0, nil},
		{"another patch", sound, nil, []live.Candidate{{Version: "12.4.9", Source: "image x"}}, 0, nil},
		{"another minor", sound, nil, []live.Candidate{{Version: "12.3.0", Source: "image x"}}, 2, []string{"VERSION_SKEW "}},
		{"no version, then one", sound, nil, []live.Candidate{{Version: "latest"}, {Version: "12.3.0", Source: "package.json"}}, 2, []string{"VERSION_SKEW "}},
		{"no yaml", "a: [", nil, nil, 5, []string{"SNAPSHOT_INVALID "}},
		{"a file that cannot run", sound, map[string]string{"db-init/001_a.sql": "\\i x"}, nil, 6, []string{"DBINIT_PSQL_COMMAND file db-init/001_a.sql"}},
		{"both", sound, map[string]string{"db-init/001_a.sql": "CREATE TABLE devices (a int);"}, nil, 6, []string{"DBINIT_CREATES file db-init/001_a.sql"}},
		{"an invalid snapshot is graver", "a: [", map[string]string{"db-init/001_a.sql": "\\i x"}, nil, 5, []string{"SNAPSHOT_INVALID ", "DBINIT_PSQL_COMMAND file db-init/001_a.sql"}},
	} {
		o := options(t, c.text, c.files)
		o.Versions = c.versions
		r := Run(t.Context(), o)
		if diff := cmp.Diff(c.want, refusals(r)); r.Exit != c.exit || diff != "" || r.Mode != "native" {
			t.Errorf("%s: exit %d\n%s", c.name, r.Exit, diff)
		}
		if clean := r.Verdict.State == policy.Clean; clean != (c.exit == 0) {
			t.Errorf("%s: %s", c.name, r.Verdict.State)
		}
		if len(r.Verdict.Notes) == 0 || !strings.Contains(r.Verdict.Notes[0], "nothing was applied") {
			t.Errorf("%s does not say that nothing was applied: %q", c.name, r.Verdict.Notes)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	o := options(t, "", nil)
	o.Missing = &finding.Finding{Code: finding.SnapshotMissing, Severity: finding.Invalid, Message: "there is none"}
	if r := Run(t.Context(), o); r.Exit != 5 || r.Verdict.State != policy.Refused {
		t.Errorf("%+v", r)
	}
}

// TestFull: each step of a whole run, ending well and ending badly.
func TestFull(t *testing.T) {
	t.Parallel()
	sound := example(t)
	post := func(sql string) map[string]string { return map[string]string{"db-init-post/001_a.sql": sql} }
	well := []string{"snapshot ok", "db-init files ok", "postgres ok", "db-init before ok", "bootstrap ok", "apply ok", "db-init after ok"}
	for _, c := range []struct {
		name, apply string
		text        string
		files       map[string]string
		exit        int
		steps       []string // after those that go well, or whole where they do not
		want        string   // in the first refusal
	}{
		{"well", quiet, sound, post("COMMENT ON TABLE devices IS 'x';"), 0, append(well, "convergence ok", "second apply ok", "upgrade skipped"), ""},
		{
			"what does not come back", quiet, strings.Replace(sound, "icon: terminal", "icon: other", 1), nil, 2,
			append(well, "convergence failed", "second apply ok", "upgrade skipped"), `meta.icon is "terminal", not "other"`,
		},
		{
			"a post file that changes the schema", quiet, sound, post("UPDATE directus_collections SET note = 'x' WHERE collection = 'devices';"), 2,
			append(well, "convergence failed", "second apply ok", "upgrade skipped"), "collection devices differs from the file: meta.note",
		},
		{
			"never at rest", `echo '  - Update devices'; echo '    - Set icon to x'; echo 'Snapshot applied successfully'`, sound, nil, 2,
			append(well, "convergence ok", "second apply failed", "upgrade skipped"), "it finds changes again: Update devices",
		},
		{
			"a second apply that changes", `sql -c "UPDATE directus_collections SET sort = sort + 1 WHERE collection = 'devices'"; ` + quiet,
			strings.Replace(sound, "sort: 4\n      sort_field: null\n      status: active\n      translations: null\n      unarchive_value: stock", "sort: 5\n      sort_field: null\n      status: active\n      translations: null\n      unarchive_value: stock", 1), nil, 2,
			append(well, "convergence ok", "second apply failed", "upgrade skipped"), "a second apply changes collection devices",
		},
		{
			"an apply that fails", `echo '[12:00:00.000] ERROR: Collection "devices" already exists' ; exit 1`, sound, nil, 2,
			[]string{"snapshot ok", "db-init files ok", "postgres ok", "db-init before ok", "bootstrap ok", "apply failed", "db-init after skipped", "convergence skipped", "second apply skipped", "upgrade skipped"},
			`fails on a new database: Collection "devices" already exists`,
		},
		{
			"db-init after it", quiet, sound, post("SELECT 1;\n\nSELECT nothing;"), 6,
			[]string{"snapshot ok", "db-init files ok", "postgres ok", "db-init before ok", "bootstrap ok", "apply ok", "db-init after failed", "convergence skipped", "second apply skipped", "upgrade skipped"},
			"db-init-post/001_a.sql:3:8: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, c.text, c.files)
			standIn(t, &o, c.apply)
			r := Run(t.Context(), o)
			if diff := cmp.Diff(c.steps, outcomes(r)); diff != "" || r.Exit != c.exit || r.Mode != "full" {
				t.Errorf("exit %d, want %d\n%s\n%+v", r.Exit, c.exit, diff, r.Verdict.Findings)
			}
			for _, f := range r.Verdict.Findings {
				if f.Refuses {
					if f.Code == "DBINIT_FAILED" && (f.File != "db-init-post/001_a.sql" || f.Line != 3) {
						t.Errorf("%+v", f)
					}
					if c.want == "" || !strings.Contains(f.Message, c.want) {
						t.Errorf("%q, want %q", f.Message, c.want)
					}
					return
				}
			}
			if c.want != "" {
				t.Error("nothing refuses")
			}
		})
	}
}

// TestWhatCannotBeDone is never clean, and tells no secret.
func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	o := options(t, example(t), nil)
	standIn(t, &o, quiet)
	o.Server = func(context.Context, []string) (*server.Server, error) {
		return nil, errors.Join(errors.New("no way to postgres://u:hunter22@h/d"), errors.New("nor by docker"))
	}
	r := Run(t.Context(), o)
	if r.Exit != 3 || r.Verdict.State != policy.NotRun || !strings.Contains(r.Verdict.Reason, "postgres://u:***@h/d; nor by docker") {
		t.Errorf("%d %+v", r.Exit, r.Verdict)
	}
	o = options(t, example(t), nil)
	if o.Root = t.TempDir(); os.MkdirAll(filepath.Join(o.Root, "node_modules/directus"), 0o755) != nil {
		t.Fatal("cannot make a folder")
	}
	standIn(t, &o, `test -d node_modules/directus || exit 9; echo "with $DB_PASSWORD and $SECRET and $CI_JOB_TOKEN, $MONKEY"; sleep 300`)
	o.Environ = append(o.Environ, "CI_JOB_TOKEN=glcbt-hunter22", "MONKEY=business")
	o.Timeout = 15 * time.Second // of each step; the others take a fraction of it
	if r = Run(t.Context(), o); r.Exit != 3 || outcomes(r)[5] != "apply not-run" {
		t.Fatalf("%d %q", r.Exit, outcomes(r))
	}
	if got := r.Steps[5].Output; len(got) != 1 || got[0] != "with *** and *** and ***, business" {
		t.Errorf("%q", got)
	}
}

// TestAnotherDatabase: a Directus that works elsewhere, whatever it is told, applies
// nothing there.
func TestAnotherDatabase(t *testing.T) {
	t.Parallel()
	o := options(t, example(t), nil)
	standIn(t, &o, quiet)
	applied := filepath.Join(t.TempDir(), "applied")
	o.Directus.Words = []string{"sh", "-c", `case "$1" in schema) touch "$0" ;; esac`, applied}
	r := Run(t.Context(), o)
	if last := r.Steps[4]; r.Exit != 3 || last.State != NotRun || !strings.Contains(last.Text, "this Directus works on another one") {
		t.Errorf("exit %d, %+v", r.Exit, last)
	}
	if _, err := os.Stat(applied); err == nil {
		t.Error("something was applied")
	}
}

// TestAContainerReadsTheFile: as another user, also where this one's umask lets nobody.
func TestAContainerReadsTheFile(t *testing.T) {
	t.Parallel()
	b := &building{run: &run{work: t.TempDir()}, name: "new", data: []byte(example(t))}
	if err := os.WriteFile(filepath.Join(b.work, "new.yaml"), nil, 0o600); err != nil { // as a umask of 077 leaves it
		t.Fatal(err)
	}
	path, err := b.applyFile()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	node := []string{"/directus/cli.js:7", "error: select 1 - invalid name syntax", "    at Parser.parseErrorMessage (x.js)", "  severity: 'ERROR',", "}"}
	long := []string{"error: ", `\t\t SELECT`, `\t FROM x`, `\t   - invalid name syntax`, "    at Parser (x.js)", "  severity: 'ERROR',"}
	docker := []string{"Unable to find image", "docker: Error response from daemon: no such image", "Run 'docker run --help'"}
	for _, c := range []struct{ errors, output, want []string }{
		{[]string{"ERROR: x"}, docker, []string{"ERROR: x"}}, {nil, docker, docker[1:2]}, {nil, node, node[1:2]}, {nil, long, []string{"error: SELECT FROM x - invalid name syntax"}}, {nil, []string{"sh: 1: directus: not found"}, []string{"sh: 1: directus: not found"}}, {nil, nil, nil},
	} {
		if got := reasons(c.errors, c.output); !cmp.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestErrorsTellNoSecret: what Directus calls an error is in the verdict, and in every
// form of it.
func TestErrorsTellNoSecret(t *testing.T) {
	t.Parallel()
	o := options(t, example(t), nil)
	standIn(t, &o, `printf '[12:00:00.000] ERROR: no way with %s and %s\n' "$DB_PASSWORD" "$CI_JOB_TOKEN"; exit 1`)
	o.Environ = append(o.Environ, "CI_JOB_TOKEN=glcbt-hunter22")
	r := Run(t.Context(), o)
	if r.Exit != 2 || !strings.Contains(r.Verdict.Summary, "no way with *** and ***") || !strings.Contains(r.Steps[5].Text, "no way with *** and ***") {
		t.Errorf("exit %d %+v %q", r.Exit, r.Verdict, r.Steps[5].Text)
	}
}

// TestUpgrade: an apply of the stand-in does nothing, so the base's database is
// this one's, and what is lost is what the plan says.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	sound := example(t)
	base := &baseline.Baseline{Commit: "1", Name: "main (1)", Data: []byte(sound)}
	for _, c := range []struct {
		name string
		base *baseline.Baseline
		none *baseline.NoneError
		want string
		exit int
	}{
		{"not asked for", nil, nil, "upgrade skipped", 0},
		{"nothing changed", base, nil, "upgrade skipped", 0},
		{"no snapshot there", &baseline.Baseline{Name: "main (1)"}, nil, "upgrade skipped", 0},
		{"none to be had", nil, &baseline.NoneError{Msg: "no git"}, "upgrade skipped", 0},
		{"one that was wanted", nil, &baseline.NoneError{Wanted: true, Msg: "shallow"}, "upgrade not-run", 3},
		{"one that cannot be read", &baseline.Baseline{Name: "main (1)", Data: []byte("a: [")}, nil, "upgrade not-run", 3},
		{"a pending change", &baseline.Baseline{Name: "main (1)", Data: []byte(strings.Replace(sound, "icon: terminal", "icon: other", 1))}, nil, "upgrade ok", 0},
	} {
		o := options(t, sound, nil)
		o.Base, o.NoBase = c.base, c.none
		r := Run(t.Context(), o)
		all := outcomes(r)
		if got := all[len(all)-1]; got != c.want || r.Exit != c.exit {
			t.Errorf("%s: %s, exit %d", c.name, got, r.Exit)
		}
		untried := c.none != nil && !c.none.Wanted || c.base != nil && c.base.Data == nil
		if strings.Contains(r.Verdict.Summary, "no upgrade was tried") != untried {
			t.Errorf("%s: %s", c.name, r.Verdict.Summary)
		}
	}
}

// TestConsent: one command agrees to all that is lost, whatever its names hold; it is
// what --allow takes. What the upgrade creates beside it points to a collection of
// Directus itself, which is in every database.
func TestConsent(t *testing.T) {
	t.Parallel()
	sound := example(t)
	o := options(t, sound, nil)
	base := strings.NewReplacer("collection: commands", "collection: it's", "table: commands", "table: it's", "name: commands", "name: it's").Replace(sound)
	o.Base = &baseline.Baseline{Commit: "1", Name: "main (1)", Data: []byte(strings.ReplaceAll(base, "field: imei", "field: old"))}
	r := Run(t.Context(), o)
	if r.Exit != 2 || len(r.Consent) != 2 {
		t.Fatalf("exit %d, %q\n%+v", r.Exit, r.Consent, r.Verdict.Findings)
	}
	if want := []string{`schemaguard verify --allow 'COLLECTION_DROP:collection it'\''s' --allow 'FIELD_DROP:field devices.old'`}; !cmp.Equal(want, r.Verdict.Next) {
		t.Errorf("%q", r.Verdict.Next)
	}
	o.Allowed = r.Consent[:1]
	if some := Run(t.Context(), o); some.Exit != 2 || !cmp.Equal(some.Consent, r.Consent[1:]) {
		t.Errorf("one of two: exit %d, %q", some.Exit, some.Consent)
	}
	o.Allowed = r.Consent
	if all := Run(t.Context(), o); all.Exit != 0 || len(all.Consent) != 0 {
		t.Errorf("both: exit %d, %q\n%+v", all.Exit, all.Consent, all.Verdict.Findings)
	}
}

// TestUpgradeOfFiles: production has applied what the base has, so a file that a
// branch changes is refused there, though a new database takes it.
func TestUpgradeOfFiles(t *testing.T) {
	t.Parallel()
	o := options(t, example(t), map[string]string{"db-init/001_a.sql": "SELECT 2;", "db-init/002_b.sql": "SELECT 3;"})
	had := options(t, example(t), map[string]string{"db-init/001_a.sql": "SELECT 1;"})
	o.Base = &baseline.Baseline{Commit: "1", Name: "main (1)", Data: o.Data, Set: had.Set}
	standIn(t, &o, quiet)
	r := Run(t.Context(), o)
	if all := outcomes(r); r.Exit != 6 || all[len(all)-1] != "upgrade failed" || !cmp.Equal(refusals(r), []string{"DBINIT_CHANGED file db-init/001_a.sql"}) {
		t.Errorf("exit %d %q %q", r.Exit, all, refusals(r))
	}
	added := options(t, example(t), map[string]string{"db-init/001_a.sql": "SELECT 1;", "db-init/002_b.sql": "SELECT 3;"})
	added.Base = o.Base
	standIn(t, &added, quiet)
	if r = Run(t.Context(), added); r.Exit != 0 || outcomes(r)[len(r.Steps)-1] != "upgrade ok" {
		t.Errorf("a file more: exit %d %q\n%+v", r.Exit, outcomes(r), r.Verdict.Findings)
	}
	// What a file renames is there; what it drops is gone, a table with its columns.
	had = options(t, example(t), map[string]string{"db-init/001_a.sql": "CREATE ROLE reader; CREATE SCHEMA s; CREATE TABLE s.one (a int, b int); CREATE TABLE two (a int, b int); CREATE TABLE three (a int);"})
	drops := options(t, example(t), map[string]string{
		"db-init/001_a.sql":      had.Set.Files[0].Text,
		"db-init/002_b.sql":      "ALTER TABLE two RENAME TO zwei; ALTER TABLE zwei RENAME a TO eins; ALTER TABLE zwei DROP b; CREATE TEMP TABLE scratch (a int);",
		"db-init-post/003_c.sql": "DROP TABLE s.one; DROP TABLE three;",
	})
	drops.Base = &baseline.Baseline{Commit: "1", Name: "main (1)", Data: o.Data, Set: had.Set}
	drops.Allowed = []string{"UNTRACKED_DROP:table three"}
	standIn(t, &drops, quiet)
	r = Run(t.Context(), drops)
	if last := r.Steps[len(r.Steps)-1]; r.Exit != 2 || last.Text != "2 losses that nobody agreed to" || !cmp.Equal(r.Consent, []string{"UNTRACKED_DROP:column two.b", "UNTRACKED_DROP:table s.one"}) {
		t.Errorf("what db-init drops: exit %d %+v %q", r.Exit, last, r.Consent)
	}
	broken := options(t, example(t), map[string]string{"db-init/001_a.sql": "SELECT nothing;"})
	mended := options(t, example(t), map[string]string{"db-init/001_a.sql": "SELECT 1;"})
	mended.Base = &baseline.Baseline{Commit: "1", Name: "main (1)", Data: o.Data, Set: broken.Set}
	standIn(t, &mended, quiet)
	r = Run(t.Context(), mended) // the base itself does not run: nothing is known of an upgrade, and nothing refuses
	if last := r.Steps[len(r.Steps)-1]; r.Exit != 3 || last.State != NotRun || !strings.Contains(last.Text, "main (1) cannot be built") || len(refusals(r)) != 0 {
		t.Errorf("a base that does not run: exit %d %+v %q", r.Exit, last, refusals(r))
	}
}
