//go:build directus

package apply

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

// driver is a Directus that was started once for all tests of its version.
type driver struct{ *directuslab.Driver }

// startDriver starts the driver of that Directus.
func startDriver(t *testing.T, lab *directuslab.Lab, version, dsn string) *driver {
	t.Helper()
	d, err := lab.Drive(t.Context(), version, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	return &driver{d}
}

func (d *driver) apply(t *testing.T, db, file string) directuslab.Answer {
	t.Helper()
	a, err := d.Apply(db, file, false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (d *driver) dryRun(t *testing.T, db, file string) directuslab.Answer {
	t.Helper()
	a, err := d.Apply(db, file, true)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (d *driver) snapshot(t *testing.T, db string) []byte {
	t.Helper()
	data, err := d.Snapshot(db, "json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
