// Package outline writes a snapshot as short lines, one for each fact, for git
// to compare: in `git diff` a change of one value is one line that names its
// item, and the order of the snapshot's lists, which means nothing, is no change.
//
//	vehicles  table
//	vehicles  note "What we drive"
//	vehicles.plate  string(12) not null unique
//	vehicles.plate  interface input
//	vehicles.owner -> drivers.id  on delete SET NULL, one_field vehicles
//
// Nothing that Directus compares is left out: snapshots that differ have
// outlines that differ. What is as it usually is takes no line. It is no format
// to be read back, and its wording may change.
package outline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Text returns the outline of a snapshot file, with a last line for each problem
// of the file as a whole. A file that cannot be trusted comes back as it is:
// then its own lines are what there is to compare.
func Text(data []byte) []byte {
	file := snapshot.Decode("", data)
	if !file.Trusted() {
		return data
	}
	lines := Lines(file.Snapshot)
	for _, p := range file.Problems {
		lines = append(lines, "problem "+string(p.Code)+" "+terminal.Clean(strings.TrimSpace(p.Message)))
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

// Lines returns the outline of a snapshot: first what its header says, then the
// items by name, last which values its items have in common.
func Lines(s *snapshot.Snapshot) []string {
	p := page{shape: shapeOf(s)}
	p.lines = append(p.lines, "version "+strconv.Itoa(s.Version), "directus "+version(s.Directus), "vendor "+symbol(s.Vendor))
	for _, key := range sorted(s.Keys()) {
		for i, item := range s.All(key) {
			p.item(item, i > 0)
		}
	}
	p.lines = append(p.lines, p.shape.lines()...)
	return p.lines
}

// Summary returns what the outline says first of an item, without its name:
// "string(12) not null unique", "table", "-> drivers.id  on delete CASCADE".
func Summary(item *snapshot.Item) string {
	h := describe(item)
	if h.target != "" {
		return strings.TrimSpace(h.target + "  " + h.text())
	}
	return h.text()
}

// sorted puts a collection before its fields, and a field before the relation
// that starts from it.
func sorted(keys []snapshot.Key) []snapshot.Key {
	slices.SortFunc(keys, func(a, b snapshot.Key) int {
		if c := strings.Compare(a.Collection, b.Collection); c != 0 {
			return c
		}
		if aIs, bIs := a.Kind == snapshot.Collection, b.Kind == snapshot.Collection; aIs != bIs {
			if aIs {
				return -1
			}
			return 1
		}
		if c := strings.Compare(a.Field, b.Field); c != 0 {
			return c
		}
		return int(a.Kind) - int(b.Kind)
	})
	return keys
}

// page collects the lines.
type page struct {
	shape shape
	lines []string
}

// item writes one item: its first line, then what that does not say.
func (p *page) item(item *snapshot.Item, again bool) {
	h := describe(item)
	prefix := itemName(item.Key)
	if h.target != "" {
		prefix += " " + h.target
	}
	prefix += "  "
	first := h.text()
	if again {
		first = "again " + first
	}
	p.lines = append(p.lines, prefix+first)
	for _, in := range sections() {
		p.section(prefix, item, &h, in)
	}
}

// section writes what is unusual in an item's meta or schema, key by key.
func (p *page) section(prefix string, item *snapshot.Item, h *head, in section) {
	v, ok := item.Value.Object().Get(in.String())
	if !ok || v.IsNull() {
		return // the first line tells
	}
	o := v.Object()
	if o.Len() == 0 {
		p.lines = append(p.lines, prefix+in.String()+" "+compact(v))
		return
	}
	common := p.shape[item.Key.Kind][in]
	for _, key := range ordered(o) {
		m, _ := o.Get(key)
		state := h.said[in][key]
		if state == shown {
			continue
		}
		usual, isCommon := common[key]
		if isCommon && (state == silent || usual.is(item, in, key, m)) {
			continue
		}
		p.value(prefix, pathName(in, key), key, m)
	}
	for _, key := range ordered(common) {
		if _, ok := o.Get(key); !ok {
			p.lines = append(p.lines, prefix+"lacks "+pathName(in, key))
		}
	}
}
