package dbinit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

func TestWordsOfAllow(t *testing.T) {
	t.Parallel()
	codes, err := dbinit.Allowed([]string{"gap", "missing", "out-of-order"})
	if diff := cmp.Diff(dbinit.Allowable(), codes); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, word := range []string{"", "changed", "Gap", "DBINIT_GAP", "pending"} {
		if codes, err := dbinit.Allowed([]string{"gap", word}); err == nil {
			t.Errorf("%q allows %v", word, codes)
		}
	}
	if got := dbinit.WordOf(sqlfile.OutOfOrder); got != "out-of-order" {
		t.Errorf("the word is %q", got)
	}
}
