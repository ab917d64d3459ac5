package mergedriver

import (
	"bytes"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// style is how conflicts are marked.
type style struct {
	size   int
	labels Labels
	base   bool // show the common ancestor
}

// hunk is a piece of the merged file. Its parts are the same where nothing is in
// conflict.
type hunk struct{ ours, theirs, base string }

func plain(text string) hunk { return hunk{text, text, text} }

func (h hunk) settled() bool { return h.ours == h.theirs }

// mark writes the merged file with its conflicts. Whichever side is taken of
// each, what is left is a snapshot.
func (r *result) mark(st style) {
	st.base = st.base && !r.disputed
	var hunks []hunk
	if r.form.format == snapshot.YAML {
		hunks = yamlHunks(r.settled, st.base)
	} else {
		text := func(s *snapshot.Snapshot) string { return endLine(string(r.form.plain(s))) }
		hunks = trim(text(r.settled.Ours), text(r.settled.Theirs), text(r.settled.Base), st.base)
	}
	var out bytes.Buffer
	left := false
	for _, h := range joined(hunks) {
		left = left || !h.settled()
		h.write(&out, st)
	}
	r.data = r.form.dress(out.Bytes())
	if !left { // what the sides differ in cannot be written in this format
		r.conflicts = nil
		if r.form.format == snapshot.JSON && !r.form.newline {
			r.data = bytes.TrimSuffix(r.data, []byte("\n"))
		}
		r.check()
	}
}

func endLine(text string) string { return strings.TrimSuffix(text, "\n") + "\n" }

func (h hunk) write(out *bytes.Buffer, st style) {
	if h.settled() {
		out.WriteString(h.ours)
		return
	}
	mark := func(c, label string) {
		out.WriteString(strings.Repeat(c, st.size))
		if label != "" {
			out.WriteString(" " + label)
		}
		out.WriteByte('\n')
	}
	mark("<", st.labels.Ours)
	out.WriteString(h.ours)
	if st.base {
		mark("|", st.labels.Base)
		out.WriteString(h.base)
	}
	mark("=", "")
	out.WriteString(h.theirs)
	mark(">", st.labels.Theirs)
}

// joined makes one hunk of neighbours that one side lacks: the fields of a
// collection that it deleted.
func joined(hunks []hunk) []hunk {
	var out []hunk
	for _, h := range hunks {
		if h == (hunk{}) {
			continue
		}
		if n := len(out) - 1; n >= 0 && !h.settled() && !out[n].settled() &&
			(h.ours == "" && out[n].ours == "" || h.theirs == "" && out[n].theirs == "") {
			out[n] = hunk{out[n].ours + h.ours, out[n].theirs + h.theirs, out[n].base + h.base}
			continue
		}
		out = append(out, h)
	}
	return out
}

// yamlHunks cuts the merged file into hunks, item by item.
func yamlHunks(s *merge.Settled, base bool) []hunk {
	w := writer{settled: s, base: base, dialect: s.Ours.Dialect}
	// The header is the same on both sides, and so is what stands before the lists.
	empty := snapshot.New(s.Ours.Version, s.Ours.Directus, s.Ours.Vendor)
	empty.Dialect = s.Ours.Dialect
	head, _, _ := strings.Cut(string(snapshot.Encode(empty, snapshot.YAML)), snapshot.Collection.List()+":")
	hunks := []hunk{plain(head)}
	for _, kind := range snapshot.Kinds() {
		if kind != snapshot.SystemField || s.Ours.HasSystemFields {
			hunks = append(hunks, w.list(kind)...)
		}
	}
	return hunks
}

type writer struct {
	settled *merge.Settled
	base    bool
	dialect jsyaml.Dialect
}

func (w writer) list(kind snapshot.Kind) []hunk {
	var keys []snapshot.Key
	certain := false
	for _, key := range w.settled.Order {
		if key.Kind == kind {
			keys = append(keys, key)
			certain = certain || w.settled.Ours.Get(key) != nil && w.settled.Theirs.Get(key) != nil
		}
	}
	if !certain { // a list that may become empty is written in another way then
		return []hunk{{w.whole(w.settled.Ours, kind), w.whole(w.settled.Theirs, kind), w.whole(w.settled.Base, kind)}}
	}
	hunks := []hunk{plain(kind.List() + ":\n")}
	for _, key := range keys {
		hunks = append(hunks, w.item(key)...)
	}
	return hunks
}

func (w writer) whole(s *snapshot.Snapshot, kind snapshot.Kind) string {
	var elems []jsvalue.Value
	for i := range s.Items(kind) {
		elems = append(elems, s.Items(kind)[i].Value)
	}
	return string(jsyaml.AppendMember(nil, kind.List(), jsvalue.List(elems...), w.dialect))
}

// item returns the hunks of one item: one for each conflict where they can be
// told apart by their lines, else one.
func (w writer) item(key snapshot.Key) []hunk {
	all := func(s *snapshot.Snapshot) string {
		var text strings.Builder
		for _, item := range s.All(key) {
			text.WriteString(w.text(*item))
		}
		return text.String()
	}
	o := all(w.settled.Ours)
	if !w.settled.Differs(key) {
		return []hunk{plain(o)}
	}
	t, b := all(w.settled.Theirs), all(w.settled.Base)
	switch {
	case o == t:
		return []hunk{plain(o)}
	case o == "" || t == "":
		return []hunk{{o, t, b}}
	}
	if steps := w.settled.Steps(key); len(steps) > 1 {
		if hunks := w.apart(o, t, steps); hunks != nil {
			return hunks
		}
	}
	return trim(o, t, b, w.base)
}

func (w writer) text(item snapshot.Item) string {
	if item.Value.IsNull() {
		return ""
	}
	return string(jsyaml.AppendElement(nil, item.Value, w.dialect))
}

// trim leaves what the texts begin and end with alike out of the conflict.
func trim(ours, theirs, base string, withBase bool) []hunk {
	o, t, b := lines(ours), lines(theirs), lines(base)
	head, tail := alike(o, t)
	if withBase {
		head, tail = alikeThree(o, t, b)
	}
	middle := func(l []string) string {
		if len(l) < head+tail {
			return ""
		}
		return strings.Join(l[head:len(l)-tail], "")
	}
	return []hunk{
		plain(strings.Join(o[:head], "")),
		{middle(o), middle(t), middle(b)},
		plain(strings.Join(o[len(o)-tail:], "")),
	}
}

func lines(text string) []string { return slices.Collect(strings.Lines(text)) }

// alike returns how many lines two texts share at their beginning, and how many
// of the others at their end.
func alike(a, b []string) (head, tail int) {
	short := min(len(a), len(b))
	for head < short && a[head] == b[head] {
		head++
	}
	for tail < short-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

func alikeThree(a, b, c []string) (head, tail int) {
	head, tail = alike(a, b)
	for _, other := range [][]string{a, b} {
		h, t := alike(other, c)
		head, tail = min(head, h), min(tail, t)
	}
	return head, tail
}

// span is one conflict within the lines of an item.
type span struct {
	from, to     int // of ours' lines
	theirs, base string
}

// apart marks each conflict of an item on its own; nil where their lines touch
// or do not add up to theirs.
func (w writer) apart(ours, theirs string, steps []merge.Step) []hunk {
	o := lines(ours)
	var spans []span
	for _, step := range steps {
		t, b := lines(w.text(step.Theirs)), lines(w.text(step.Base))
		head, tail := alike(o, t)
		if w.base {
			head, tail = alikeThree(o, t, b)
		}
		if len(b) < head+tail {
			b = nil
		} else {
			b = b[head : len(b)-tail]
		}
		spans = append(spans, span{head, len(o) - tail, strings.Join(t[head:len(t)-tail], ""), strings.Join(b, "")})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var hunks []hunk
	var sum strings.Builder
	at := 0
	for i, s := range spans {
		if s.from < at || i > 0 && s.from == at {
			return nil
		}
		before := strings.Join(o[at:s.from], "")
		hunks = append(hunks, plain(before), hunk{strings.Join(o[s.from:s.to], ""), s.theirs, s.base})
		sum.WriteString(before + s.theirs)
		at = s.to
	}
	rest := strings.Join(o[at:], "")
	if sum.String()+rest != theirs {
		return nil
	}
	return append(hunks, plain(rest))
}
