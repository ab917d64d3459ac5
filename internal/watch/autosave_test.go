package watch

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/save"
)

// What could not be saved in the middle of a merge is said once, and saved when the
// merge is over, though live did not move again.
func TestAutoSnapshotAfterAMerge(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	w, events := p.run(db, func(o *Options) { o.Save = func() save.Options { return save.Options{Now: time.Now()} } })
	awaited(t, events)
	p.git("checkout", "--quiet", "-b", "side")
	p.git("commit", "--quiet", "--allow-empty", "--message", "Side")
	p.git("checkout", "--quiet", "-")
	p.git("commit", "--quiet", "--allow-empty", "--message", "Main")
	p.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
	p.sql(gadgets)
	db.set(1, nil)
	await(t, events, StateChanged, Unsaved)
	if e := awaited(t, events); e.Kind != Noticed || !strings.Contains(e.Text, "in the middle of a merge") || e.Hint != "" {
		t.Fatalf("%s: %s; %q", e.Kind, e.Text, e.Hint)
	}
	w.Poke(Files)
	silent(t, events)
	p.git("merge", "--abort")
	w.Poke(Files)
	await(t, events, Saved, Unsaved)
	if after, err := os.ReadFile(p.file()); err != nil || !strings.Contains(string(after), "collection: gadgets") {
		t.Errorf("%v: the file has no gadgets", err)
	}
}

// await awaits an event of a kind and a standing, whatever comes before.
func await(t *testing.T, events <-chan Event, kind Kind, s Standing) {
	t.Helper()
	for {
		if e := awaited(t, events); e.Kind == kind && e.State.Standing == s {
			return
		}
	}
}
