package threeway

import (
	"math/rand/v2"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// random makes a small snapshot of few names and few values, so that two of
// them have much in common; some items stand in it twice, some keys count up.
func random(r *rand.Rand) *snapshot.Snapshot {
	s := snapshot.New(snapshot.FormatFull, "12.4.1", "postgres")
	for range r.IntN(12) {
		kind := snapshot.Kinds()[r.IntN(4)]
		key := snapshot.Key{Kind: kind, Collection: pick(r, "a", "b", "ä"), Field: pick(r, "x", "y")}
		if kind == snapshot.Collection {
			key.Field = ""
		}
		o := jsvalue.NewObject(2)
		meta := jsvalue.NewObject(2)
		meta.Set("note", pick(r, jsvalue.Null(), jsvalue.String(""), jsvalue.Number(1)))
		if r.IntN(2) == 0 {
			meta.Set("list", jsvalue.List(jsvalue.Number(float64(r.IntN(2))), jsvalue.Number(float64(r.IntN(2)))))
		}
		o.Set("meta", jsvalue.FromObject(meta))
		if r.IntN(3) == 0 {
			schema := jsvalue.NewObject(3)
			schema.Set("is_primary_key", jsvalue.Bool(true))
			schema.Set("has_auto_increment", jsvalue.Bool(r.IntN(2) == 0))
			schema.Set("default_value", jsvalue.Number(float64(r.IntN(2))))
			o.Set("schema", jsvalue.FromObject(schema))
		}
		s.Add(snapshot.Item{Key: key, Value: jsvalue.FromObject(o)})
	}
	return s
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// shuffled returns the same items in another order, those of one key in theirs,
// and every object with its keys the other way round.
func shuffled(r *rand.Rand, s *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(s.Version, s.Directus, s.Vendor)
	keys := s.Keys()
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for _, key := range keys {
		for _, item := range s.All(key) {
			out.Add(snapshot.Item{Key: key, Value: reversed(item.Value)})
		}
	}
	return out
}

func reversed(v jsvalue.Value) jsvalue.Value {
	o := v.Object()
	if o == nil {
		return v
	}
	out := jsvalue.NewObject(o.Len())
	for i := o.Len() - 1; i >= 0; i-- {
		key, m := o.At(i)
		out.Set(key, reversed(m))
	}
	return jsvalue.FromObject(out)
}

// counts tells whether a snapshot has a key that counts up itself: what live
// has of its schema does not matter, so that there the sides are not alike.
func counts(s *snapshot.Snapshot, key snapshot.Key) bool {
	for _, item := range s.All(key) {
		if key.Kind == snapshot.Field && snapshot.AutoIncrementKey(item) {
			return true
		}
	}
	return false
}

// FuzzDifferences holds the comparison to its laws on random snapshots.
func FuzzDifferences(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		a, b := random(r), random(r)
		if got := Differences(a, shuffled(r, a)); len(got) != 0 {
			t.Errorf("order alone makes %s differ", got[0].Key)
		}
		there := map[snapshot.Key]Difference{}
		for i, d := range Differences(a, b) {
			there[d.Key] = d
			if i > 0 && len(there) != i+1 {
				t.Errorf("%s is listed twice", d.Key)
			}
		}
		for _, d := range Differences(b, a) {
			if back, ok := there[d.Key]; ok && (back.Live != d.Target || back.Target != d.Live || back.LiveDigest != d.TargetDigest) {
				t.Errorf("%s does not swap with its sides", d.Key)
			} else if !ok && !counts(a, d.Key) && !counts(b, d.Key) {
				t.Errorf("%s differs only the other way round", d.Key)
			}
		}
		everyKey(t, a, b, there)
		for _, c := range Classify(Differences(a, b), b.Digests(), nil) {
			if c.Class == InSync || c.Class == PendingCreate || c.Class == PendingUpdate {
				t.Errorf("%s is %s, though the target is the sync point", c.Key, c.Class)
			}
		}
	})
}

// everyKey: an item is listed if and only if its digests differ, but for keys
// that count up, of which the digest leaves the schema out on either side.
func everyKey(t *testing.T, a, b *snapshot.Snapshot, listed map[snapshot.Key]Difference) {
	t.Helper()
	for _, key := range append(a.Keys(), b.Keys()...) {
		d, ok := listed[key]
		if counts(a, key) || counts(b, key) {
			if !ok && (a.Get(key) == nil) != (b.Get(key) == nil) {
				t.Errorf("%s is on one side only and not listed", key)
			}
			continue
		}
		if differ := a.Digest(key) != b.Digest(key); differ != ok {
			t.Errorf("%s: its digests differ is %t, listed is %t", key, differ, ok)
		}
		if ok && (d.Live != a.Get(key) || d.Target != b.Get(key) || d.LiveDigest != a.Digest(key)) {
			t.Errorf("%s is listed with other items", key)
		}
	}
}
