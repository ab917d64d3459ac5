package itemlog

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/spelling"
)

// UnknownItemError is an item that no commit has.
type UnknownItemError struct {
	Item string
	// Near are names that the newest version of the file has.
	Near []string
	// Elsewhere is a commit that has the item, outside of the history of HEAD.
	Elsewhere string
}

// Error implements error.
func (e *UnknownItemError) Error() string {
	switch {
	case e.Elsewhere != "":
		return fmt.Sprintf("no commit behind HEAD has %q, but %s has", e.Item, e.Elsewhere[:min(len(e.Elsewhere), 10)])
	case len(e.Near) > 0:
		return fmt.Sprintf("no commit has %q; did you mean %s", e.Item, strings.Join(e.Near, ", "))
	}
	return fmt.Sprintf("no commit has %q", e.Item)
}

// Args are the arguments of `schemaguard log` that would find something.
func (e *UnknownItemError) Args() []string {
	switch {
	case e.Elsewhere != "":
		return []string{"--all", e.Item}
	case len(e.Near) > 0:
		return e.Near[:1]
	}
	return nil
}

// match says which items were asked for: a collection with all that belongs to
// it, or what goes by the name of one field. The zero value is everything.
type match struct{ collection, field string }

func (m match) everything() bool { return m == match{} }

func (m match) key(k snapshot.Key) bool {
	return m.everything() || k.Collection == m.collection && (m.field == "" || k.Field == m.field)
}

// in tells whether a snapshot holds anything that was asked for.
func (m match) in(s *snapshot.Snapshot) bool {
	return slices.ContainsFunc(s.Keys(), m.key)
}

// mayBeIn is in, for a file that is not decoded yet: what does not contain the
// name has no item of it. Only names of plain letters are sure to stand there as
// they are.
func (m match) mayBeIn(v *version) bool {
	if v.refused != "" || m.everything() {
		return true
	}
	return contains(v.data, m.collection) && contains(v.data, m.field)
}

func contains(data []byte, name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return true // may be escaped: only decoding tells
		}
	}
	return bytes.Contains(data, []byte(name))
}

// String names what is matched; empty for everything.
func (m match) String() string {
	switch {
	case m.everything():
		return ""
	case m.field == "":
		return "collection " + m.collection
	}
	return "field " + m.collection + "." + m.field
}

// readings are what a name may mean: names of collections and fields may hold
// dots themselves.
func readings(item string) []match {
	kind := ""
	for _, k := range snapshot.Kinds() { // as messages name an item
		if rest, ok := strings.CutPrefix(item, k.String()+" "); ok {
			item, kind = rest, k.String()
			break
		}
	}
	var all []match
	if kind == "" || kind == snapshot.Collection.String() {
		all = append(all, match{collection: item})
	}
	for i := len(item) - 1; i > 0; i-- {
		if item[i] == '.' && i < len(item)-1 && kind != snapshot.Collection.String() {
			all = append(all, match{item[:i], item[i+1:]})
		}
	}
	return all
}

// find settles what the query's item is: what the newest version that has
// anything of that name says.
func (h *History) find(ctx context.Context) error {
	m, at, err := h.newest(ctx, readings(h.query.Item))
	if err != nil {
		return err
	}
	if at >= 0 {
		h.match = m
		h.gone, err = h.goneBefore(ctx, at)
		return err
	}
	unknown := &UnknownItemError{Item: h.query.Item}
	if !h.query.All {
		other := &History{repo: h.repo, path: h.path, files: map[string]*version{}}
		if other.revs, err = h.revisions(ctx, true); err != nil {
			return err
		}
		if _, at, err = other.newest(ctx, readings(h.query.Item)); err != nil {
			return err
		}
		if at >= 0 {
			unknown.Elsewhere = other.revs[at].Commit
			return unknown
		}
	}
	if len(h.revs) == 0 {
		return ErrNoHistory
	}
	unknown.Near, err = h.near(ctx, h.query.Item)
	if err != nil {
		return err
	}
	return unknown
}

// newest returns the first revision that has something of that name, and the
// reading that fits; -1 where none has.
func (h *History) newest(ctx context.Context, readings []match) (match, int, error) {
	for i, rev := range h.revs {
		v, err := h.version(ctx, rev.BlobID)
		if err != nil {
			return match{}, -1, err
		}
		for _, m := range readings {
			if m.mayBeIn(v) && m.in(v.snapshot()) {
				return m, i, nil
			}
		}
	}
	return match{}, -1, nil
}

// goneBefore tells whether a version newer than that of a revision can be read:
// it lacks the item then.
func (h *History) goneBefore(ctx context.Context, at int) (bool, error) {
	for _, rev := range h.revs[:at] {
		v, err := h.version(ctx, rev.BlobID)
		if err != nil {
			return false, err
		}
		if v.problem() == "" {
			return true, nil
		}
	}
	return false, nil
}

// near lists names that are written like an item, of the newest version.
func (h *History) near(ctx context.Context, item string) ([]string, error) {
	const most = 3
	for _, rev := range h.revs {
		v, err := h.version(ctx, rev.BlobID)
		if err != nil {
			return nil, err
		}
		if v.missing || v.problem() != "" {
			continue
		}
		far := map[string]int{}
		for _, key := range v.snapshot().Keys() {
			name := key.Name()
			switch d := spelling.Distance(strings.ToLower(name), strings.ToLower(item)); {
			case key.Field != "" && strings.EqualFold(key.Field, item):
				far[name] = 1
			case d <= max(2, len(item)/4):
				far[name] = d
			}
		}
		names := make([]string, 0, len(far))
		for name := range far {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(far[a], far[b]), strings.Compare(a, b)) })
		return names[:min(len(names), most)], nil
	}
	return nil, nil
}
