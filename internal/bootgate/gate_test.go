package bootgate

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// TestOrder: every step in its place, and none that was switched off.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		o     Options
		image []byte
		want  string
	}{
		{"all", Options{}, schema("a", "b"), "wait lock db-init-pre bootstrap look look verify apply look record db-init-post unlock"},
		{"in sync", Options{}, schema("a"), "wait lock db-init-pre bootstrap look record db-init-post unlock"},
		{"no wait", Options{NoWait: true, NoBootstrap: true}, schema("a"), "lock db-init-pre look record db-init-post unlock"},
		{"skip", Options{Mode: Skip}, schema(), "wait lock db-init-pre bootstrap db-init-post unlock"},
		{"dry run", Options{Mode: DryRun}, schema("a", "b"), "wait lock db-init-pre bootstrap look unlock"},
		{"dry run, in sync", Options{Mode: DryRun}, schema("a"), "wait lock db-init-pre bootstrap look db-init-post unlock"},
		{"refused", Options{}, schema(), "wait lock db-init-pre bootstrap look unlock"},
		{"force", Options{Mode: Force}, schema(), "wait lock db-init-pre bootstrap look bin look still verify apply look record db-init-post unlock"},
		{"force, nothing doomed", Options{Mode: Force}, schema("a", "b"), "wait lock db-init-pre bootstrap look look verify apply look record db-init-post unlock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "a")
			w.boot(c.o, c.image)
			if diff := cmp.Diff(c.want, strings.Join(w.did, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestModes: what each mode does where a boot would destroy a collection that
// nobody saved and create one that waits.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode                        Mode
		unsaved, pending            bool // are there afterwards
		settled                     bool
		reason                      string
		exitIfStop                  int
		pendingWhereNothingIsAtRisk bool
	}{
		{Auto, true, false, false, "1 unsaved, 1 pending", 2, true},
		{Additive, true, true, false, "parts of it were kept out", 0, true},
		{DryRun, true, false, false, "the mode is dry-run", 0, false},
		{Skip, true, false, false, "the mode is skip", 0, false},
		{Force, false, true, true, "", 0, true},
	} {
		t.Run(string(c.mode), func(t *testing.T) {
			t.Parallel()
			for _, on := range []OnRefuse{Default, Start, Stop} {
				w := newWorld(t, "a")
				w.live = decoded(t, schema("a", "mine"))
				out := w.boot(Options{Mode: c.mode, OnRefuse: on}, schema("a", "theirs"))
				want := Outcome{Start: true, Applied: c.settled, Reason: c.reason}
				if on == Stop && c.exitIfStop != 0 {
					want.Start, want.Code = false, c.exitIfStop
				}
				if diff := cmp.Diff(want, out); diff != "" {
					t.Errorf("on refuse %q (-want +got):\n%s", on, diff)
				}
				if w.has("mine") != c.unsaved || w.has("theirs") != c.pending {
					t.Errorf("mine is there: %v, theirs: %v", w.has("mine"), w.has("theirs"))
				}
				if !c.settled {
					w.says("NOT applied")
				}
			}
			calm := newWorld(t, "a")
			calm.boot(Options{Mode: c.mode}, schema("a", "theirs"))
			if calm.has("theirs") != c.pendingWhereNothingIsAtRisk {
				t.Errorf("where nothing is at risk the pending collection is there: %v", calm.has("theirs"))
			}
		})
	}
}

// TestIncident: edited, saved, committed, restarted without a new image.
func TestIncident(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a")
	w.live = decoded(t, schema("a", "mine"))
	w.points = append(w.points, syncpoint.New(syncpoint.Written, w.live, nil, w.now(), "t", "t"))
	if out := w.boot(Options{OnRefuse: Stop}, schema("a")); out.Code != 2 || out.Start || !w.has("mine") {
		t.Errorf("%+v", out)
	}
	// Built anew, it is in sync; and from then on its removal is what a commit asks for.
	if out := w.boot(Options{OnRefuse: Stop}, schema("a", "mine")); !out.Applied {
		t.Errorf("%+v", out)
	}
	if out := w.boot(Options{OnRefuse: Stop}, schema("a")); out.Code != 2 || !w.has("mine") {
		t.Errorf("a committed drop with rows: %+v", out)
	}
	w.rows = 0
	if out := w.boot(Options{OnRefuse: Stop}, schema("a")); !out.Applied || w.has("mine") {
		t.Errorf("a committed drop without rows: %+v", out)
	}
}

// TestAdditive: what was kept out stays unsaved, boot after boot, and no later
// boot takes it for applied.
func TestAdditive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a", "b", "c")
	w.live = decoded(t, schema("a:mine", "b", "c", "new")) // an edit and a creation that nobody saved
	image := schema("a", "b:theirs", "waits")              // drops c, changes b, brings one
	for range 2 {
		if out := w.boot(Options{Mode: Additive}, image); out.Applied || !out.Start {
			t.Fatalf("%+v", out)
		}
		got := string(snapshot.Encode(w.live, snapshot.YAML))
		for _, name := range []string{"note: mine", "note: theirs", "collection: c", "collection: new", "collection: waits"} {
			if !strings.Contains(got, name) {
				t.Fatalf("%q is not there:\n%s", name, got)
			}
		}
	}
	if w.did[len(w.did)-1] != "unlock" || strings.Contains(strings.Join(w.did, " "), "apply") {
		t.Errorf("the second boot applies again: %v", w.did)
	}
	w.rows = 0
	if out := w.boot(Options{OnRefuse: Stop}, image); out.Code != 2 || !w.has("new") {
		t.Errorf("auto after additive: %+v", out)
	}
}

// TestApproval: a plan is carried out when its number was given, and no other is.
func TestApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a")
	w.live = decoded(t, schema("a", "mine"))
	w.boot(Options{OnRefuse: Stop}, schema("a"))
	number := ""
	for _, way := range w.ways {
		if rest, ok := strings.CutPrefix(way, "SCHEMAGUARD_APPROVE_PLAN="); ok {
			number, _, _ = strings.Cut(rest, " ")
		}
	}
	if len(number) < 12 {
		t.Fatalf("no number in %q", w.ways)
	}
	if out := w.boot(Options{OnRefuse: Stop, Approve: "0123456789abcdef"}, schema("a")); out.Code != 2 || !w.has("mine") {
		t.Errorf("another number: %+v", out)
	}
	w.says("stale")
	w.live = decoded(t, schema("a", "mine:edited"))
	if out := w.boot(Options{OnRefuse: Stop, Approve: number}, schema("a")); out.Code != 2 || !w.has("mine") {
		t.Errorf("live moved: %+v", out)
	}
	w.says("stale")
	w.live = decoded(t, schema("a", "mine"))
	if out := w.boot(Options{OnRefuse: Stop, Approve: number}, schema("a", "b")); out.Code != 2 || !w.has("mine") {
		t.Errorf("the image is another: %+v", out)
	}
	w.binErr = errTest
	if out := w.boot(Options{OnRefuse: Stop, Approve: number}, schema("a")); out.Code != 2 || !w.has("mine") {
		t.Errorf("the bin is broken: %+v", out)
	}
	w.binErr = nil
	if out := w.boot(Options{OnRefuse: Stop, Approve: number}, schema("a")); !out.Applied || w.has("mine") {
		t.Errorf("approved: %+v", out)
	}
	if strings.Index(strings.Join(w.did, " "), "bin") > strings.Index(strings.Join(w.did, " "), "apply") {
		t.Errorf("the bin comes after: %v", w.did)
	}
	w.boot(Options{Approve: number}, schema("a"))
	w.says("can be taken away")
}

// TestForceNeedsTheBin: without a copy nothing is destroyed.
func TestForceNeedsTheBin(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*world){
		"broken": func(w *world) { w.binErr = errTest }, "none": func(w *world) { w.noBin = true },
		"broken later": func(w *world) { w.stillErr = errTest },
	} {
		w := newWorld(t, "a", "b")
		breaks(w)
		if out := w.boot(Options{Mode: Force, OnRefuse: Stop}, schema("a")); out.Code != 2 || !w.has("b") {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// TestWrittenMeanwhile: rows that come after the copy are copied too, or nothing goes.
func TestWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a", "b")
	w.writes = 1
	if out := w.boot(Options{Mode: Force, OnRefuse: Stop}, schema("a")); !out.Applied || strings.Count(strings.Join(w.did, " "), "bin") != 2 {
		t.Errorf("%+v, %v", out, w.did)
	}
	w = newWorld(t, "a", "b")
	w.writes = 99
	if out := w.boot(Options{Mode: Force, OnRefuse: Stop}, schema("a")); out.Code != 3 || !w.has("b") {
		t.Errorf("for ever: %+v", out)
	}
}

// TestTrustsNoExitCode: only a look at the database tells what was applied.
func TestTrustsNoExitCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*world)
		code   int
		says   string
	}{
		{"did nothing", func(w *world) { w.deaf = true }, 2, "collection theirs"},
		{"said an error", func(w *world) { w.deaf, w.applied.Errors = true, []string{"ERROR: not installed"} }, 2, "ERROR: not installed"},
		{"failed", func(w *world) { w.applied.Code = 1 }, 2, "exit code 1"},
		{"hung", func(w *world) { w.applyErr = errTest }, 2, "it broke"},
		{"complained and worked", func(w *world) { w.applied.Errors = []string{"ERROR: an extension"} }, 0, "an extension"},
		{"failed and worked", func(w *world) { w.onApply = func(d []byte) { w.live = decoded(w.t, d) }; w.applied.Code = 1 }, 0, "exit_code=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "a")
			c.change(w)
			out := w.boot(Options{OnRefuse: Stop}, schema("a", "theirs"))
			if out.Code != c.code || out.Applied != (c.code == 0) || out.Start != (c.code == 0) {
				t.Errorf("%+v", out)
			}
			w.says(c.says)
			_, kept := w.appliedItems()[snapshot.Key{Kind: snapshot.Collection, Collection: "theirs"}]
			if kept != (c.code == 0) {
				t.Errorf("it counts as applied: %v", kept)
			}
		})
	}
}

// TestFailures: what each step's failure means.
func TestFailures(t *testing.T) {
	t.Parallel()
	unreachable := &Error{Code: CodeUnreachable, Exit: 3, Err: errTest}
	for _, c := range []struct {
		name   string
		change func(*world)
		on     OnRefuse
		want   Outcome
		did    string // the last thing that was done
	}{
		{"unreachable", func(w *world) { w.waitErr = unreachable }, Default, Outcome{Code: 3, Reason: "it broke"}, "wait"},
		{"unreachable, start", func(w *world) { w.waitErr = unreachable }, Start, Outcome{Start: true, Reason: "it broke"}, "wait"},
		{"lock", func(w *world) { w.lockErr = &Error{Code: CodeLockUnreliable, Exit: 3, Err: errTest} }, Default, Outcome{Start: true, Reason: "it broke"}, "lock"},
		{"lock, stop", func(w *world) { w.lockErr = &Error{Code: CodeLockUnreliable, Exit: 3, Err: errTest} }, Stop, Outcome{Code: 3, Reason: "it broke"}, "lock"},
		{"lock is gone before the apply", func(w *world) { w.verifyErr = errTest }, Stop, Outcome{Code: 3, Reason: "it broke"}, "unlock"},
		{"db-init", func(w *world) { w.preErr = errTest }, Start, Outcome{Code: 6, Reason: "it broke"}, "unlock"},
		{"db-init after", func(w *world) { w.postErr = errTest }, Start, Outcome{Code: 6, Reason: "it broke"}, "unlock"},
		{"bootstrap", func(w *world) { w.bootstrapped.Code = 1 }, Start, Outcome{Code: 3, Reason: "`directus bootstrap` ended with exit code 1"}, "unlock"},
		{"not readable", func(w *world) { w.lookErr = &Error{Exit: 3, Err: errTest} }, Stop, Outcome{Code: 3, Reason: "it broke"}, "unlock"},
		{"not readable, start", func(w *world) { w.lookErr = &Error{Exit: 3, Err: errTest} }, Default, Outcome{Start: true, Reason: "it broke"}, "unlock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "a")
			c.change(w)
			out := w.boot(Options{OnRefuse: c.on}, schema("a", "b"))
			if diff := cmp.Diff(c.want, out); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if last := w.did[len(w.did)-1]; last != c.did {
				t.Errorf("it ends with %s: %v", last, w.did)
			}
			if applied := w.has("b"); applied != (c.name == "db-init after") {
				t.Errorf("applied: %v", applied)
			}
		})
	}
}

// TestNeverMade: an item that Directus never makes as the file says has to be there all
// the same, once it was created.
func TestNeverMade(t *testing.T) {
	t.Parallel()
	folder := strings.Replace(string(schema("a")), "\ncollections:", "\ncollections:\n  - collection: a_folder\n    meta:\n      collection: a_folder", 1)
	w := newWorld(t, "a")
	w.deaf = true
	out := w.boot(Options{OnRefuse: Stop}, []byte(folder))
	if out.Code != 2 || !strings.Contains(out.Reason, "collection a_folder") {
		t.Errorf("%+v", out)
	}
	w.says("NOT_APPLIED")
	// One that is there and stays as it is, is settled only by an apply that did not fail.
	there := strings.Replace(folder, "      collection: a_folder", "      collection: a_folder\n      icon: box", 1)
	edited := strings.Replace(folder, "      collection: a_folder", "      collection: a_folder\n      note: theirs", 1)
	for code, want := range map[int]int{0: 0, 1: 2} {
		w = newWorld(t)
		w.live = decoded(t, []byte(there))
		w.points = []syncpoint.Point{syncpoint.New(syncpoint.Applied, w.live, nil, w.now(), "t", "t")}
		w.deaf, w.applied.Code = true, code
		if out := w.boot(Options{OnRefuse: Stop}, []byte(edited)); out.Code != want {
			t.Errorf("exit code %d of the apply: %+v\n%s", code, out, w.log.String())
		}
	}
}

// TestInvalidSnapshot: what cannot be trusted is never applied, by no mode.
func TestInvalidSnapshot(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Auto, Additive, DryRun, Force} {
		w := newWorld(t, "a")
		out := w.boot(Options{Mode: mode, OnRefuse: Stop}, []byte("version: 1\ncollections:\n<<<<<<< HEAD\n"))
		if out.Code != 5 || out.Start || !w.has("a") || strings.Contains(strings.Join(w.did, " "), "apply") {
			t.Errorf("%s: %+v, %v", mode, out, w.did)
		}
	}
	w := newWorld(t, "a")
	g := &Gate{
		Options: Options{Mode: Force, OnRefuse: Stop}, Database: w, Locker: w, Directus: w, Now: w.now, Log: quiet(w), Show: w.show,
		Target: Target{Missing: &finding.Finding{Code: finding.SnapshotMissing, Severity: finding.Invalid, Message: "there is none"}},
	}
	if out := g.Run(t.Context()); out.Code != 5 || out.Start || out.Reason != "there is none" {
		t.Errorf("missing: %+v", out)
	}
}

// TestMoved: what changes while the boot is looking is looked at again.
func TestMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a")
	looks := 0
	w.onLook = func() {
		if looks++; looks == 2 {
			w.live = decoded(t, schema("a", "just-made"))
		}
	}
	out := w.boot(Options{OnRefuse: Stop}, schema("a", "theirs"))
	if out.Code != 2 || !w.has("just-made") || strings.Contains(strings.Join(w.did, " "), "apply") {
		t.Errorf("%+v %v", out, w.did)
	}
	w.says("changed while")

	// A drop that took nothing along takes rows by now.
	w = newWorld(t, "a", "empty")
	w.rows, looks = 0, 0
	w.onLook = func() {
		if looks++; looks == 2 {
			w.rows = 3
		}
	}
	if out := w.boot(Options{OnRefuse: Stop}, schema("a")); out.Code != 2 || !w.has("empty") {
		t.Errorf("rows that came: %+v %v", out, w.did)
	}
	w.says("changed while")

	w = newWorld(t, "a")
	n := 0
	w.onLook = func() { n++; w.live = decoded(t, schema("a:edit"+strings.Repeat("x", n))) }
	if out := w.boot(Options{OnRefuse: Stop, Mode: Force}, schema("a", "theirs")); out.Code != 3 || w.has("theirs") {
		t.Errorf("moving for ever: %+v", out)
	}
}

// TestLostLock: an apply that has lost its lock is stopped.
func TestLostLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a")
	done := make(chan Outcome, 1)
	gone := &slowApply{w}
	g := &Gate{
		Options: Options{Mode: Auto, OnRefuse: Stop}, Database: w, Locker: w, Directus: gone, Now: w.now, Log: quiet(w), Show: w.show, TempDir: t.TempDir(),
	}
	g.Target.File, g.Target.Data = "schema.yaml", schema("a", "b")
	go func() { done <- g.Run(t.Context()) }()
	if out := <-done; out.Code != 3 || out.Start || !strings.Contains(out.Reason, "lock") {
		t.Errorf("%+v", out)
	}
}

// slowApply applies until its context ends.
type slowApply struct{ *world }

func (s *slowApply) Apply(ctx context.Context, _ string) (Ended, error) {
	close(s.lost)
	<-ctx.Done()
	return Ended{Code: -1}, context.Cause(ctx)
}

// TestAdopt: a database that no boot has applied to is refused, adopted once, and
// then has a past.
func TestAdopt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a", "b")
	w.points = nil
	if out := w.boot(Options{OnRefuse: Stop}, schema("a", "c")); out.Code != 2 || w.has("c") {
		t.Errorf("not adopted: %+v", out)
	}
	if len(w.ways) == 0 || !strings.Contains(w.ways[0], "boot --adopt") {
		t.Errorf("ways: %q", w.ways)
	}
	if w.boot(Options{Mode: DryRun, Adopt: true}, schema("a", "c")); w.points != nil {
		t.Error("a dry run adopts")
	}
	out := w.boot(Options{OnRefuse: Stop, Adopt: true}, schema("a", "c"))
	if out.Code != 0 || w.has("c") || !w.has("b") || len(w.shown) != 1 || len(w.appliedItems()) != w.live.Len() {
		t.Errorf("adopting: %+v, applied %v", out, w.appliedItems())
	}
	w.rows = 0
	if out := w.boot(Options{OnRefuse: Stop, Adopt: true}, schema("a", "c")); !out.Applied || w.has("b") || !w.has("c") {
		t.Errorf("after that: %+v", out)
	}
	empty := newWorld(t)
	empty.points = nil
	if out := empty.boot(Options{OnRefuse: Stop}, schema("a")); !out.Applied {
		t.Errorf("a database without collections: %+v", out)
	}
}

// TestMigrated: settings that a new Directus adds to every collection are nobody's
// edit; an edit that is made at the same time is.
func TestMigrated(t *testing.T) {
	t.Parallel()
	migrated := func(data []byte) []byte {
		return bytes.ReplaceAll(data, []byte("      note: "), []byte("      status: active\n      note: "))
	}
	for _, c := range []struct {
		name  string
		after []byte
		code  int
	}{
		{"a new setting", migrated(schema("a", "b")), 0},
		{"an edit meanwhile", migrated(schema("a:mine", "b")), 2},
		{"a collection meanwhile", migrated(schema("a", "b", "mine")), 2},
	} {
		w := newWorld(t, "a", "b")
		w.onBootstrap = func() { w.live = decoded(t, c.after) }
		out := w.boot(Options{OnRefuse: Stop}, migrated(schema("a:theirs", "b", "waits")))
		if out.Code != c.code || w.has("waits") != (c.code == 0) {
			t.Errorf("%s: %+v\n%s", c.name, out, w.log.String())
		}
	}
	// What was an edit before the migration still is one.
	w := newWorld(t, "a", "b")
	w.live = decoded(t, schema("a:mine", "b"))
	w.onBootstrap = func() { w.live = decoded(t, migrated(schema("a:mine", "b"))) }
	if out := w.boot(Options{OnRefuse: Stop}, migrated(schema("a:theirs", "b"))); out.Code != 2 {
		t.Errorf("an edit before: %+v", out)
	}
}

// TestNotKept: a sync point that cannot be written is said, and stops nothing.
func TestNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a")
	w.recordErr = errors.New("no right")
	if out := w.boot(Options{OnRefuse: Stop}, schema("a", "b")); !out.Applied {
		t.Errorf("%+v", out)
	}
	w.says("could not be kept")
}

func TestWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]Mode{"": Auto, "auto": Auto, "additive": Additive, "dry-run": DryRun, "skip": Skip, "force": Force} {
		if got, err := ParseMode(word); got != want || err != nil {
			t.Errorf("%q: %q, %v", word, got, err)
		}
	}
	for _, word := range []string{"yes", "Auto", "true", "dry_run", "auto "} {
		if _, err := ParseMode(word); err == nil {
			t.Errorf("mode %q is taken", word)
		}
	}
	if _, err := ParseOnRefuse("ignore"); err == nil {
		t.Error("on-refuse ignore is taken")
	}
}
