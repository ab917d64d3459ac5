package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sort"
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
	h := sha256.New()
	hashValue(h, Comparable(item))
	var d Digest
	copy(d[:], h.Sum(nil))
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

func hashValue(h hash.Hash, v jsvalue.Value) {
	var tag [1]byte
	switch v.Kind() {
	case jsvalue.KindNull:
		tag[0] = 'n'
		h.Write(tag[:])
	case jsvalue.KindBool:
		tag[0] = 'f'
		if v.Bool() {
			tag[0] = 't'
		}
		h.Write(tag[:])
	case jsvalue.KindNumber:
		hashText(h, '#', jsvalue.FormatNumber(v.Number()))
	case jsvalue.KindString:
		hashText(h, '"', v.Str())
	case jsvalue.KindList:
		hashText(h, '[', strconv.Itoa(len(v.List())))
		for _, e := range v.List() {
			hashValue(h, e)
		}
	case jsvalue.KindObject:
		hashObject(h, v.Object())
	}
}

func hashObject(h hash.Hash, o *jsvalue.Object) {
	hashText(h, '{', strconv.Itoa(o.Len()))
	order := make([]int, o.Len())
	sorted := true
	for i := range order {
		order[i] = i
		sorted = sorted && (i == 0 || o.Keys()[i-1] < o.Keys()[i])
	}
	if !sorted {
		sort.Slice(order, func(a, b int) bool { return o.Keys()[order[a]] < o.Keys()[order[b]] })
	}
	for _, i := range order {
		key, v := o.At(i)
		hashText(h, ':', key)
		hashValue(h, v)
	}
}

// hashText writes a tag, the length and the text, so that no two values can
// run into the same bytes.
func hashText(h hash.Hash, tag byte, s string) {
	var buf [24]byte
	buf[0] = tag
	h.Write(strconv.AppendInt(buf[:1], int64(len(s)), 10))
	h.Write([]byte{' '})
	h.Write([]byte(s))
}
