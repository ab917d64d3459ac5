//go:build directus

package example

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

func TestRealDirectusWritesTheSnapshot(t *testing.T) {
	t.Parallel()
	dsn, _ := loadFinished(t)
	lab, err := directuslab.Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := lab.Snapshot(t.Context(), directusVersion, dsn, nil, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read(t, snapshotFile), string(got)); diff != "" {
		t.Errorf("%s is not what directus %s writes for the example (-committed +written):\n%s", snapshotFile, directusVersion, diff)
	}
}
