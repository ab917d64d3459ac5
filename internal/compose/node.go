package compose

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/envfile"
	"gopkg.in/yaml.v3"
)

// maxMerges bounds how deep "<<" may nest, so that a file of aliases cannot grow
// without end.
const maxMerges = 10

// pair is one entry of a mapping.
type pair struct {
	key   *yaml.Node
	value *yaml.Node
}

// resolve follows an alias; a node that is missing stays nil.
func resolve(n *yaml.Node) *yaml.Node {
	for range maxMerges {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// pairs returns the entries of a mapping with its "<<" merged in, the mapping's
// own entries first. Anything but a mapping has none.
func pairs(n *yaml.Node) []pair {
	return appendPairs(nil, n, make(map[string]bool), 0)
}

func appendPairs(out []pair, n *yaml.Node, seen map[string]bool, depth int) []pair {
	n = resolve(n)
	if n == nil || depth > maxMerges {
		return out
	}
	if n.Kind == yaml.SequenceNode && depth > 0 { // <<: [*a, *b]
		for _, item := range n.Content {
			out = appendPairs(out, item, seen, depth+1)
		}
		return out
	}
	if n.Kind != yaml.MappingNode {
		return out
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Value == "<<" && k.Tag == "!!merge" {
			merged = append(merged, v)
			continue
		}
		if k.Kind == yaml.ScalarNode && !seen[k.Value] {
			seen[k.Value] = true
			out = append(out, pair{k, resolve(v)})
		}
	}
	for _, m := range merged {
		out = appendPairs(out, m, seen, depth+1)
	}
	return out
}

// child returns the value of a key, nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	for _, p := range pairs(n) {
		if p.key.Value == key {
			return p.value
		}
	}
	return nil
}

// items returns the entries of a sequence.
func items(n *yaml.Node) []*yaml.Node {
	n = resolve(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, 0, len(n.Content))
	for _, item := range n.Content {
		if item = resolve(item); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// isNull reports a key without a value.
func isNull(n *yaml.Node) bool { return n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// tagged reports compose's own tags !reset and !override.
func tagged(n *yaml.Node, tag string) bool { return n != nil && n.Tag == tag }

// text returns a scalar with its variables replaced.
func (r *reader) text(n *yaml.Node) string {
	s, _ := r.textOK(n)
	return s
}

// textOK is text, and reports false when a required variable is missing or the
// template is broken; that is a warning already.
func (r *reader) textOK(n *yaml.Node) (string, bool) {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", false
	}
	s, err := envfile.Interpolate(n.Value, r.project.env.lookup, func(name string) {
		r.warn(n, "the variable %s is not set; compose takes it for empty", name)
	})
	if err != nil {
		r.warn(n, "%s", err.Error())
		return "", false
	}
	return s, true
}

// words returns a list of texts: a sequence, or one scalar.
func (r *reader) words(n *yaml.Node) []string {
	if n = resolve(n); n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		if s, ok := r.textOK(n); ok {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, item := range items(n) {
		if s, ok := r.textOK(item); ok {
			out = append(out, s)
		}
	}
	return out
}

// command returns a command: a sequence as it is, a text split at blanks. What is
// quoted in a text stays one word with its quotes; nobody runs it.
func (r *reader) command(n *yaml.Node) []string {
	if n = resolve(n); n != nil && n.Kind == yaml.ScalarNode {
		return strings.Fields(r.text(n))
	}
	return r.words(n)
}

// number returns a small non-negative integer, 0 when it is none.
func (r *reader) number(n *yaml.Node) int {
	i, err := strconv.Atoi(strings.TrimSpace(r.text(n)))
	if err != nil || i < 0 {
		return 0
	}
	return i
}

// at is "file:line" of a node in the file that is being read.
func (r *reader) at(n *yaml.Node) string {
	if n == nil {
		return r.shown
	}
	return r.shown + ":" + strconv.Itoa(n.Line)
}

func (r *reader) warn(n *yaml.Node, format string, args ...any) {
	w := strings.Map(printable, r.at(n)+": "+fmt.Sprintf(format, args...))
	if r.current != nil {
		r.current.Warnings = appendOnce(r.current.Warnings, w)
		return
	}
	r.project.Warnings = appendOnce(r.project.Warnings, w)
}
