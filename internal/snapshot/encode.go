package snapshot

import (
	"bytes"
	"sync"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml"
)

// Format is one of the two forms of a snapshot file.
type Format uint8

// The formats that `directus schema snapshot --format` knows.
const (
	YAML Format = iota + 1
	JSON
)

// String returns the format's name as Directus's own flag spells it.
func (f Format) String() string {
	if f == JSON {
		return "json"
	}
	return "yaml"
}

// bytesPerItem is a generous guess that spares the encoder from growing its
// buffer more than once.
const bytesPerItem = 1200

// Encode returns the file that the Directus which wrote s would have written,
// byte for byte: YAML as js-yaml's dump gives it, ending in a newline, or JSON
// on one line without one (cli/commands/schema/snapshot.js).
func Encode(s *Snapshot, f Format) []byte {
	if f == JSON {
		return jsvalue.AppendJSON(nil, jsvalue.FromObject(s.object()))
	}
	dst := make([]byte, 0, bytesPerItem*(s.Len()+1))
	for _, p := range s.parts() {
		dst = p.append(dst, s.Dialect)
	}
	return dst
}

// Matches tells whether data is exactly what [Encode] gives. It needs no room
// for all of it: one goroutine compares from the front, another from the back,
// each until the first difference, and nothing may be left between them.
func Matches(s *Snapshot, f Format, data []byte) bool {
	if f == JSON {
		return bytes.Equal(Encode(s, f), data)
	}
	parts := s.parts()
	middle := len(parts) / 2
	front, back := 0, 0 // bytes that were found equal
	var equalFront, equalBack bool
	var both sync.WaitGroup
	both.Go(func() {
		var buf []byte
		for _, p := range parts[:middle] {
			if buf = p.append(buf[:0], s.Dialect); !bytes.HasPrefix(data[front:], buf) {
				return
			}
			front += len(buf)
		}
		equalFront = true
	})
	both.Go(func() {
		var buf []byte
		for i := len(parts) - 1; i >= middle; i-- {
			if buf = parts[i].append(buf[:0], s.Dialect); !bytes.HasSuffix(data[:len(data)-back], buf) {
				return
			}
			back += len(buf)
		}
		equalBack = true
	})
	both.Wait()
	return equalFront && equalBack && front+back == len(data)
}

// part is a piece of a YAML file: a member of the whole, the line that begins a
// list, or an element of one.
type part struct {
	key   string         // empty for an element
	value *jsvalue.Value // nil for a list that has elements
}

func (p part) append(dst []byte, d jsyaml.Dialect) []byte {
	switch {
	case p.value == nil:
		return append(append(dst, p.key...), ":\n"...)
	case p.key == "":
		return jsyaml.AppendElement(dst, *p.value, d)
	}
	return jsyaml.AppendMember(dst, p.key, *p.value, d)
}

// parts returns the pieces that make up the YAML file, in order.
func (s *Snapshot) parts() []part {
	parts := make([]part, 0, s.Len()+8)
	head := s.header()
	for i := range head.Len() {
		key, v := head.At(i)
		parts = append(parts, part{key, &v})
	}
	for _, k := range Kinds() {
		switch {
		case k == SystemField && !s.HasSystemFields:
			continue
		case len(s.lists[k]) == 0:
			empty := jsvalue.List()
			parts = append(parts, part{k.List(), &empty})
			continue
		}
		parts = append(parts, part{key: k.List()})
		for i := range s.lists[k] {
			parts = append(parts, part{value: &s.lists[k][i].Value})
		}
	}
	return parts
}

func (s *Snapshot) header() *jsvalue.Object {
	o := jsvalue.NewObject(7)
	o.Set("version", jsvalue.Number(float64(s.Version)))
	o.Set("directus", jsvalue.String(s.Directus))
	if s.Vendor != "" {
		o.Set("vendor", jsvalue.String(s.Vendor))
	}
	return o
}

func (s *Snapshot) object() *jsvalue.Object {
	o := s.header()
	for _, k := range Kinds() {
		if k == SystemField && !s.HasSystemFields {
			continue
		}
		elems := make([]jsvalue.Value, len(s.lists[k]))
		for i := range elems {
			elems[i] = s.lists[k][i].Value
		}
		o.Set(k.List(), jsvalue.List(elems...))
	}
	return o
}

// dialect is the js-yaml of the Directus that wrote a file with this header.
func dialect(header string) jsyaml.Dialect {
	v, err := directus.ParseVersion(header)
	if err != nil {
		return jsyaml.Dialect43
	}
	if releases := directus.HeaderReleases(v); len(releases) > 0 {
		v = releases[0]
	}
	return DialectOf(v)
}

// DialectOf returns the js-yaml that a Directus release writes with.
func DialectOf(v directus.Version) jsyaml.Dialect {
	if directus.RulesFor(v).UnderscoreNumbersQuoted {
		return jsyaml.Dialect41
	}
	return jsyaml.Dialect43
}

// Describe sums a snapshot up in one line for people: "12 collections, 80
// fields, 9 relations".
func (s *Snapshot) Describe() string {
	return amount.Of(len(s.lists[Collection]), "collection") + ", " + amount.Of(len(s.lists[Field]), "field") +
		", " + amount.Of(len(s.lists[Relation]), "relation")
}
