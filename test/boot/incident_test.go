//go:build directus

package boot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
}
