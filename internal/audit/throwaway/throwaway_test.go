package throwaway

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

func databases(t *testing.T, dsn string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Exec(t.Context(), "SELECT current_database() || ' of ' || string_agg(datname, ' ') FROM pg_database").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return string(rows[0].Rows[0][0])
}

func TestOn(t *testing.T) {
	t.Parallel()
	server := pgtest.Database(t)
	dsn, remove, err := On(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	name, all, _ := strings.Cut(databases(t, dsn), " of ")
	if !strings.HasPrefix(name, "schemaguard_audit_") || !strings.Contains(all, name) {
		t.Errorf("it leads to %s of %s", name, all)
	}
	conn, err := pgconn.Connect(t.Context(), dsn) // one that somebody forgot does not keep it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if all := databases(t, server); strings.Contains(all, name) {
		t.Errorf("%s is still there: %s", name, all)
	}
}

func TestOnSaysNoPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"postgres://u:hunter2@127.0.0.1:1/x", "host=127.0.0.1 port=1 password=hunter2 user=u", "postgres://u:hunter2@[/x", "port=hunter2"} {
		_, _, err := On(t.Context(), dsn)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	pgtest.Binaries(t) // ends the test where there are none
	dsn, remove, err := Local(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := databases(t, dsn); !strings.HasPrefix(got, "schemaguard_audit of ") {
		t.Errorf("it leads to %s", got)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := pgconn.Connect(t.Context(), dsn); err == nil {
		t.Error("the server still answers")
	}
}
