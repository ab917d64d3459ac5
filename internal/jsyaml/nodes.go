package jsyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/scalar"
)

const (
	// maxDepth is just below js-yaml 4.3's own limit of 100 levels, a scalar
	// being one too: in some places it counts a level more than there is.
	maxDepth = 99
	// maxAliased bounds how many values aliases may stand for in all, so that a
	// small text cannot become a huge one ("billion laughs").
	maxAliased = 500_000
	// maxMerged is js-yaml's limit to the mappings that one << may name.
	maxMerged = 100
)

// loadNodes reads a text through yaml.v3, of which it takes the nodes only: what
// a plain scalar means is for js-yaml to say.
func loadNodes(data []byte) (*Document, error) {
	if bytes.HasPrefix(data, []byte("%YAML 1.2")) {
		data = append([]byte("#"), data[1:]...) // yaml.v3 knows %YAML 1.1 only
	}
	root, err := parseNodes(data)
	if err != nil {
		if hidden, ok := hideSurrogates(data); ok {
			if root, err = parseNodes(hidden); root != nil {
				showSurrogates(root)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if root == nil {
		return &Document{lines: []int32{1}}, nil
	}
	c := converter{open: map[*yaml.Node]bool{}}
	v, err := c.value(root, 1)
	if err != nil {
		return nil, err
	}
	lines := append([]int32{int32(root.Line)}, v.lines...)
	return &Document{Value: v.Value, lines: lines}, nil
}

// parseNodes returns the root of the only document in data; nil if there is none.
func parseNodes(data []byte) (root *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // yaml.v3 has been seen to
			root, err = nil, &SyntaxError{Reason: fmt.Sprintf("the YAML parser gave up: %v", p)}
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, parserError(err, data)
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, &SyntaxError{Line: more.Line, Column: more.Column, Reason: "a second document"}
	case !errors.Is(err, io.EOF):
		return nil, parserError(err, data)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// parserError takes the line number out of an error of yaml.v3, which leaves it
// out for the first line, and for an alias.
func parserError(err error, data []byte) error {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		number, text, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			return &SyntaxError{Line: line, Reason: text}
		}
	}
	if rest, ok := strings.CutPrefix(reason, "unknown anchor '"); ok {
		name, _, _ := strings.Cut(rest, "'")
		at := max(0, bytes.Index(data, []byte("*"+name)))
		return errorAt(data, at, fmt.Sprintf("the anchor %.60q is not known", name))
	}
	return &SyntaxError{Line: 1, Reason: reason}
}

// located is a value, and the lines of everything in it as Document has them,
// its own excepted.
type located struct {
	jsvalue.Value
	lines []int32
}

type converter struct {
	open    map[*yaml.Node]bool // anchors whose aliases are being followed
	aliased int                 // values that stand for aliases
}

func nodeError(n *yaml.Node, format string, args ...any) error {
	return &SyntaxError{Line: n.Line, Column: n.Column, Reason: fmt.Sprintf(format, args...)}
}

func (c *converter) value(n *yaml.Node, depth int) (located, error) {
	if depth > maxDepth {
		return located{}, nodeError(n, "nested more than %d levels deep", maxDepth)
	}
	if len(c.open) > 0 {
		if c.aliased++; c.aliased > maxAliased {
			return located{}, nodeError(n, "aliases stand for more than %d values", maxAliased)
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.alias(n, depth)
	case yaml.SequenceNode:
		if err := checkCollection(n, "!!seq"); err != nil {
			return located{}, err
		}
		return c.sequence(n, depth)
	case yaml.MappingNode:
		if err := checkCollection(n, "!!map"); err != nil {
			return located{}, err
		}
		return c.mapping(n, depth)
	default:
	}
	v, err := scalarValue(n)
	return located{Value: v}, err
}

// checkCollection refuses a tag other than the one that says nothing new, and
// {a:} and [a:], which js-yaml takes for a key without a value, yaml.v3 for "a:".
func checkCollection(n *yaml.Node, tag string) error {
	if n.Style&yaml.TaggedStyle != 0 && n.ShortTag() != tag {
		return nodeError(n, "the tag %.60q is not known here", n.Tag)
	}
	if n.Style&yaml.FlowStyle == 0 {
		return nil
	}
	for _, child := range n.Content {
		if child.Kind == yaml.ScalarNode && isPlain(child) && strings.HasSuffix(child.Value, ":") {
			return nodeError(child, "%.60q ends in a colon: quote it, or put a space behind the colon", child.Value)
		}
	}
	return nil
}

func (c *converter) alias(n *yaml.Node, depth int) (located, error) {
	if c.open[n.Alias] {
		return located{}, nodeError(n, "the anchor %.60q holds itself", n.Value)
	}
	c.open[n.Alias] = true
	defer delete(c.open, n.Alias)
	return c.value(n.Alias, depth)
}

func (c *converter) sequence(n *yaml.Node, depth int) (located, error) {
	list := make([]jsvalue.Value, 0, len(n.Content))
	var lines []int32
	for _, elem := range n.Content {
		v, err := c.value(elem, depth+1)
		if err != nil {
			return located{}, err
		}
		list = append(list, v.Value)
		lines = append(append(lines, int32(elem.Line)), v.lines...)
	}
	return located{jsvalue.List(list...), lines}, nil
}

// members is a mapping in the making.
type members struct {
	obj    *jsvalue.Object
	lines  map[string][]int32 // of each member: its own, then those within
	merged map[string]bool    // those that came by << and may yet be overridden
}

func (m *members) set(key string, line int32, v located) {
	m.obj.Set(key, v.Value)
	m.lines[key] = append([]int32{line}, v.lines...)
}

func (m *members) located() located {
	obj := m.obj.InPropertyOrder()
	var lines []int32
	for _, key := range obj.Keys() {
		lines = append(lines, m.lines[key]...)
	}
	return located{jsvalue.FromObject(obj), lines}
}

// mapping is readBlockMapping and storeMappingPair of js-yaml's lib/loader.js.
func (c *converter) mapping(n *yaml.Node, depth int) (located, error) {
	count := len(n.Content) / 2
	m := members{jsvalue.NewObject(count), make(map[string][]int32, count), nil}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, elem := n.Content[i], n.Content[i+1]
		if isMergeKey(k) {
			if err := c.merge(&m, elem, depth); err != nil {
				return located{}, err
			}
			continue
		}
		key, err := c.key(k, depth+1)
		if err != nil {
			return located{}, err
		}
		if _, known := m.obj.Get(key); known && !m.merged[key] {
			return located{}, nodeError(k, "the key %.60q occurs twice", key)
		}
		delete(m.merged, key)
		v, err := c.value(elem, depth+1)
		if err != nil {
			return located{}, err
		}
		m.set(key, int32(k.Line), v)
	}
	return m.located(), nil
}

func isMergeKey(k *yaml.Node) bool {
	return k.Kind == yaml.ScalarNode && k.Value == "<<" && isPlain(k)
}

// isPlain tells whether a scalar has neither quotes nor a tag.
func isPlain(n *yaml.Node) bool {
	const marked = yaml.TaggedStyle | yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return n.Style&marked == 0
}

// merge adds what a << names: the members of a mapping, or of several.
func (c *converter) merge(m *members, n *yaml.Node, depth int) error {
	src := n
	if src.Kind == yaml.AliasNode {
		src = src.Alias
	}
	if src.Kind == yaml.SequenceNode {
		if len(src.Content) > maxMerged {
			return nodeError(n, "<< names more than %d mappings", maxMerged)
		}
		for _, elem := range src.Content {
			if err := c.mergeOne(m, elem, depth); err != nil {
				return err
			}
		}
		return nil
	}
	return c.mergeOne(m, n, depth)
}

func (c *converter) mergeOne(m *members, n *yaml.Node, depth int) error {
	v, err := c.value(n, depth+1)
	if err != nil {
		return err
	}
	if v.Kind() != jsvalue.KindObject {
		return nodeError(n, "<< names something that is not a mapping")
	}
	if m.merged == nil {
		m.merged = map[string]bool{}
	}
	at := 0
	for i := range v.Object().Len() {
		key, member := v.Object().At(i)
		end := at + size(member)
		if _, known := m.obj.Get(key); !known {
			m.set(key, v.lines[at], located{member, v.lines[at+1 : end]})
			m.merged[key] = true
		}
		at = end
	}
	return nil
}

// key returns a key as the string that JavaScript makes of it.
func (c *converter) key(n *yaml.Node, depth int) (string, error) {
	if n.Kind == yaml.ScalarNode && n.Value == "" && isPlain(n) {
		// js-yaml takes "&a: b" for an anchor called "a:".
		return "", nodeError(n, "a key is missing")
	}
	v, err := c.value(n, depth)
	if err != nil {
		return "", err
	}
	for _, elem := range v.List() {
		if elem.Kind() == jsvalue.KindList {
			return "", nodeError(n, "a key with a list within a list")
		}
	}
	return jsvalue.Text(v.Value), nil
}

// scalarValue gives a scalar the meaning that js-yaml's default schema gives it.
func scalarValue(n *yaml.Node) (jsvalue.Value, error) {
	if n.Style&yaml.TaggedStyle == 0 {
		if isPlain(n) {
			return scalar.Resolve(n.Value), nil
		}
		return jsvalue.String(n.Value), nil
	}
	v := scalar.Resolve(n.Value)
	kind := v.Kind()
	switch n.ShortTag() {
	case "!!str":
		return jsvalue.String(n.Value), nil
	case "!!null":
		if kind == jsvalue.KindNull && (n.Value != "" || n.Style == yaml.TaggedStyle) {
			return v, nil
		}
	case "!!bool":
		if kind == jsvalue.KindBool {
			return v, nil
		}
	case "!!int":
		if scalar.IsInt(n.Value, Dialect43) {
			return v, nil
		}
	case "!!float":
		if scalar.IsFloat(n.Value, Dialect43) {
			return v, nil
		}
	case "!!timestamp":
		if scalar.IsTimestamp(n.Value) {
			return v, nil
		}
	default:
		return v, nodeError(n, "the tag %.60q is not known here", n.Tag)
	}
	return v, nodeError(n, "%.60q is no %s", n.Value, n.ShortTag())
}
