package recycle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// bench runs the commands on a database.
type bench struct {
	t   *testing.T
	dsn string
	now time.Time
	statement.Session
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Chdir(t.TempDir())
	b := &bench{t: t, dsn: pgtest.Database(t), now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	w, err := workspace.Open(t.Context(), workspace.Options{Environ: b.environ(), Now: func() time.Time { return b.now }})
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.FindConnection(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Conn, err = statement.Connect(t.Context(), found.PG, "test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Conn.Close(context.Background()) })
	b.sql("CREATE TABLE orders (id serial PRIMARY KEY, note text); INSERT INTO orders (note) VALUES ('a'), ('b')")
	return b
}

func (b *bench) environ() []string { return []string{"SCHEMAGUARD_DATABASE_URL=" + b.dsn} }

func (b *bench) sql(sql string) {
	b.t.Helper()
	if err := b.Exec(b.t.Context(), sql); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) fill(what ...recyclebin.Doomed) string {
	b.t.Helper()
	e, err := recyclebin.Fill(b.t.Context(), b.Conn, what, recyclebin.Options{Reason: "boot --mode force\x1b[2J", By: "anna", Now: b.now, Retention: 48 * time.Hour})
	if err != nil {
		b.t.Fatal(err)
	}
	return e.ID
}

// run runs one command and returns what it printed and how it would exit.
func (b *bench) run(later time.Duration, args ...string) (string, int) {
	b.t.Helper()
	var out, errs bytes.Buffer
	a := &app.App{
		Ctx: b.t.Context(), Environ: b.environ(), Now: func() time.Time { return b.now.Add(later) },
		Streams: &terminal.Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Env: func(string) string { return "" }},
	}
	root := &cobra.Command{Use: "schemaguard", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(Commands(a)...)
	root.SetArgs(append([]string{"trash"}, args...))
	err := root.ExecuteContext(b.t.Context())
	hint, hinted := errors.AsType[app.HintError](err)
	switch {
	case err == nil:
		return out.String(), exitcode.OK
	case hinted:
		return err.Error() + "\n" + strings.Join(hint.Hints, "\n"), hint.Code
	case errors.As(err, new(app.UsageError)):
		return err.Error(), exitcode.Usage
	}
	return err.Error(), exitcode.Internal
}

func (b *bench) want(code int, later time.Duration, args []string, texts ...string) {
	b.t.Helper()
	out, got := b.run(later, args...)
	for _, text := range texts {
		if !strings.Contains(out, text) {
			b.t.Errorf("%q does not say %q:\n%s", args, text, out)
		}
	}
	if got != code || strings.ContainsRune(out, '\x1b') {
		b.t.Errorf("%q: exit %d, want %d: %s", args, got, code, out)
	}
}

func TestTheBinFromTheCommandLine(t *testing.T) {
	b := newBench(t)
	id := b.fill(recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "orders"})
	b.want(0, 3*time.Hour, []string{"list"}, id, "3 hours ago", "by anna", "table orders, 2 rows", "kept until 2026-05-06", "1 in all")
	b.want(0, 0, []string{"show", "orders"}, `CREATE TABLE "public"."orders"`, "PRIMARY KEY (id)", "nextval(", id+"_1")
	b.want(2, 0, []string{"restore", "orders"}, "nothing was restored: table orders exists now", "schemaguard trash restore "+id+":orders --as orders_restored")
	b.want(0, 0, []string{"restore", "orders", "--as", "orders_restored"}, "2 rows", "only the rows")
	b.sql("DROP TABLE orders")
	b.want(0, 0, []string{"restore", "orders", "--dry-run"}, "restored table orders, 2 rows", "rolled back")
	b.want(0, 0, []string{"restore", "orders"}, "restored table orders, 2 rows", "/utils/cache/clear?system", "schemaguard snapshot --stage")
	b.want(0, 0, []string{"list"}, "restored 2026-05-04")
	b.want(4, 0, []string{"restore", "nothing"}, `no "nothing"`, "schemaguard trash list")

	b.want(0, 0, []string{"purge"}, "purged 0")
	b.want(4, 49*time.Hour, []string{"purge"}, "needs --yes")
	b.want(0, 49*time.Hour, []string{"purge", "--dry-run"}, "would purge 1")
	b.want(0, 49*time.Hour, []string{"list"}, "2 days ago", "1 in all")
	b.want(4, 0, []string{"purge", "--older-than", "-3d"})
	b.want(0, 49*time.Hour, []string{"purge", "--older-than", "3d", "--yes"}, "purged 0")
	b.want(0, 49*time.Hour, []string{"purge", "--older-than", "2d", "--yes"}, id, "purged 1")
	b.want(0, 0, []string{"list"}, "is empty")
}

// newest is the ID of the newest entry.
func (b *bench) newest() string {
	entries, err := recyclebin.List(b.t.Context(), b.Conn)
	if err != nil || len(entries) == 0 {
		b.t.Fatal(err)
	}
	return entries[0].ID
}

func TestTheBinAsJSON(t *testing.T) {
	b := newBench(t)
	id := b.fill(recyclebin.Doomed{Kind: recyclebin.KindColumn, Table: "orders", Column: "note"})
	b.sql("ALTER TABLE orders DROP note; DELETE FROM orders WHERE id = 2")
	var list struct {
		SchemaVersion int `json:"schema_version"`
		Entries       []recyclebin.Entry
	}
	var back recyclebin.Restored
	for args, into := range map[string]any{"list --json": &list, "restore orders.note --json": &back} {
		out, code := b.run(0, strings.Fields(args)...)
		if err := json.Unmarshal([]byte(out), into); err != nil || code != 0 {
			t.Fatalf("%s: %v: %d %s", args, err, code, out)
		}
	}
	if list.SchemaVersion != 1 || len(list.Entries) != 1 || list.Entries[0].ID != id {
		t.Errorf("list: %+v", list)
	}
	if len(back.Items) != 1 || back.Items[0].Rows != 1 || back.Items[0].Gone != 1 || back.Entry != id {
		t.Errorf("restore: %+v", back)
	}
	b.sql("CREATE TABLE \"a\u009b31mb\" (id integer)")
	b.fill(recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "a\u009b31mb"})
	for _, args := range []string{"list --json", "show --json a\u009b31mb", "list", "show a\u009b31mb"} {
		if out, code := b.run(0, strings.Fields(args)...); code != 0 || strings.ContainsRune(out, '\u009b') || !strings.Contains(out, "31mb") {
			t.Errorf("%q: exit %d, a control character reaches the terminal: %q", args, code, out)
		}
	}
	b.want(0, 0, []string{"purge", b.newest(), "--yes"}, "purged 1")
	out, _ := b.run(0, "purge", "--all", "--json", "--yes")
	var purged purgeDocument
	if err := json.Unmarshal([]byte(out), &purged); err != nil || len(purged.Purged) != 1 {
		t.Errorf("purge: %v %s", err, out)
	}
}
