package booting

import (
	"errors"
	"fmt"
	"testing"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/bootgate/bootlock"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
)

// TestFailuresOfTheLockHaveCodes also sees that any other failure gets none.
func TestFailuresOfTheLockHaveCodes(t *testing.T) {
	t.Parallel()
	other := errors.New("something else")
	for _, c := range []struct {
		err  error
		want finding.Code
	}{
		{&bootlock.UnreachableError{}, finding.Unreachable},
		{&bootlock.UnreliableError{}, finding.LockUnreliable},
		{fmt.Errorf("taking the lock: %w", &bootlock.TimeoutError{}), finding.LockTimeout},
	} {
		own, ok := errors.AsType[*bootgate.Error](lockError(c.err))
		if !ok || own.Code != string(c.want) || own.Exit != exitcode.NotRun {
			t.Errorf("%T: %+v, want %s", c.err, own, c.want)
		}
		if _, known := finding.Lookup(c.want); !known {
			t.Errorf("%s stands in no table", c.want)
		}
	}
	if got := lockError(other); !errors.Is(got, other) {
		t.Errorf("another failure became %v", got)
	}
}
