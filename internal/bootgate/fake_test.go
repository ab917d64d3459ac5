package bootgate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// schema writes a snapshot of collections; "name:note" has a note.
func schema(collections ...string) []byte {
	var b strings.Builder
	b.WriteString("version: 1\ndirectus: 12.4.1\nvendor: postgres\ncollections:")
	for _, c := range collections {
		name, note, _ := strings.Cut(c, ":")
		if note == "" {
			note = "null"
		}
		fmt.Fprintf(&b, "\n  - collection: %s\n    meta:\n      collection: %s\n      note: %s\n    schema:\n      name: %s", name, name, note, name)
	}
	if len(collections) == 0 {
		b.WriteString(" []")
	}
	b.WriteString("\nfields:")
	for _, c := range collections {
		name, _, _ := strings.Cut(c, ":")
		fmt.Fprintf(&b, "\n  - collection: %s\n    field: id\n    type: integer\n    meta: null\n    schema:\n      name: id\n      table: %s\n      data_type: integer\n      is_primary_key: true", name, name)
	}
	if len(collections) == 0 {
		b.WriteString(" []")
	}
	b.WriteString("\nsystemFields: []\nrelations: []\n")
	return []byte(b.String())
}

func decoded(t *testing.T, data []byte) *snapshot.Snapshot {
	t.Helper()
	file := snapshot.Decode("schema.yaml", data)
	if !file.Trusted() {
		t.Fatalf("%v", file.Problems)
	}
	return file.Snapshot
}

// world is a database, an image and everybody else, none of it real.
type world struct {
	t      *testing.T
	live   *snapshot.Snapshot
	points []syncpoint.Point
	rows   int64 // of every table
	did    []string
	log    bytes.Buffer
	shown  []policy.Verdict
	ways   []string

	waitErr, lockErr, lookErr, verifyErr error
	preErr, postErr, binErr, recordErr   error
	bootstrapped, applied                Ended
	applyErr                             error
	deaf                                 bool   // the apply changes nothing
	onLook                               func() // somebody else, while the boot looks
	onApply                              func(file []byte)
	lost                                 chan struct{}
	noBin                                bool
	writes                               int // how often somebody writes after the copy
	stillErr                             error
	onBootstrap                          func() // migrations, and somebody else
}

func (w *world) note(what string) { w.did = append(w.did, what) }

func (w *world) Wait(context.Context, time.Duration) error { w.note("wait"); return w.waitErr }

func (w *world) Look(ctx context.Context, target check.Target) (*Look, error) {
	w.note("look")
	if w.lookErr != nil {
		return nil, w.lookErr
	}
	if w.onLook != nil {
		w.onLook()
	}
	l := &Look{Live: w.live, Version: directus.Version{Major: 12, Minor: 4, Patch: 1}, Points: slices.Clone(w.points)}
	l.Verdict = check.Run(ctx, check.Request{
		Live:   check.Live{Snapshot: w.live, Version: l.Version, Says: policy.Version{Version: "12.4.1"}},
		Target: target, Database: fakeReads{w}, Rule: policy.Boot, Guard: true, Now: w.now(),
	})
	if file := snapshot.Decode(target.File, target.Data); file.Trusted() {
		l.Target = file.Snapshot
	}
	return l, nil
}

func (w *world) Applied(context.Context) (*snapshot.Snapshot, []syncpoint.Point, error) {
	if w.appliedItems() == nil {
		return nil, w.points, nil
	}
	return w.live, w.points, nil
}

func (w *world) Live(context.Context, check.Target) (*snapshot.Snapshot, error) { return w.live, nil }

func (w *world) Record(_ context.Context, p syncpoint.Point) error {
	w.note("record")
	if w.recordErr != nil {
		return w.recordErr
	}
	w.points = append(slices.DeleteFunc(w.points, func(o syncpoint.Point) bool { return o.Kind == p.Kind }), p)
	return nil
}

// fakeReads is what a check asks of the database.
type fakeReads struct{ *world }

func (f fakeReads) Facts(context.Context) (plan.Facts, error) { return plan.Facts{}, nil }
func (f fakeReads) SyncPoints(context.Context) ([]syncpoint.Point, error) {
	return slices.Clone(f.points), nil
}

func (f fakeReads) CountLoss(_ context.Context, effects []plan.Effect, _ time.Duration) (map[plan.Effect]policy.Count, error) {
	out := map[plan.Effect]policy.Count{}
	for _, e := range effects {
		out[e] = policy.Count{N: f.rows}
	}
	return out, nil
}

func (f fakeReads) Authors(context.Context, []snapshot.Key) (map[snapshot.Key]policy.Author, error) {
	return nil, nil
}

func (w *world) Lock(context.Context) (Lock, error) {
	w.note("lock")
	if w.lockErr != nil {
		return nil, w.lockErr
	}
	return w, nil
}

func (w *world) Verify(context.Context) error { w.note("verify"); return w.verifyErr }
func (w *world) Lost() <-chan struct{}        { return w.lost }
func (w *world) Unlock()                      { w.note("unlock") }

func (w *world) Bootstrap(context.Context) (Ended, error) {
	w.note("bootstrap")
	if w.onBootstrap != nil {
		w.onBootstrap()
	}
	return w.bootstrapped, nil
}

// Apply does what Directus does when all is well: live becomes the file.
func (w *world) Apply(ctx context.Context, file string) (Ended, error) {
	w.note("apply")
	data, err := os.ReadFile(file)
	if err != nil {
		w.t.Errorf("the file to apply: %v", err)
	}
	if w.onApply != nil {
		w.onApply(data)
		if ctx.Err() != nil {
			return Ended{Code: -1}, context.Cause(ctx)
		}
	}
	if !w.deaf && w.applied.Code == 0 && w.applyErr == nil {
		w.live = decoded(w.t, data)
	}
	return w.applied, w.applyErr
}

func (w *world) Run(_ context.Context, phase Phase) (string, error) {
	w.note("db-init-" + string(phase))
	return "nothing to run", map[Phase]error{Pre: w.preErr, Post: w.postErr}[phase]
}

func (w *world) Fill(_ context.Context, d Doomed) (Kept, error) {
	w.note("bin")
	if !destructive(d.Plan) {
		w.t.Error("the bin is asked to keep nothing")
	}
	return Kept{Said: "the recycle bin has it", Recheck: func(context.Context) ([]string, error) {
		w.note("still")
		if w.writes > 0 {
			w.writes--
			return []string{"b (20 rows then, 21 now)"}, nil
		}
		return nil, w.stillErr
	}}, w.binErr
}

func (w *world) now() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// newWorld is a database with these collections, as the last boot applied them.
func newWorld(t *testing.T, collections ...string) *world {
	t.Helper()
	w := &world{t: t, live: decoded(t, schema(collections...)), rows: 20, lost: make(chan struct{})}
	w.points = []syncpoint.Point{syncpoint.New(syncpoint.Applied, w.live, nil, w.now().Add(-time.Hour), "t", "t")}
	return w
}

// boot boots an image that has this snapshot.
func (w *world) boot(o Options, snapshotFile []byte) Outcome {
	w.t.Helper()
	w.did, w.shown, w.ways = nil, nil, nil
	w.log.Reset()
	g := &Gate{
		Options: o, Target: Target{Target: check.Target{File: "schema.yaml", Data: snapshotFile}},
		Database: w, Locker: w, Directus: w, DBInit: w, Bin: w,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)), Now: w.now, TempDir: w.t.TempDir(),
		Show: func(v policy.Verdict, next []string) { w.shown, w.ways = append(w.shown, v), next },
	}
	if g.Mode == "" {
		g.Mode = Auto
	}
	if w.noBin {
		g.Bin = nil
	}
	return g.Run(w.t.Context())
}

// has tells whether live has a collection.
func (w *world) has(name string) bool {
	return w.live.Get(snapshot.Key{Kind: snapshot.Collection, Collection: name}) != nil
}

func (w *world) appliedItems() threeway.SyncPoint {
	if p := syncpoint.Find(w.points, syncpoint.Applied); p != nil {
		return p.Items
	}
	return nil
}

func (w *world) says(word string) {
	w.t.Helper()
	if !strings.Contains(w.log.String(), word) {
		w.t.Errorf("the log does not say %q:\n%s", word, w.log.String())
	}
}

var errTest = errors.New("it broke")

func quiet(w *world) *slog.Logger { return slog.New(slog.NewTextHandler(&w.log, nil)) }

func (w *world) show(v policy.Verdict, next []string) { w.shown, w.ways = append(w.shown, v), next }
