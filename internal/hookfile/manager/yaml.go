package manager

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// errOtherKeys says that the mapping is there, and has other keys than the one to add to.
var errOtherKeys = errors.New("its keys are others than expected")

// addYAML adds an entry to the list or mapping at a path of one or two keys, as the first, without touching any other
// byte: comments, order and quoting stay as they are. What is missing of the path is added at the end of the file. It
// adds nothing, and says why, where that cannot be done by inserting lines.
func addYAML(text string, keys, entry []string) (string, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return "", fmt.Errorf("its YAML cannot be read: %w", err)
	}
	at, lines, err := place(text, &doc, keys, entry)
	if err != nil {
		return "", err
	}
	out := insertLines(text, at, lines)
	if err := onlyAdded(text, out, keys); err != nil {
		return "", err
	}
	return out, nil
}

// place returns the lines to insert, and in front of which line.
func place(text string, doc *yaml.Node, keys, entry []string) (int, []string, error) {
	if len(doc.Content) == 0 {
		return strings.Count(text, "\n") + 1, block(nested(keys, entry), ""), nil
	}
	node := doc.Content[0]
	for i, key := range keys {
		if node.Kind != yaml.MappingNode || node.Style&yaml.FlowStyle != 0 {
			return 0, nil, fmt.Errorf("%s is no block mapping", strings.Join(keys[:i], "."))
		}
		k, v := child(node, key)
		switch {
		case k == nil && i == 0:
			return strings.Count(text, "\n") + 1, block(nested(keys, entry), ""), nil
		case k == nil:
			return 0, nil, errOtherKeys
		case i < len(keys)-1:
			node = v
			continue
		}
		head := strings.Split(text, "\n")[k.Line-1]
		after, _, _ := strings.Cut(head[min(len(head), k.Column-1+len(key)):], "#")
		if strings.TrimSpace(after) != ":" || v.Line <= k.Line || v.Style&yaml.FlowStyle != 0 || v.Kind == yaml.ScalarNode || v.Kind == yaml.AliasNode {
			return 0, nil, fmt.Errorf("%s is not written as a block", strings.Join(keys, "."))
		}
		return k.Line, block(entry, strings.Repeat(" ", v.Column-1)), nil
	}
	return 0, nil, errOtherKeys
}

// nested puts an entry below its keys.
func nested(keys, entry []string) []string {
	var lines []string
	by := ""
	for _, key := range keys {
		lines = append(lines, by+key+":")
		by += "  "
	}
	for _, line := range entry {
		lines = append(lines, by+line)
	}
	return lines
}

func child(mapping *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// onlyAdded proves that the new text says what the old one did, and one entry more at the path.
func onlyAdded(before, after string, keys []string) error {
	var have, got map[string]any
	if err := errors.Join(yaml.Unmarshal([]byte(before), &have), yaml.Unmarshal([]byte(after), &got)); err != nil {
		return fmt.Errorf("adding lines would break it: %w", err)
	}
	if n := length(got, keys) - length(have, keys); n != 1 {
		return fmt.Errorf("adding lines would change it: %d entries more at %s", n, strings.Join(keys, "."))
	}
	delete(have, keys[0])
	delete(got, keys[0])
	if len(have)+len(got) > 0 && !reflect.DeepEqual(have, got) {
		return errors.New("adding lines would change other parts of it")
	}
	return nil
}

// length counts the entries at a path; none where there is no such path.
func length(doc map[string]any, keys []string) int {
	var at any = doc
	for _, key := range keys {
		m, ok := at.(map[string]any)
		if !ok {
			return 0
		}
		at = m[key]
	}
	switch v := at.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return 0
}
