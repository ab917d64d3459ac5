package findings

import (
	"strings"
	"testing"

	// What is tested is a binary that the tests build; without this import go test
	// would take an earlier result for the answer of a changed one.
	_ "github.com/schemaguard/schemaguard/internal/cli"
	"github.com/schemaguard/schemaguard/internal/finding"
)

// TestEveryCodeIsExplained asks for each code as a person would, away from any
// project.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	p := &project{T: t, dir: t.TempDir(), bin: buildBinary(t)}
	for _, info := range finding.All() {
		out := p.run(0, "explain", strings.ToLower(string(info.Code)))
		for _, want := range []string{string(info.Code), info.Title, "fix:", info.URL()} {
			if !strings.Contains(out, want) {
				t.Errorf("explain %s does not say %q:\n%s", info.Code, want, out)
			}
		}
	}
	if out := p.run(4, "explain", "NO_SUCH_CODE\x1b[31m"); strings.Contains(out, "\x1b") {
		t.Errorf("the error repeats a control character: %q", out)
	}
}
