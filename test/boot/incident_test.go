//go:build directus

package boot

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin"
)

// events are the five collections of the incident.
var events = []string{"ev_a", "ev_b", "ev_c", "ev_d", "ev_e"}

// planNumber is what a refusal prints for an approval.
var planNumber = regexp.MustCompile(`SCHEMAGUARD_APPROVE_PLAN=([0-9a-f]{16})`)

// TestIncident plays the restart that once destroyed five collections, in each mode.
func TestIncident(t *testing.T) {
	h := open(t)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			s := h.shop(t, version, "shop_"+version)
			s.firstBoot()
			s.incident(t)
		})
	}
}

// firstBoot boots an empty database, then an image with a snapshot.
func (s *shop) firstBoot() {
	s.t.Helper()
	s.file("snapshots/schema.yaml", "version: 1\ndirectus: "+s.version+"\nvendor: postgres\ncollections: []\nfields: []\nsystemFields: []\nrelations: []\n")
	if b := s.up(nil); !strings.Contains(b.errors, "step=bootstrap") {
		s.t.Errorf("no bootstrap in the log:\n%s", b.errors)
	}
	s.collection("orders")
	s.saveTo("snapshots/schema.yaml")
	s.up(nil)
	s.holds(rows, "orders")
	if s.count("SELECT count(*) FROM schemaguard.sync_point WHERE kind = 'applied'") != 1 {
		s.t.Error("what was applied was not kept")
	}
}

func (s *shop) incident(t *testing.T) {
	stale := filepath.Join(s.dir, "snapshots/schema.yaml")
	old, err := os.ReadFile(stale)
	if err != nil {
		t.Fatal(err)
	}
	s.collection(events...)

	// Without the gate the tables are gone, and Directus calls it a success.
	naked := s.another("naked")
	if answer, err := s.directus.Apply(naked.name, stale, false); err != nil || answer.Exit != 0 || naked.there("ev_a") {
		t.Fatalf("the stale snapshot leaves the tables: this is not the incident: %v %+v", err, answer)
	}

	b := s.up(nil, "--no-bootstrap")
	s.says(b, "NOT applied", "ev_a", "ev_e", "20 rows", "SCHEMAGUARD_APPROVE_PLAN=", "schemaguard snapshot --stage")
	s.holds(rows, events...)
	if b := s.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}, "--no-bootstrap"); b.code != 2 || b.started() {
		t.Errorf("stop: %v", b)
	}
	if b := s.boot([]string{"DIRECTUS_SCHEMA_APPLY_MODE=yes"}, "--no-bootstrap"); b.code != 4 || b.started() {
		t.Errorf("an unknown mode: %v", b)
	}
	for _, mode := range []string{"dry-run", "skip", "additive"} {
		b := s.up([]string{"DIRECTUS_SCHEMA_APPLY_MODE=" + mode}, "--no-bootstrap")
		s.says(b, "NOT applied")
		s.holds(rows, events...)
	}

	// Saved and committed, and restarted without a new image: the image is what it was.
	s.saveTo("committed.yaml")
	s.says(s.up(nil, "--no-bootstrap"), "NOT applied", "ev_c")
	s.holds(rows, events...)

	// Built anew: in sync, and that is kept.
	fresh, err := os.ReadFile(filepath.Join(s.dir, "committed.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.file("snapshots/schema.yaml", string(fresh))
	s.says(s.up(nil, "--no-bootstrap"), "the database is as the snapshot says")
	s.holds(rows, events...)

	// A commit removed them: a drop with rows needs consent, to this plan and no other.
	s.file("snapshots/schema.yaml", string(old))
	b = s.up(nil, "--no-bootstrap")
	s.says(b, "NOT applied", "ev_a")
	number := planNumber.FindStringSubmatch(b.errors)
	if number == nil {
		t.Fatalf("no number of the plan:\n%s", b.errors)
	}
	s.says(s.up([]string{"SCHEMAGUARD_APPROVE_PLAN=0123456789abcdef"}, "--no-bootstrap"), "NOT applied", "stale")
	s.sql("UPDATE directus_collections SET note = 'moved on' WHERE collection = 'ev_a'")
	s.says(s.up([]string{"SCHEMAGUARD_APPROVE_PLAN=" + number[1]}, "--no-bootstrap"), "NOT applied", "stale")
	s.holds(rows, events...)
	s.binned(t, "force", "DIRECTUS_SCHEMA_APPLY_MODE=force")
	s.brokenBin(t)
	number = planNumber.FindStringSubmatch(s.up(nil, "--no-bootstrap").errors)
	if number == nil {
		t.Fatal("no number of the plan")
	}
	s.binned(t, "approved", "SCHEMAGUARD_APPROVE_PLAN="+number[1])
}

// binned boots a copy in a way that drops the five tables, and brings them back
// out of the recycle bin.
func (s *shop) binned(t *testing.T, name, env string) {
	t.Helper()
	c := s.another(name)
	c.says(c.up([]string{env}, "--no-bootstrap"), "step=recycle-bin", "100 rows", "the database is as the snapshot says")
	for _, table := range events {
		if c.there(table) {
			t.Errorf("%s: %s is still there", env, table)
		}
	}
	c.holds(rows, "orders")
	c.restored(t)
}

// restored brings everything back that the recycle bin has.
func (s *shop) restored(t *testing.T) {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), s.srv.TCPDSN(s.name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	entries, err := recyclebin.List(t.Context(), conn)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d entries in the recycle bin: %v", len(entries), err)
	}
	if _, err := recyclebin.Restore(t.Context(), conn, entries[0].ID, recyclebin.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	s.holds(rows, events...)
}

// brokenBin: where no copy can be made, nothing is taken away.
func (s *shop) brokenBin(t *testing.T) {
	t.Helper()
	c := s.another("broken")
	c.sql("CREATE SCHEMA schemaguard_trash; CREATE TABLE schemaguard_trash.entries (nothing int)")
	b := c.boot([]string{"DIRECTUS_SCHEMA_APPLY_MODE=force", "SCHEMAGUARD_ON_REFUSE=stop"}, "--no-bootstrap")
	if b.code != 2 || b.started() {
		t.Errorf("without a recycle bin: %v", b)
	}
	c.says(b, "the recycle bin has no copy", "NOT applied")
	c.holds(rows, events...)
}

// TestKilledByForce: a boot that is killed while it destroys, and then another:
// what went is in the recycle bin.
func TestKilledByForce(t *testing.T) {
	s := open(t).shop(t, versions[0], "forced")
	s.firstBoot()
	s.collection(events...)
	force := []string{"DIRECTUS_SCHEMA_APPLY_MODE=force"}
	for _, step := range []string{"check", "recycle-bin", "apply", "recheck", "end"} {
		t.Run(step, func(t *testing.T) {
			c := s.copied(t, strings.ReplaceAll(step, "-", "_"))
			c.killed(step, force, "--no-bootstrap")
			c.says(c.up(force, "--no-bootstrap", "--lock-timeout", "30s"), "the database is as the snapshot says")
			c.holds(rows, "orders")
			if c.there("ev_a") {
				t.Error("the second boot did not come to its end")
			}
			c.restored(t)
		})
	}
}
