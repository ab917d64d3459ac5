//go:build directus

package boot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// upgraded is the same database in an image with another Directus.
func (s *shop) upgraded(t *testing.T, version, name string) *shop {
	t.Helper()
	o := s.another(name)
	o.version = version
	var err error
	if o.install, err = s.lab.Install(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(o.dir, "node_modules")
	if err := os.Remove(modules); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(o.install, "node_modules"), modules); err != nil {
		t.Fatal(err)
	}
	o.file("bin/directus", "#!/bin/sh\nexec "+o.nodePath()+" "+filepath.Join(o.install, "node_modules/directus/cli.js")+" \"$@\"\n")
	return o
}

// TestUpgrade: an image with a newer Directus, whose migrations add settings to
// every collection, and with a change of the schema: nobody's work is in danger, so
// it is applied. Work that nobody saved is refused all the same.
func TestUpgrade(t *testing.T) {
	s := open(t).shop(t, "11.17.4", "old")
	s.firstBoot()

	// The next release is made on another database: upgraded, edited, saved.
	dev := s.upgraded(t, "12.4.1", "dev")
	dev.bootstrap()
	var err error
	if dev.directus, err = dev.lab.Drive(t.Context(), dev.version, dev.srv.TCPDSN(dev.name)); err != nil {
		t.Fatal(err)
	}
	defer dev.directus.Stop()
	dev.collection("waits")
	dev.sql("UPDATE directus_collections SET note = 'theirs' WHERE collection = 'orders'")
	data, err := dev.directus.Snapshot(dev.name, "yaml")
	if err != nil {
		t.Fatal(err)
	}

	stage := s.upgraded(t, "12.4.1", "stage")
	stage.file("snapshots/schema.yaml", string(data))
	b := stage.up([]string{"SCHEMAGUARD_ON_REFUSE=stop"})
	stage.says(b, "Directus migrated its settings", "the database is as the snapshot says")
	stage.holds(rows, "orders")
	stage.holds(0, "waits")

	// The snapshot of the older Directus lacks what the migrations brought: it would
	// drop that.
	stale := s.upgraded(t, "12.4.1", "stale")
	stale.says(stale.up(nil), "NOT applied", "SYSTEM_INDEX_DROP", "VERSION_SKEW")
	stale.holds(rows, "orders")

	edited := s.upgraded(t, "12.4.1", "edited")
	edited.sql("UPDATE directus_collections SET note = 'mine' WHERE collection = 'orders'")
	edited.file("snapshots/schema.yaml", string(data))
	if b := edited.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}); b.code != 2 || !strings.Contains(b.errors, "collection orders") {
		t.Errorf("an edit before the upgrade: %v", b)
	}

	// A boot that was killed between the migrations and taking along what was applied,
	// and a bootstrap that somebody else ran: nobody has worked since.
	for name, more := range map[string][]string{"killed": nil, "apart": {"--no-bootstrap"}} {
		o := s.upgraded(t, "12.4.1", name)
		o.bootstrap()
		o.file("snapshots/schema.yaml", string(data))
		o.says(o.up([]string{"SCHEMAGUARD_ON_REFUSE=stop"}, more...), "Directus migrated its settings", "the database is as the snapshot says")
		o.holds(0, "waits")
	}
	// Somebody has.
	worked := s.upgraded(t, "12.4.1", "worked")
	worked.bootstrap()
	worked.sql("UPDATE directus_collections SET status = 'archived' WHERE collection = 'orders'")
	worked.file("snapshots/schema.yaml", string(data))
	if b := worked.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}); b.code != 2 || !strings.Contains(b.errors, "collection orders") {
		t.Errorf("an edit after the migrations: %v", b)
	}
}

// bootstrap runs the migrations of the image, as a boot does before it is killed.
func (s *shop) bootstrap() {
	s.t.Helper()
	if res, err := s.lab.Run(s.t.Context(), s.version, s.srv.TCPDSN(s.name), nil, "bootstrap"); err != nil || res.Code != 0 {
		s.t.Fatalf("%v: %s", err, res.Stdout)
	}
}
