package recyclebin

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// pgDump returns what pg_dump of the same server writes, without its random lines.
func pgDump(t *testing.T, dsn string, args ...string) string {
	t.Helper()
	path := pgtest.Binaries(t).Path("pg_dump")
	out, err := exec.CommandContext(t.Context(), path, append(args, dsn)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, out)
	}
	var kept []string
	for line := range strings.SplitSeq(string(out), "\n") {
		if !strings.HasPrefix(line, `\restrict`) && !strings.HasPrefix(line, `\unrestrict`) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
