package snapshot

import (
	"bytes"
	"strconv"

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
	return s.yaml(make([]byte, 0, bytesPerItem*(s.Len()+1)), func(dst []byte) []byte { return dst })
}

// Matches tells whether data is exactly what [Encode] gives. It needs no room
// for all of it and stops at the first difference.
func Matches(s *Snapshot, f Format, data []byte) bool {
	if f == JSON {
		return bytes.Equal(Encode(s, f), data)
	}
	rest := data
	end := s.yaml(make([]byte, 0, 1<<14), func(part []byte) []byte {
		var ok bool
		if rest, ok = bytes.CutPrefix(rest, part); !ok {
			return nil
		}
		return part[:0]
	})
	return end != nil && len(rest) == 0
}

// yaml appends the YAML form to dst and hands dst to next after each item. What
// next returns is appended to from there on; nil ends it.
func (s *Snapshot) yaml(dst []byte, next func([]byte) []byte) []byte {
	d := s.Dialect
	head := s.header()
	for i := range head.Len() {
		key, v := head.At(i)
		dst = jsyaml.AppendMember(dst, key, v, d)
	}
	for _, k := range Kinds() {
		if k == SystemField && !s.HasSystemFields {
			continue
		}
		if len(s.lists[k]) == 0 {
			dst = jsyaml.AppendMember(dst, k.List(), jsvalue.List(), d)
			continue
		}
		dst = append(append(dst, k.List()...), ":\n"...)
		for i := range s.lists[k] {
			if dst = next(jsyaml.AppendElement(dst, s.lists[k][i].Value, d)); dst == nil {
				return nil
			}
		}
	}
	return next(dst)
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
	return count(len(s.lists[Collection]), "collection") + ", " + count(len(s.lists[Field]), "field") +
		", " + count(len(s.lists[Relation]), "relation")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
