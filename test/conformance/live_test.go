//go:build directus

package conformance

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

// TestRealDirectusStillWritesTheGoldens: the real Directus of each version, run now on the restored database, writes what is kept
// and what our own snapshot holds. It proves that dump and golden belong together on this Postgres as well.
func TestRealDirectusStillWritesTheGoldens(t *testing.T) {
	lab, err := directuslab.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fixtures(t) {
		if _, err := lab.Install(t.Context(), f.Version); err != nil {
			t.Fatal(err)
		}
		t.Run(f.Name, func(t *testing.T) {
			dsn := restore(t, f)
			for _, format := range f.Formats() {
				real, err := lab.Snapshot(t.Context(), f.Version, dsn, f.Env, format)
				if err != nil {
					t.Fatal(err)
				}
				golden, err := f.Golden(format)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, f.Name+" "+format+" kept", golden, real)
				compare(t, f.Name+" "+format+" native", native(t, dsn, f, format), real)
			}
		})
	}
}
