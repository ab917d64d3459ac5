package bootgate

import (
	"context"
	"maps"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// before reads what was applied, and live as it was seen then, while the
// migrations of this image have not run; nil where no boot has applied anything.
func (g *Gate) before(ctx context.Context) (*snapshot.Snapshot, *syncpoint.Point) {
	live, points, err := g.Database.Applied(ctx)
	if err != nil || live == nil {
		return nil, nil // the check will say what stands in the way
	}
	return live, syncpoint.Find(points, syncpoint.Applied)
}

// carry takes what was applied along through the migrations of a new Directus:
// they add settings to every collection, which is nobody's edit. It is part of the
// bootstrap, for afterwards nobody can tell any more.
func (g *Gate) carry(ctx context.Context, before *snapshot.Snapshot, applied *syncpoint.Point) {
	if before == nil || applied == nil {
		return
	}
	began := g.Now()
	after, err := g.Database.Live(ctx, g.Target.Target)
	if err != nil || after == nil {
		return
	}
	items := carried(before, after, applied.Items)
	if maps.Equal(items, applied.Items) {
		return
	}
	p := syncpoint.New(syncpoint.Applied, after, snapshot.Encode(after, snapshot.YAML), g.Now(), g.Tool, g.By)
	p.Items = items
	if err := g.Database.Record(ctx, p); err != nil {
		g.Log.Warn("what was applied could not be taken along through the migrations of Directus: "+err.Error(), g.at(stepBootstrap, began)...)
		return
	}
	g.Log.Info("Directus migrated its settings: what was applied counts as applied in the new form", g.at(stepBootstrap, began)...)
}

// carried returns what was applied, in the form that the items have after a
// migration. An item counts only if it was as applied before, and if nothing of it
// changed but which settings there are: an edit made in between is none of it.
func carried(before, after *snapshot.Snapshot, applied threeway.SyncPoint) threeway.SyncPoint {
	out := maps.Clone(applied)
	for key, digest := range applied {
		was, is := before.All(key), after.All(key)
		if len(was) != 1 || len(is) != 1 || before.Digest(key) != digest {
			continue
		}
		if sameButSettings(snapshot.Comparable(was[0]), snapshot.Comparable(is[0])) {
			out[key] = after.Digest(key)
		}
	}
	return out
}

// sameButSettings tells whether two versions of an item agree on everything that
// both have: of meta and schema, each a row of the database, a migration adds and
// removes columns.
func sameButSettings(a, b jsvalue.Value) bool {
	if a.Kind() != jsvalue.KindObject || b.Kind() != jsvalue.KindObject {
		return jsvalue.Equal(a, b)
	}
	x, y := a.Object(), b.Object()
	for i := range x.Len() {
		key, v := x.At(i)
		w, ok := y.Get(key)
		switch {
		case !ok:
		case key == "meta" || key == "schema":
			if !sameWhereBoth(v, w) {
				return false
			}
		case !jsvalue.Equal(v, w):
			return false
		}
	}
	return true
}

func sameWhereBoth(a, b jsvalue.Value) bool {
	if a.Kind() != jsvalue.KindObject || b.Kind() != jsvalue.KindObject {
		return jsvalue.Equal(a, b)
	}
	x, y := a.Object(), b.Object()
	for i := range x.Len() {
		key, v := x.At(i)
		if w, ok := y.Get(key); ok && !jsvalue.Equal(v, w) {
			return false
		}
	}
	return true
}
