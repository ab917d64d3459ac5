package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite docs/config.schema.json")

// project makes a repository with a settings file and returns its root.
func project(t *testing.T, settings string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		if err := os.WriteFile(filepath.Join(root, FileName), []byte(settings), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const full = `# every key
snapshot:
  path: db/schema.json
  format: json
  command: pnpm run schema:snapshot
directus:
  version: 11.17.4
  service: cms
  env_file: cms/.env
database:
  url: postgres://app@localhost/app
  url_env: APP_DATABASE_URL
  search_path: [public, "other"]
  exclude_tables:
    - spatial_ref_sys
    - 2024_import
  connect_timeout: 1500ms
  statement_timeout: 1m
compose:
  files: [compose.yaml]
  project: trm
sync_point: local
loss_timeout: 4s
docker:
  snapshot_path: /app/schema.yaml
  start_database: true
hook:
  on_unreachable: refuse
  timeout: 1s
  scope: mine
  mine: [anna@example.com]
  fix: true
watch:
  interval: 500ms
  docker: false
  bell: true
  notify: true
  auto_snapshot: true
db_init:
  path: cms/db-init
  post_path: cms/after
  table: ops.done
  lock_timeout: 30s
  allow: [gap, out-of-order]
trash:
  limit: 500MB
  retention: 90d
audit:
  baseline: cms/audit.baseline
`

func TestLoadReadsEveryKeyWithItsLine(t *testing.T) {
	t.Parallel()
	root := project(t, full)
	c, err := Load(Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int) Origin { return Origin{Kind: FromFile, Name: FileName, Line: line} }
	want := &Config{
		File:     filepath.Join(root, FileName),
		Root:     root,
		Snapshot: Snapshot{Path: Value[string]{"db/schema.json", at(3)}, Format: Value[string]{"json", at(4)}, Command: Value[string]{"pnpm run schema:snapshot", at(5)}},
		Directus: Directus{Version: Value[string]{"11.17.4", at(7)}, Service: Value[string]{"cms", at(8)}, EnvFile: Value[string]{"cms/.env", at(9)}},
		Database: Database{
			URL: Value[string]{"postgres://app@localhost/app", at(11)}, URLEnv: Value[string]{"APP_DATABASE_URL", at(12)},
			SearchPath: Value[[]string]{[]string{"public", "other"}, at(13)}, ExcludeTables: Value[[]string]{[]string{"spatial_ref_sys", "2024_import"}, at(14)},
			ConnectTimeout: Value[time.Duration]{1500 * time.Millisecond, at(17)}, StatementTimeout: Value[time.Duration]{time.Minute, at(18)},
		},
		Compose:     Compose{Files: Value[[]string]{[]string{"compose.yaml"}, at(20)}, Project: Value[string]{"trm", at(21)}},
		SyncPoint:   Value[string]{SyncPointLocal, at(22)},
		LossTimeout: Value[time.Duration]{4 * time.Second, at(23)},
		Docker:      Docker{SnapshotPath: Value[string]{"/app/schema.yaml", at(25)}, StartDatabase: Value[bool]{true, at(26)}},
		Hook: Hook{
			OnUnreachable: Value[string]{HookRefuse, at(28)}, Timeout: Value[time.Duration]{time.Second, at(29)},
			Scope: Value[string]{HookScopeMine, at(30)}, Mine: Value[[]string]{[]string{"anna@example.com"}, at(31)}, Fix: Value[bool]{true, at(32)},
		},
		Watch: Watch{
			Interval: Value[time.Duration]{500 * time.Millisecond, at(34)}, Docker: Value[bool]{false, at(35)},
			Bell: Value[bool]{true, at(36)}, Notify: Value[bool]{true, at(37)}, AutoSnapshot: Value[bool]{true, at(38)},
		},
		DBInit: DBInit{
			Path: Value[string]{"cms/db-init", at(40)}, PostPath: Value[string]{"cms/after", at(41)}, Table: Value[string]{"ops.done", at(42)},
			LockTimeout: Value[time.Duration]{30 * time.Second, at(43)}, Allow: Value[[]string]{[]string{"gap", "out-of-order"}, at(44)},
		},
		Trash: Trash{Limit: Value[int64]{500 << 20, at(46)}, Retention: Value[time.Duration]{90 * 24 * time.Hour, at(47)}},
		Audit: Audit{Baseline: Value[string]{"cms/audit.baseline", at(49)}},
	}
	want.Warnings = []string{"database.url (.schemaguard.yaml:11) and database.url_env (.schemaguard.yaml:12) are both set: database.url wins"}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".fileInText" }, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	// A key that is missing above would have kept its default.
	for _, k := range keys() {
		if !isSet(k.field(c)) {
			t.Errorf("%s is not in the test's file", k.name)
		}
	}
}

func isSet(v any) bool {
	switch v := v.(type) {
	case *Value[bool]:
		return v.IsSet()
	case *Value[int64]:
		return v.IsSet()
	case *Value[string]:
		return v.IsSet()
	case *Value[[]string]:
		return v.IsSet()
	case *Value[time.Duration]:
		return v.IsSet()
	}
	return false
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := Load(Options{Dir: project(t, "")})
	if err != nil {
		t.Fatal(err)
	}
	if c.File != "" || c.Snapshot.Path.V != "snapshots/schema.yaml" || c.SyncPoint.V != SyncPointDatabase ||
		c.LossTimeout.V != 2*time.Second || c.Database.ConnectTimeout.V != 5*time.Second || c.Database.StatementTimeout.V != 30*time.Second ||
		c.DBInit.Path.V != "db-init" || c.DBInit.LockTimeout.V != 5*time.Second || c.Trash.Limit.V != 2<<30 || c.Trash.Retention.V != 30*24*time.Hour {
		t.Errorf("got %+v", c)
	}
	for _, k := range keys() {
		if isSet(k.field(c)) {
			t.Errorf("%s looks set", k.name)
		}
	}
	if got := c.Snapshot.Path.Origin.String(); got != "default" {
		t.Errorf("origin = %q", got)
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	root := project(t, "loss_timeout: 1s\n")
	env := []string{"SCHEMAGUARD_LOSS_TIMEOUT=7s", "SCHEMAGUARD_LOSS_TIMEOUT=3s", "SCHEMAGUARD_SNAPSHOT_PATH=", "SCHEMAGUARD_DATABASE_SEARCH_PATH=a, b,,"}
	flags := map[string]Flag{"loss_timeout": {Name: "--loss-timeout", Value: "9s"}}
	tests := []struct {
		o      Options
		want   time.Duration
		origin string
	}{
		{Options{}, time.Second, ".schemaguard.yaml:1"},
		{Options{Environ: env}, 3 * time.Second, "env SCHEMAGUARD_LOSS_TIMEOUT"},
		{Options{Environ: env, Flags: flags}, 9 * time.Second, "flag --loss-timeout"},
	}
	for _, tt := range tests {
		tt.o.Dir = root
		c, err := Load(tt.o)
		if err != nil {
			t.Fatal(err)
		}
		if c.LossTimeout.V != tt.want || c.LossTimeout.Origin.String() != tt.origin {
			t.Errorf("got %v from %v, want %v from %s", c.LossTimeout.V, c.LossTimeout.Origin, tt.want, tt.origin)
		}
		if c.Snapshot.Path.IsSet() {
			t.Error("an empty variable counts as set")
		}
		if tt.o.Environ != nil && !cmp.Equal(c.Database.SearchPath.V, []string{"a", "b"}) {
			t.Errorf("search path = %q", c.Database.SearchPath.V)
		}
	}
}

func TestErrorsNameThePlaceAndTheWayOut(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"snapshots:\n  path: x\n", ".schemaguard.yaml:1: unknown key snapshots; did you mean snapshot?"},
		{"\nsnapshot:\n  paht: x\n", ".schemaguard.yaml:3: unknown key snapshot.paht; did you mean snapshot.path?"},
		{"dsn: postgres://u:hunter2@h\n", ".schemaguard.yaml:1: unknown key dsn; the keys are listed in docs/configuration.md"},
		{"version: 11.17.4\n", ".schemaguard.yaml:1: unknown key version; did you mean directus.version?"},
		{"loss_timeout: 2\n", `.schemaguard.yaml:1: loss_timeout is "2", which is not a duration such as 2s or 500ms`},
		{"loss_timeout: -2s\n", `.schemaguard.yaml:1: loss_timeout is "-2s", which is not a duration such as 2s or 500ms`},
		{"sync_point: git\n", `.schemaguard.yaml:1: sync_point is "git", which is not one of database, local`},
		{"directus:\n  version: latest\n", `.schemaguard.yaml:2: directus.version is "latest", which is not a version such as 11.17.4`},
		{"directus:\n  version: 11.10\n", `.schemaguard.yaml:2: directus.version is "11.10", which is not a version such as 11.17.4`},
		{"db_init:\n  allow: [changed]\n", `.schemaguard.yaml:2: db_init.allow has "changed", which is not one of gap, missing, out-of-order`},
		{"db_init:\n  lock_timeout: 0\n", `.schemaguard.yaml:2: db_init.lock_timeout is "0", which is not a duration such as 2s or 500ms`},
		{"trash:\n  limit: much\n", `.schemaguard.yaml:2: trash.limit is "much", which is not a size such as 500MB or 2GB`},
		{"trash:\n  limit: -1\n", `.schemaguard.yaml:2: trash.limit is "-1", which is not a size such as 500MB or 2GB`},
		{"trash:\n  retention: 30\n", `.schemaguard.yaml:2: trash.retention is "30", which is not a duration such as 36h or 30d`},
		{"trash:\n  retention: 99999999999d\n", `.schemaguard.yaml:2: trash.retention is "99999999999d", which is not a duration such as 36h or 30d`},
		{"compose:\n  files: compose.yaml\n", ".schemaguard.yaml:2: compose.files must be a list, for example [compose.yaml]"},
		{"compose:\n  files: [a, {b: c}]\n", ".schemaguard.yaml:2: compose.files must be a list of words"},
		{"snapshot:\n  path: [a]\n", ".schemaguard.yaml:2: snapshot.path must be a single value"},
		{"snapshot:\n  path:\n", ".schemaguard.yaml:2: snapshot.path has no value: give it one or delete the line"},
		{"snapshot: x\n", ".schemaguard.yaml:1: snapshot must be a mapping of keys to values"},
		{"- a\n", ".schemaguard.yaml:1: the file must be a mapping of keys to values"},
		{"loss_timeout: 1s\nloss_timeout: 2s\n", ".schemaguard.yaml:2: loss_timeout is set twice, first at line 1"},
		{"loss_timeout: 1s\n---\nloss_timeout: 2s\n", ".schemaguard.yaml:2: more than one YAML document: keep one"},
		{"sync_point: &a local\nloss_timeout: *a\n", ".schemaguard.yaml:2: loss_timeout is an alias: write the value itself"},
		{"snapshot: {path: a\n", ".schemaguard.yaml:1: not valid YAML"},
		{"a\tb: [\n", ".schemaguard.yaml"},
		{"\"\\e[31m\": x\n", `.schemaguard.yaml:1: unknown key "\x1b[31m"`},
		{"a: 1\nb: 2\n", ".schemaguard.yaml:1: unknown key a; the keys are listed in docs/configuration.md\n.schemaguard.yaml:2: unknown key b"},
	}
	for _, tt := range tests {
		_, err := Load(Options{Dir: project(t, tt.in)})
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q\n got %v\nwant %s", tt.in, err, tt.want)
			continue
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%q: %T is not an *Error", tt.in, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the message holds the secret", tt.in)
		}
	}
}

func TestErrorsOfFlagsAndEnvironment(t *testing.T) {
	t.Parallel()
	_, err := Load(Options{Dir: project(t, ""), Environ: []string{"SCHEMAGUARD_SYNC_POINT=x"}, Flags: map[string]Flag{"loss_timeout": {"--loss-timeout", "x"}}})
	want := `env SCHEMAGUARD_SYNC_POINT: sync_point is "x", which is not one of database, local
flag --loss-timeout: loss_timeout is "x", which is not a duration such as 2s or 500ms`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestFileIsFoundUpToTheRepositoryAndNoFurther(t *testing.T) {
	t.Parallel()
	outer := project(t, "loss_timeout: 1s\n")
	deep := filepath.Join(outer, "a", "b")
	inner := filepath.Join(outer, "inner")
	for _, d := range []string{deep, filepath.Join(inner, "x")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// A linked worktree and a submodule have a file called .git.
	if err := os.WriteFile(filepath.Join(inner, ".git"), []byte("gitdir: x"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{Dir: deep})
	if err != nil || c.Root != outer || c.LossTimeout.Origin.String() != "../../.schemaguard.yaml:1" {
		t.Errorf("from %s: root %s, origin %v, err %v", deep, c.Root, c.LossTimeout.Origin, err)
	}
	c, err = Load(Options{Dir: filepath.Join(inner, "x")})
	if err != nil || c.File != "" || c.Root != inner {
		t.Errorf("the inner repository saw the outer one's settings: %+v, %v", c, err)
	}
	if got := c.Abs("snapshots/x.yaml"); got != filepath.Join(inner, "snapshots/x.yaml") {
		t.Errorf("Abs = %s", got)
	}
	c, err = Load(Options{Dir: inner, File: "../.schemaguard.yaml"})
	if err != nil || c.Root != outer || c.LossTimeout.V != time.Second {
		t.Errorf("an explicit file: %+v, %v", c, err)
	}
	if _, err = Load(Options{Dir: inner, File: "none.yaml"}); err == nil {
		t.Error("an explicit file that does not exist was ignored")
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	root := project(t, "database:\n  url: postgres://app:hunter2@db/app\n")
	if err := os.WriteFile(filepath.Join(root, "sub"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{Dir: root})
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "url_env") || strings.Contains(c.Warnings[0], "hunter2") {
		t.Errorf("password in the file: %q, %v", c.Warnings, err)
	}
	c, err = Load(Options{Dir: root, Environ: []string{"SCHEMAGUARD_DATABASE_URL=postgres://app:hunter2@db/app"}})
	if err != nil || len(c.Warnings) != 0 {
		t.Errorf("password in the environment: %q, %v", c.Warnings, err)
	}
	other := project(t, "")
	if err := os.WriteFile(filepath.Join(other, "schemaguard.yml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err = Load(Options{Dir: other})
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "schemaguard.yml is not read") {
		t.Errorf("misnamed file: %q, %v", c.Warnings, err)
	}
}

func TestPublishedSchemaIsTheOneOfTheKeys(t *testing.T) {
	t.Parallel()
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "docs", "config.schema.json")
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/config.schema.json differs; go test ./internal/config -update rewrites it\n%s", diff)
	}
}

// Each key stands in docs/configuration.md with its variable and its default.
func TestDocumentationNamesEveryKey(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys() {
		def := k.def
		if def == "" {
			def = "-"
		} else {
			def = "`" + def + "`"
		}
		row := "| `" + k.name + "` | `" + k.env() + "` | " + def + " | " + k.doc + " |"
		if !strings.Contains(string(doc), row+"\n") {
			t.Errorf("docs/configuration.md lacks the row\n%s", row)
		}
	}
}

func TestDefaultsOfTheTableAreValid(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, k := range keys() {
		if names[k.name] || k.doc == "" {
			t.Errorf("%s: doubled or without a sentence", k.name)
		}
		names[k.name] = true
		if k.def != "" {
			if err := k.set(&Config{}, []string{k.def}, Origin{}); err != nil {
				t.Error(err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{full, "", "a: &a [*a]\n", "snapshot: {path: !!binary x}\n", "? {a: b}\n: c\n", "%YAML 9\n", "\xff\xfe", "- - - -", "&a a: *a", "<<: {path: x}\n", "snapshot:\n\tpath: x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &Config{fileInText: FileName}
		for _, err := range c.decode(data, keys()) {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Errorf("%T is not an *Error", err)
			}
			for _, r := range err.Error() {
				if r < ' ' || r == 0x7f {
					t.Errorf("a control character in %q", err)
				}
			}
		}
	})
}
