package sqltext

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// outcome is what the server made of a text: one line per statement.
func outcome(t *testing.T, conn *pgconn.PgConn, texts ...string) []string {
	t.Helper()
	var lines []string
	for _, text := range texts {
		results, err := conn.Exec(t.Context(), text).ReadAll()
		for _, r := range results {
			lines = append(lines, fmt.Sprintf("%s %s", r.CommandTag, r.Rows))
		}
		if err != nil {
			lines = append(lines, fmt.Sprintf("%v", err))
		}
	}
	return lines
}

// TestTheServerSplitsAsWeDo sends texts as a whole, which the server splits by its
// own grammar, and as we split them: the outcome must be the same.
func TestTheServerSplitsAsWeDo(t *testing.T) {
	t.Parallel()
	conn, err := pgconn.Connect(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	server := func(texts ...string) []string {
		outcome(t, conn, "BEGIN", "CREATE TABLE t (a int)")
		defer outcome(t, conn, "ROLLBACK")
		return outcome(t, conn, texts...)
	}
	random := rand.New(rand.NewPCG(1, 2))
	separators := []string{";", "; ", ";\n", " ; -- it's a comment;\n", "; /* ; ' /* $$ */ */", ";;", ";\r\n"}
	for range 300 {
		var b strings.Builder
		picked := random.Perm(len(whole))[:1+random.IntN(6)]
		for _, i := range picked {
			b.WriteString(whole[i] + separators[random.IntN(len(separators))])
		}
		text := b.String()
		stmts, err := Split(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := server(text)
		if strings.Contains(strings.Join(want, "\n"), "ERROR") {
			t.Fatalf("%q is wrong: %q", text, want)
		}
		if diff := cmp.Diff(want, server(texts(stmts)...)); diff != "" {
			t.Errorf("%q (-whole +split):\n%s", text, diff)
		}
	}
	for _, s := range whole {
		if got := server(s); len(got) != 1 || strings.Contains(got[0], "ERROR") {
			t.Errorf("%q is no single statement to the server: %q", s, got)
		}
	}
}
