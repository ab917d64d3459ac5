package pulse_test

import (
	"context"
	"testing"

	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// What the database says is believed where something was written, and not where
// nothing was; and nothing is missed afterwards.
func TestTold(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	p := watch(t, pulse.Options{Config: config(t, dsn), Display: "fleet"})
	conn := connect(t, dsn)
	told := func() pulse.Reading {
		t.Helper()
		r, err := p.Told(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	look(t, p)
	if r := told(); r.Moved || r.Level != pulse.Visible {
		t.Errorf("nothing happened: %+v", r)
	}
	run(t, conn, "CREATE TABLE tracks (at timestamptz)")
	if r := told(); !r.Moved || r.Level != pulse.Versions {
		t.Errorf("a table was made: %+v", r)
	}
	if r := look(t, p); r.Moved {
		t.Errorf("and nothing since: %+v", r)
	}
	run(t, conn, "INSERT INTO tracks VALUES (now())")
	if r := told(); r.Moved {
		t.Errorf("a row of telemetry: %+v", r)
	}
	run(t, conn, "ALTER TABLE tracks ADD COLUMN lat float8")
	if r := look(t, p); !r.Moved {
		t.Errorf("a column was made, and seen by looking: %+v", r)
	}
	run(t, conn, "ALTER TABLE tracks ADD COLUMN lon float8")
	if r := told(); !r.Moved {
		t.Errorf("another one: %+v", r)
	}
}
