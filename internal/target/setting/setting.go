// Package setting is the key targets of the settings file: the environments that a
// project is deployed to, each a database.
//
//	targets:
//	  stage: {url_env: STAGE_DATABASE_URL}
//	  prod: {url_env: PROD_DATABASE_URL}
//
// It reads strictly, connects to nothing, and puts no url into a message.
package setting

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/internal/spelling"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Target is one environment.
type Target struct {
	Name string
	// URL is a URL or keyword DSN, a secret; URLEnv the name of the variable that
	// holds it. Exactly one is set.
	URL, URLEnv string
	Line        int // of the settings file, from 1
}

// Problem is what cannot be obeyed.
type Problem struct {
	Line int
	Key  string // "targets.stage.url"
	Msg  string // lower case, no final period
}

// Error implements error.
func (p Problem) Error() string { return p.Msg }

// names are what a target can be called: it becomes the value of a flag.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)

// variable is the name of an environment variable.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Parse reads the value of the key targets; nothing, or null, are no targets. The
// targets come in the order of the file.
func Parse(n *yaml.Node) ([]Target, []Problem) {
	if n == nil || n.Kind == 0 || n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, []Problem{{n.Line, "targets", "targets must be a mapping of names to databases"}}
	}
	var out []Target
	var problems []Problem
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		t := Target{Name: key.Value, Line: key.Line}
		at := "targets." + terminal.Clean(t.Name)
		bad := func(line int, key, format string, args ...any) {
			problems = append(problems, Problem{line, key, fmt.Sprintf(format, args...)})
		}
		switch {
		case key.Kind != yaml.ScalarNode || !names.MatchString(t.Name):
			bad(key.Line, "targets", "the name of a target has letters, digits, dots, dashes and underscores, and at most 63 of them")
			continue
		case slices.ContainsFunc(out, func(o Target) bool { return o.Name == t.Name }):
			bad(key.Line, at, "%s is set twice", at)
			continue
		case value.Kind != yaml.MappingNode:
			bad(value.Line, at, "%s must be a mapping with url or url_env", at)
			continue
		}
		before := len(problems)
		t.read(value, at, bad)
		switch {
		case len(problems) > before:
		case t.URL == "" && t.URLEnv == "":
			bad(key.Line, at, "%s names no database: set url_env, or url", at)
		case t.URL != "" && t.URLEnv != "":
			bad(key.Line, at, "%s has both url and url_env: keep one", at)
		default:
			out = append(out, t)
		}
	}
	return out, problems
}

// read reads one target.
func (t *Target) read(n *yaml.Node, at string, bad func(int, string, string, ...any)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := at + "." + terminal.Clean(key.Value)
		if seen[key.Value] {
			bad(key.Line, name, "%s is set twice", name)
			continue
		}
		seen[key.Value] = true
		switch {
		case key.Value != "url" && key.Value != "url_env":
			msg := "unknown key " + name
			if near := nearest(key.Value, []string{"url", "url_env"}); near != "" {
				msg += "; did you mean " + near + "?"
			}
			bad(key.Line, name, "%s", msg)
		case value.Kind != yaml.ScalarNode || value.Tag != "!!str" || strings.TrimSpace(value.Value) == "":
			bad(value.Line, name, "%s must be a text", name) // and not which: it may be a secret
		case key.Value == "url":
			t.URL = value.Value
		case !variable.MatchString(value.Value):
			bad(value.Line, name, "%s must be the name of an environment variable", name)
		default:
			t.URLEnv = value.Value
		}
	}
}

// UnsetError says that the variable of a target is not set here.
type UnsetError struct{ Target, Variable string }

// Error implements error.
func (e *UnsetError) Error() string {
	return fmt.Sprintf("target %s: the environment variable %s is not set", e.Target, e.Variable)
}

// DSN is the connection string, a secret. It returns an *[UnsetError].
func (t Target) DSN(getenv func(string) string) (string, error) {
	if t.URLEnv == "" {
		return t.URL, nil
	}
	if dsn := getenv(t.URLEnv); dsn != "" {
		return dsn, nil
	}
	return "", &UnsetError{t.Name, t.URLEnv}
}

// UnknownError says that there is no such target.
type UnknownError struct {
	Name  string
	Known []string
	Near  string // what may have been meant; may be empty
}

// Error implements error.
func (e *UnknownError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("there is no target %q: the settings have none (targets: in .schemaguard.yaml)", e.Name)
	}
	text := fmt.Sprintf("there is no target %q among %s", e.Name, strings.Join(e.Known, ", "))
	if e.Near != "" {
		text += "; did you mean " + e.Near + "?"
	}
	return text
}

// Find returns the target of a name, or an *[UnknownError].
func Find(all []Target, name string) (Target, error) {
	var known []string
	for _, t := range all {
		if t.Name == name {
			return t, nil
		}
		known = append(known, t.Name)
	}
	slices.SortFunc(known, cmp.Compare[string])
	return Target{}, &UnknownError{terminal.Clean(name), known, nearest(name, known)}
}

// nearest is the word that is spelt most like the given one, "" where none is near.
func nearest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := spelling.Distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}
