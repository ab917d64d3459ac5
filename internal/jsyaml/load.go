package jsyaml

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/canonical"
)

// Document is a text that was read, with the place of everything in it.
type Document struct {
	// Value is what the text holds; null if it holds nothing.
	Value jsvalue.Value

	// lines has the line of the value itself, then that of every member (of its
	// key) and every element, depth first, in the order of Value.
	lines []int32

	once   sync.Once
	starts [][]int // [i][0]: index in lines of the i-th child of Value; [i][1+j]: of its j-th child
}

// SyntaxError says where and why a text could not be read.
type SyntaxError struct {
	Line   int    // from 1; 0 if not known
	Column int    // from 1, in bytes; 0 if not known
	Reason string // what is wrong there
}

// Error implements error.
func (e *SyntaxError) Error() string {
	switch {
	case e.Line == 0:
		return e.Reason
	case e.Column == 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Load reads a YAML text of one document as js-yaml 4.3's load does: the types
// of its default schema, merge keys, no key twice, at most 99 levels, null for
// an empty text. It differs in this: timestamps stay the strings they are; tags
// other than those of YAML's core schema, raw U+0085, U+2028 and U+2029, bytes
// that are not UTF-8, and aliases that multiply the text are refused.
// Every error is a *SyntaxError.
func Load(data []byte) (*Document, error) {
	if err := checkBytes(data); err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if n := len(data); n > 0 && data[n-1] != '\n' && data[n-1] != '\r' {
		data = append(data[:n:n], '\n') // js-yaml does so, which counts in a block scalar
	}
	text, ok := canonical.Read(data)
	if ok {
		return &Document{Value: text.Value, lines: text.Lines}, nil
	}
	doc, err := loadNodes(data)
	if err != nil {
		return nil, locate(err, data, text.Stopped)
	}
	return doc, nil
}

// LoadJSON reads a JSON text as JavaScript's JSON.parse does. Every error is a
// *SyntaxError.
func LoadJSON(data []byte) (*Document, error) {
	ends := lineEnds(data)
	v, offsets, err := jsvalue.ParseJSONOffsets(data)
	if err != nil {
		bad := new(jsvalue.SyntaxError)
		if errors.As(err, &bad) {
			line, start := lineOf(ends, bad.Offset)
			return nil, &SyntaxError{Line: line, Column: bad.Offset - start + 1, Reason: bad.Reason}
		}
		return nil, &SyntaxError{Reason: err.Error()}
	}
	lines := make([]int32, len(offsets))
	for i, offset := range offsets {
		line, _ := lineOf(ends, offset)
		lines[i] = int32(line)
	}
	return &Document{Value: v, lines: lines}, nil
}

// lineEnds returns the offsets of all newlines.
func lineEnds(data []byte) []int {
	ends := make([]int, 0, bytes.Count(data, []byte("\n")))
	for i, c := range data {
		if c == '\n' {
			ends = append(ends, i)
		}
	}
	return ends
}

// lineOf returns the number of the line that holds an offset, and where it starts.
func lineOf(ends []int, offset int) (line, start int) {
	before := sort.SearchInts(ends, offset)
	if before > 0 {
		start = ends[before-1] + 1
	}
	return before + 1, start
}

// Line returns the line, from 1, on which something stands: the value itself
// for an empty path, else the member or element that the path leads to, keys
// given as string and list indexes as int. It returns 0 if there is no such
// thing. It may be called by several goroutines at once.
func (d *Document) Line(path ...any) int {
	if len(d.lines) == 0 {
		return 0
	}
	d.once.Do(d.index)
	v, at := d.Value, 0
	for depth, step := range path {
		i := childIndex(v, step)
		if i < 0 {
			return 0
		}
		switch depth {
		case 0:
			at = d.starts[i][0]
		case 1:
			at = d.starts[childIndex(d.Value, path[0])][1+i]
		default:
			at++
			for j := range i {
				at += size(child(v, j))
			}
		}
		v = child(v, i)
	}
	return int(d.lines[at])
}

// index finds where the upper two levels begin, so that asking for the line of
// every item of a large document is not quadratic.
func (d *Document) index() {
	at := 1
	d.starts = make([][]int, childCount(d.Value))
	for i := range d.starts {
		v := child(d.Value, i)
		starts := make([]int, 1, 1+childCount(v))
		starts[0] = at
		at++
		for j := range childCount(v) {
			starts = append(starts, at)
			at += size(child(v, j))
		}
		d.starts[i] = starts
	}
}

// size counts a value and everything in it.
func size(v jsvalue.Value) int {
	n := 1
	for _, e := range v.List() {
		n += size(e)
	}
	o := v.Object()
	for i := range o.Len() {
		if _, m := o.At(i); m.Kind() == jsvalue.KindList || m.Kind() == jsvalue.KindObject {
			n += size(m)
		} else {
			n++
		}
	}
	return n
}

func childCount(v jsvalue.Value) int { return len(v.List()) + v.Object().Len() }

func child(v jsvalue.Value, i int) jsvalue.Value {
	if v.Kind() == jsvalue.KindList {
		return v.List()[i]
	}
	_, m := v.Object().At(i)
	return m
}

// childIndex returns which child a step of a path leads to, -1 for none.
func childIndex(v jsvalue.Value, step any) int {
	switch step := step.(type) {
	case int:
		if step >= 0 && step < len(v.List()) {
			return step
		}
	case string:
		return v.Object().Index(step)
	}
	return -1
}

// checkBytes refuses what no YAML text may hold, and what js-yaml and the
// reader behind Load take for different things.
func checkBytes(data []byte) error {
	for i := 0; i < len(data); {
		c := data[i]
		if c < utf8.RuneSelf {
			if c == 0 {
				return errorAt(data, i, "a NUL byte")
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return errorAt(data, i, "not UTF-8")
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			return errorAt(data, i, fmt.Sprintf("a raw %U, which YAML readers disagree about", r))
		}
		i += size
	}
	return nil
}

func errorAt(data []byte, offset int, reason string) error {
	before := data[:offset]
	return &SyntaxError{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: offset - bytes.LastIndexByte(before, '\n'),
		Reason: reason,
	}
}

// locate corrects the line of an error of the YAML parser, which tends to name
// the start of the block that it was in. The canonical reader stopped at the
// fault, or before it if there is something else that it does not know.
func locate(err error, data []byte, stopped int) error {
	bad := new(SyntaxError)
	if !errors.As(err, &bad) || bad.Column > 0 {
		return err
	}
	if line := conflictLine(data); line > 0 {
		return &SyntaxError{Line: line, Column: 1, Reason: "a merge conflict that is not resolved"}
	}
	return &SyntaxError{Line: max(bad.Line, stopped), Reason: bad.Reason}
}

// conflictLine returns the first line that git left of a merge conflict, 0 if none.
func conflictLine(data []byte) int {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.HasPrefix(line, "<<<<<<< ") || strings.HasPrefix(line, ">>>>>>> ") || line == "=======\n" {
			return n
		}
	}
	return 0
}
