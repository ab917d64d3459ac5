package outline

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// section is one of the two objects of an item that hold its facts.
type section uint8

const (
	inMeta section = iota
	inSchema
)

func sections() [2]section { return [2]section{inMeta, inSchema} }

// String returns the key of the section.
func (in section) String() string { return [...]string{"meta", "schema"}[in] }

// shape says which keys the items of each kind have in common. Which they are
// depends on the version of Directus and on columns that somebody added to its
// tables, so it is read from the snapshot; what an item has beyond or lacks is a
// fact of that item.
type shape [4][2]commonKeys

// commonKeys are the keys that more than half of the items have.
type commonKeys map[string]usually

// Keys returns the keys, sorted.
func (c commonKeys) Keys() []string {
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// usually is the value that needs no line: the one Directus gives, or, of keys
// that it does not know, the one that most items have.
type usually struct {
	text string // of a key that Directus does not know; empty: none
}

// is tells whether a value is the usual one.
func (u usually) is(item *snapshot.Item, in section, key string, v jsvalue.Value) bool {
	if def, ok := given(item, in, key); ok {
		return jsvalue.Equal(v, def)
	}
	return u.text != "" && compact(v) == u.text
}

func shapeOf(s *snapshot.Snapshot) shape {
	var all shape
	for _, kind := range snapshot.Kinds() {
		for _, in := range sections() {
			all[kind][in] = common(s.Items(kind), in)
		}
	}
	return all
}

// common counts keys, and the values of those that Directus does not know.
func common(items []snapshot.Item, in section) commonKeys {
	type tally struct {
		count  int
		values map[string]int
	}
	objects := 0
	tallies := map[string]*tally{}
	for i := range items {
		o := items[i].Value.Get(in.String()).Object()
		if o.Len() == 0 {
			continue
		}
		objects++
		for j := range o.Len() {
			key, v := o.At(j)
			t := tallies[key]
			if t == nil {
				t = &tally{values: map[string]int{}}
				tallies[key] = t
			}
			t.count++
			if in == inMeta && v.Kind() != jsvalue.KindObject && v.Kind() != jsvalue.KindList {
				if _, known := given(&items[i], in, key); !known {
					t.values[compact(v)]++
				}
			}
		}
	}
	keys := commonKeys{}
	for key, t := range tallies {
		if 2*t.count <= objects {
			continue
		}
		var u usually
		for text, n := range t.values {
			if 2*n > t.count {
				u.text = text
			}
		}
		keys[key] = u
	}
	return keys
}

// lines say what the items of a kind have in common, a line for each key: after
// an update of Directus these are what changed.
func (s *shape) lines() []string {
	var lines []string
	for _, kind := range snapshot.Kinds() {
		for _, in := range sections() {
			for _, key := range s[kind][in].Keys() {
				line := "(" + kind.String() + "s)  have " + pathName(in, key)
				if u := s[kind][in][key]; u.text != "" {
					line += " " + u.text
				}
				lines = append(lines, line)
			}
		}
	}
	return lines
}
