package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// An Error is a setting that cannot be obeyed, with its place. It is a usage
// error: nothing was checked.
type Error struct {
	File   string // as a message names it; "" when the source is no file
	Line   int    // from 1; 0 when the whole file is meant
	Source string // "env X" or "flag --x", when File is ""
	Key    string // "" when no key is to blame
	Msg    string
}

// Error returns "file:line: message".
func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Source + ": " + e.Msg
	case e.Line == 0:
		return e.File + ": " + e.Msg
	}
	return e.File + ":" + strconv.Itoa(e.Line) + ": " + e.Msg
}

// yamlLine takes the line out of yaml.v3's own messages.
var yamlLine = regexp.MustCompile(`line (\d+): `)

// decode reads the file's bytes into c.
func (c *Config) decode(data []byte, table []key) []error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty file sets nothing
		}
		return []error{c.syntaxError(err)}
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return []error{&Error{File: c.fileInText, Line: max(second.Line, 1), Msg: "more than one YAML document: keep one"}}
	}
	if len(doc.Content) != 1 {
		return nil
	}
	root := doc.Content[0]
	if root.Tag == "!!null" {
		return nil
	}
	return c.decodeMap(root, "", table)
}

// syntaxError turns yaml.v3's message into one with the line in front. The
// message may quote the file, so only its first line is kept and quoted parts
// are cut.
func (c *Config) syntaxError(err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlLine.FindStringSubmatchIndex(msg); m != nil {
		line, _ = strconv.Atoi(msg[m[2]:m[3]])
		msg = msg[m[1]:]
	}
	msg, _, _ = strings.Cut(msg, "\n")
	return &Error{File: c.fileInText, Line: line, Msg: "not valid YAML: " + printable(msg)}
}

// decodeMap walks one mapping; prefix is "" or "section.".
func (c *Config) decodeMap(n *yaml.Node, prefix string, table []key) []error {
	if n.Kind != yaml.MappingNode {
		name := "the file"
		if prefix != "" {
			name = strings.TrimSuffix(prefix, ".")
		}
		return []error{c.at(n, name, "%s must be a mapping of keys to values", name)}
	}
	var problems []error
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		kn, vn := n.Content[i], n.Content[i+1]
		if kn.Kind != yaml.ScalarNode {
			problems = append(problems, c.at(kn, "", "a key must be a plain word"))
			continue
		}
		name := prefix + kn.Value
		if first, ok := seen[name]; ok {
			problems = append(problems, c.at(kn, name, "%s is set twice, first at line %d", shown(name), first))
			continue
		}
		seen[name] = kn.Line
		problems = append(problems, c.decodeKey(kn, vn, name, table)...)
	}
	return problems
}

func (c *Config) decodeKey(kn, vn *yaml.Node, name string, table []key) []error {
	if name == targetsKey {
		return c.decodeTargets(vn)
	}
	for _, k := range table {
		if k.name == name {
			return c.decodeValue(kn, vn, k)
		}
		if strings.HasPrefix(k.name, name+".") {
			if vn.Kind == yaml.ScalarNode && vn.Tag == "!!null" {
				return nil // a section whose lines are all commented out
			}
			return c.decodeMap(vn, name+".", table)
		}
	}
	msg := "unknown key " + shown(name)
	if near := suggest(name, table); near != "" {
		msg += "; did you mean " + near + "?"
	} else {
		msg += "; the keys are listed in docs/configuration.md"
	}
	return []error{c.at(kn, name, "%s", msg)}
}

func (c *Config) decodeValue(kn, vn *yaml.Node, k key) []error {
	o := Origin{Kind: FromFile, Name: c.fileInText, Line: kn.Line}
	var words []string
	switch {
	case vn.Kind == yaml.AliasNode:
		return []error{c.at(vn, k.name, "%s is an alias: write the value itself", k.name)}
	case vn.Kind == yaml.ScalarNode && (vn.Tag == "!!null" || vn.Value == ""):
		return []error{c.at(vn, k.name, "%s has no value: give it one or delete the line", k.name)}
	case vn.Kind == yaml.ScalarNode && k.kind == list:
		return []error{c.at(vn, k.name, "%s must be a list, for example [%s]", k.name, printable(vn.Value))}
	case vn.Kind == yaml.ScalarNode:
		words = []string{vn.Value}
	case vn.Kind == yaml.SequenceNode && k.kind == list:
		for _, item := range vn.Content {
			if item.Kind != yaml.ScalarNode || item.Tag == "!!null" || item.Value == "" {
				return []error{c.at(item, k.name, "%s must be a list of words", k.name)}
			}
			words = append(words, item.Value)
		}
	default:
		return []error{c.at(vn, k.name, "%s must be a single value", k.name)}
	}
	for _, w := range words {
		if strings.ContainsRune(w, 0) {
			return []error{c.at(vn, k.name, "%s holds a NUL byte", k.name)}
		}
	}
	if err := k.set(c, words, o); err != nil {
		return []error{c.at(vn, k.name, "%s", err.Error())}
	}
	return nil
}

func (c *Config) at(n *yaml.Node, name, format string, args ...any) error {
	return &Error{File: c.fileInText, Line: n.Line, Key: name, Msg: fmt.Sprintf(format, args...)}
}

// shown quotes a key of the file when it is not a plain word.
func shown(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == "" && len(name) <= 60 {
		return name
	}
	if len(name) > 60 {
		name = name[:60] + "..."
	}
	return strconv.Quote(name)
}

// printable replaces what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
