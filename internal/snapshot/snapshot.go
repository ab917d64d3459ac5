// Package snapshot is the model of a Directus schema snapshot: the items it
// holds, how they are told apart, and the two file forms Directus writes.
//
// It is pure: it takes and returns bytes and values. Where a snapshot comes
// from (the database, git, an image, a file) is other packages' business, and so
// is what two snapshots that differ mean.
package snapshot

import (
	"strings"
	"sync/atomic"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml"
)

// Kind is the kind of an item, which is the list of the snapshot it stands in.
type Kind uint8

// The four lists of a snapshot, in the order Directus writes them.
const (
	Collection Kind = iota
	Field
	SystemField
	Relation
	kinds
)

// Kinds returns the four kinds in the order Directus writes their lists.
func Kinds() [4]Kind { return [4]Kind{Collection, Field, SystemField, Relation} }

// String returns the kind in words, as messages use it.
func (k Kind) String() string {
	return [...]string{"collection", "field", "system field", "relation"}[k]
}

// List returns the name of the snapshot's list of this kind.
func (k Kind) List() string {
	return [...]string{"collections", "fields", "systemFields", "relations"}[k]
}

// Key identifies an item, by names and never by its place in a list. Relations
// are known by their many side alone, as Directus matches them.
type Key struct {
	Kind       Kind
	Collection string
	Field      string // empty for a collection
}

// String returns the key in words: "field orders.total".
func (k Key) String() string { return k.Kind.String() + " " + k.Name() }

// Name returns the name without the kind: "orders.total".
func (k Key) Name() string {
	if k.Kind == Collection {
		return k.Collection
	}
	return k.Collection + "." + k.Field
}

// Compare orders keys by kind, collection and field, in bytes.
func (k Key) Compare(other Key) int {
	if k.Kind != other.Kind {
		return int(k.Kind) - int(other.Kind)
	}
	if c := strings.Compare(k.Collection, other.Collection); c != 0 {
		return c
	}
	return strings.Compare(k.Field, other.Field)
}

// Item is one entry of one of the lists.
type Item struct {
	Key   Key
	Value jsvalue.Value // the whole entry, an object
	Line  int           // 1-based line in the file it was read from; 0 where there is none
}

// Meta returns the item's meta; null where there is none.
func (i *Item) Meta() jsvalue.Value { return i.Value.Get("meta") }

// Schema returns the item's schema; null where there is none.
func (i *Item) Schema() jsvalue.Value { return i.Value.Get("schema") }

// The two values of a snapshot file's `version`.
const (
	FormatFull    = 1 // the whole schema: what it lacks does not exist
	FormatPartial = 2 // some collections only (Directus 12.2 and later, HTTP API)
)

// Snapshot is a Directus schema snapshot. The lists keep the order of their
// source; nothing in this project may depend on it but the encoder.
type Snapshot struct {
	Version  int    // [FormatFull] or [FormatPartial]
	Directus string // the version that wrote it, as written
	Vendor   string // the database, "postgres" for every Postgres; empty in Directus 9
	// Dialect is the js-yaml that Encode writes as: that of the header's version.
	Dialect jsyaml.Dialect
	// HasSystemFields tells an empty systemFields list from none: to Directus
	// 11.13 and later both mean that no system field is indexed.
	HasSystemFields bool
	// Repeats tells, of a snapshot taken from a database, that some item stands
	// in it twice. Applying such a snapshot to its own database changes it: a
	// column whose row is marked as an alias too is dropped by 11.8 and later.
	Repeats bool

	lists [kinds][]Item
	// found is made when something is first looked for: what is only encoded
	// needs none.
	found atomic.Pointer[index]
}

// index finds items by their keys.
type index struct {
	first map[Key]int
	again map[Key][]int // further items of a key, which only odd databases have
}

// add notes where an item is, and tells whether its key was there before.
func (x *index) add(key Key, i int) (again bool) {
	if _, again = x.first[key]; !again {
		x.first[key] = i
		return false
	}
	if x.again == nil {
		x.again = map[Key][]int{}
	}
	x.again[key] = append(x.again[key], i)
	return true
}

// index returns the index, which may be asked for by several at once.
func (s *Snapshot) index() *index {
	if x := s.found.Load(); x != nil {
		return x
	}
	room := 0
	for k := range s.lists {
		room += cap(s.lists[k])
	}
	x := &index{first: make(map[Key]int, room)}
	for k := range s.lists {
		for i := range s.lists[k] {
			x.add(s.lists[k][i].Key, i)
		}
	}
	s.found.Store(x)
	return x
}

// New returns a snapshot with the given header and no items.
func New(version int, directus, vendor string) *Snapshot {
	return &Snapshot{Version: version, Directus: directus, Vendor: vendor, Dialect: dialect(directus)}
}

// Items returns the items of one kind in order. The slice is shared.
func (s *Snapshot) Items(k Kind) []Item { return s.lists[k] }

// Add appends an item to its list. The first of several items with one key is
// the one that Get finds, as Directus's own search does.
func (s *Snapshot) Add(item Item) {
	k := item.Key.Kind
	if x := s.found.Load(); x != nil {
		x.add(item.Key, len(s.lists[k]))
	}
	s.lists[k] = append(s.lists[k], item)
}

// add is Add, and tells whether there is an item of that key already.
func (s *Snapshot) add(item Item) (again bool) {
	again = s.index().add(item.Key, len(s.lists[item.Key.Kind]))
	s.lists[item.Key.Kind] = append(s.lists[item.Key.Kind], item)
	return again
}

// Grow makes room for n more items of a kind.
func (s *Snapshot) Grow(k Kind, n int) {
	if n > 0 {
		grown := make([]Item, len(s.lists[k]), len(s.lists[k])+n)
		copy(grown, s.lists[k])
		s.lists[k] = grown
	}
}

// Get returns the first item with that key, or nil.
func (s *Snapshot) Get(key Key) *Item {
	i, ok := s.index().first[key]
	if !ok {
		return nil
	}
	return &s.lists[key.Kind][i]
}

// All returns every item with that key, in order.
func (s *Snapshot) All(key Key) []*Item {
	first := s.Get(key)
	if first == nil {
		return nil
	}
	all := []*Item{first}
	for _, i := range s.index().again[key] {
		all = append(all, &s.lists[key.Kind][i])
	}
	return all
}

// Keys returns the distinct keys, by kind and then in list order.
func (s *Snapshot) Keys() []Key {
	first := s.index().first
	keys := make([]Key, 0, len(first))
	for k := range s.lists {
		for i := range s.lists[k] {
			if key := s.lists[k][i].Key; first[key] == i {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// Len returns the number of items of all kinds.
func (s *Snapshot) Len() int {
	n := 0
	for _, l := range s.lists {
		n += len(l)
	}
	return n
}

// Tables returns the number of collections that have a table, so are no
// folders.
func (s *Snapshot) Tables() int {
	n := 0
	for i := range s.lists[Collection] {
		if !s.lists[Collection][i].Schema().IsNull() {
			n++
		}
	}
	return n
}
