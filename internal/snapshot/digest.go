package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// Digest stands for the content of an item: equal digests, equal items, in
// whatever order the keys of objects were written.
type Digest [16]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells whether d is no digest at all.
func (d Digest) IsZero() bool { return d == Digest{} }

// DigestOf returns the digest of what Directus would compare of an item: its
// comparable form (see [Comparable]).
func DigestOf(item *Item) Digest {
	var h hasher
	return h.digest(item)
}

// Digest returns the digest of everything s has under a key; zero for nothing.
func (s *Snapshot) Digest(key Key) Digest {
	var h hasher
	return s.digest(&h, key)
}

// Digests returns the digest of every key of s.
func (s *Snapshot) Digests() map[Key]Digest {
	first := s.index().first
	all := make(map[Key]Digest, len(first))
	var h hasher
	for key := range first {
		all[key] = s.digest(&h, key)
	}
	return all
}

func (s *Snapshot) digest(h *hasher, key Key) Digest {
	first := s.Get(key)
	if first == nil {
		return Digest{}
	}
	d := h.digest(first)
	for _, i := range s.index().again[key] {
		next := h.digest(&s.lists[key.Kind][i])
		sum := sha256.Sum256(append(d[:], next[:]...))
		copy(d[:], sum[:])
	}
	return d
}

// Comparable returns the part of an item that counts: the keys that Directus
// picks before it compares (12.4.1, utils/sanitize-schema.js), and of an
// auto-incremented primary key no schema, which Directus never touches.
func Comparable(item *Item) jsvalue.Value {
	v := item.Value
	o := v.Object()
	if item.Key.Kind == Field && AutoIncrementKey(item) {
		return jsvalue.FromObject(o.Without("schema"))
	}
	return v
}

// AutoIncrementKey tells whether a field is a primary key that the database
// counts up, whose schema Directus leaves alone.
func AutoIncrementKey(item *Item) bool {
	s := item.Schema()
	return s.Get("is_primary_key").Bool() && s.Get("has_auto_increment").Bool()
}

// hasher writes values into one buffer, which it keeps from item to item.
type hasher struct{ buf []byte }

func (h *hasher) digest(item *Item) Digest {
	h.buf = h.buf[:0]
	h.value(Comparable(item))
	sum := sha256.Sum256(h.buf)
	return Digest(sum[:16])
}

func (h *hasher) value(v jsvalue.Value) {
	switch v.Kind() {
	case jsvalue.KindNull:
		h.buf = append(h.buf, 'n')
	case jsvalue.KindBool:
		if v.Bool() {
			h.buf = append(h.buf, 't')
		} else {
			h.buf = append(h.buf, 'f')
		}
	case jsvalue.KindNumber:
		h.text('#', jsvalue.FormatNumber(v.Number()))
	case jsvalue.KindString:
		h.text('"', v.Str())
	case jsvalue.KindList:
		h.text('[', strconv.Itoa(len(v.List())))
		for _, e := range v.List() {
			h.value(e)
		}
	case jsvalue.KindObject:
		h.object(v.Object())
	}
}

func (h *hasher) object(o *jsvalue.Object) {
	keys := o.Keys()
	h.text('{', strconv.Itoa(len(keys)))
	if slices.IsSorted(keys) {
		for i := range keys {
			key, v := o.At(i)
			h.text(':', key)
			h.value(v)
		}
		return
	}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		v, _ := o.Get(key)
		h.text(':', key)
		h.value(v)
	}
}

// text writes a tag, the length and the text, so that no two values can run
// into the same bytes.
func (h *hasher) text(tag byte, s string) {
	h.buf = append(h.buf, tag)
	h.buf = strconv.AppendInt(h.buf, int64(len(s)), 10)
	h.buf = append(h.buf, ' ')
	h.buf = append(h.buf, s...)
}
