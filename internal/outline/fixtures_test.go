package outline

import (
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// fixtures are what real Directus installations wrote, by name.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../test/conformance/*/snapshot.*.gz")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d snapshots in test/conformance (%v)", len(files), err)
	}
	all := map[string][]byte{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		all[filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)] = data
	}
	example, err := os.ReadFile("../../snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all["example"] = example
	return all
}

func decoded(t testing.TB, data []byte) *snapshot.Snapshot {
	t.Helper()
	file := snapshot.Decode("schema.yaml", data)
	if !file.Trusted() {
		t.Fatal(file.Problems)
	}
	return file.Snapshot
}

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
	switch v.Kind() {
	case jsvalue.KindObject:
		o := v.Object()
		out := jsvalue.NewObject(o.Len())
		for i := o.Len() - 1; i >= 0; i-- {
			key, m := o.At(i)
			out.Set(key, reversed(m))
		}
		return jsvalue.FromObject(out)
	case jsvalue.KindList:
		elems := make([]jsvalue.Value, 0, len(v.List()))
		for _, e := range v.List() {
			elems = append(elems, reversed(e))
		}
		return jsvalue.List(elems...)
	case jsvalue.KindNull, jsvalue.KindBool, jsvalue.KindNumber, jsvalue.KindString:
	}
	return v
}

// itemMutations returns what an item of that key may also be: its name stays,
// and the keys are those that Directus takes from a file.
func itemMutations(v jsvalue.Value) []jsvalue.Value {
	var out []jsvalue.Value
	o := v.Object()
	for _, key := range []string{"type", "related_collection", "meta", "schema"} {
		m, ok := o.Get(key)
		if !ok {
			continue
		}
		if key != "schema" || !m.IsNull() { // no schema and one of null are the same to Directus
			out = append(out, jsvalue.FromObject(o.Without(key)))
		}
		for _, n := range mutations(m) {
			if key != "schema" || !n.IsNull() {
				out = append(out, jsvalue.FromObject(o.With(key, n)))
			}
		}
	}
	return out
}

// mutations returns every value that differs from v in one place: another value
// there, a key more or less, an element more, less or swapped.
func mutations(v jsvalue.Value) []jsvalue.Value {
	var out []jsvalue.Value
	for _, w := range []jsvalue.Value{
		jsvalue.Null(), jsvalue.Bool(true), jsvalue.Bool(false), jsvalue.Number(0), jsvalue.Number(12), jsvalue.String(""),
		jsvalue.String("null"), jsvalue.String("true"), jsvalue.String("12"), jsvalue.String("unique"), jsvalue.List(),
		jsvalue.List(v), jsvalue.FromObject(jsvalue.NewObject(0)),
	} {
		if !jsvalue.Equal(v, w) {
			out = append(out, w)
		}
	}
	switch v.Kind() {
	case jsvalue.KindObject:
		o := v.Object()
		for i := range o.Len() {
			key, m := o.At(i)
			out = append(out, jsvalue.FromObject(o.Without(key)))
			for _, n := range mutations(m) {
				out = append(out, jsvalue.FromObject(o.With(key, n)))
			}
		}
		out = append(out, jsvalue.FromObject(o.With("zz", jsvalue.Null())))
	case jsvalue.KindList:
		list := v.List()
		for i, e := range list {
			out = append(out, jsvalue.List(slices.Delete(slices.Clone(list), i, i+1)...))
			for _, n := range mutations(e) {
				changed := slices.Clone(list)
				changed[i] = n
				out = append(out, jsvalue.List(changed...))
			}
		}
		out = append(out, jsvalue.List(append(slices.Clone(list), jsvalue.Null())...))
	case jsvalue.KindString:
		out = append(out, jsvalue.String(v.Str()+"x"), jsvalue.String(v.Str()+"\n"), jsvalue.String(v.Str()+"\u202e"))
	case jsvalue.KindNumber:
		out = append(out, jsvalue.Number(v.Number()+1), jsvalue.String(jsvalue.FormatNumber(v.Number())))
	case jsvalue.KindNull, jsvalue.KindBool:
	}
	return out
}
