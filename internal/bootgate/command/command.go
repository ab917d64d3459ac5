// Package command runs the commands of a Directus image: it finds them, bounds
// their time, passes on what they print, and notes what they call an error. It
// judges nothing by their exit code.
package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// FileWord stands in a command for the file to apply.
const FileWord = "{file}"

// image is the working directory of the official image of Directus.
const image = "/directus"

// Split reads a command line as a shell would its words: blanks part them, quotes
// of both kinds and backslashes keep them together. Nothing is expanded.
func Split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun, quote := false, rune(0)
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, begun = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if begun {
				words = append(words, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("the command has a quote or backslash that nothing follows")
	}
	if begun {
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, errors.New("the command is empty")
	}
	return words, nil
}

// Site is where the commands of Directus are looked for.
type Site struct {
	Dir      string                                   // the working directory
	LookPath func(name string) (string, error)        // nil for [exec.LookPath]
	ReadFile func(name string) (data []byte, e error) // nil for [os.ReadFile]
}

func (s Site) lookPath(name string) (string, error) {
	if s.LookPath != nil {
		return s.LookPath(name)
	}
	return exec.LookPath(name)
}

func (s Site) readFile(name string) ([]byte, error) {
	if s.ReadFile != nil {
		return s.ReadFile(name)
	}
	return os.ReadFile(name)
}

// ErrNoDirectus says that nothing here runs Directus.
var ErrNoDirectus = errors.New("no Directus was found here: neither /directus/cli.js, nor directus or npx on PATH; give --bootstrap-command and --apply-command")

// Find returns the words that run Directus's command line: `node
// /directus/cli.js` as in the official image, else directus on PATH, else npx
// without installing anything. It returns [ErrNoDirectus] where there is neither.
func (s Site) Find() ([]string, error) {
	if _, err := s.readFile(filepath.Join(image, "cli.js")); err == nil {
		if node, err := s.lookPath("node"); err == nil {
			return []string{node, filepath.Join(image, "cli.js")}, nil
		}
	}
	if own, err := s.lookPath("directus"); err == nil {
		return []string{own}, nil
	}
	if npx, err := s.lookPath("npx"); err == nil {
		if _, err := s.readFile(filepath.Join(s.Dir, "package.json")); err == nil {
			return []string{npx, "--no-install", "directus"}, nil
		}
	}
	return nil, ErrNoDirectus
}

// With returns the words with the file in its place.
func With(words []string, file string) []string {
	out := slices.Clone(words)
	for i, word := range out {
		out[i] = strings.ReplaceAll(word, FileWord, file)
	}
	return out
}

// HasFile tells whether the words say where the file goes.
func HasFile(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, FileWord) })
}

// name is what messages call a command: its program, and Directus's own words.
func name(words []string) string {
	shown := filepath.Base(words[0])
	if len(words) > 1 && filepath.Base(words[1]) == "cli.js" {
		shown = "directus"
		words = words[1:]
	}
	for _, word := range words[1:min(len(words), 3)] {
		if strings.HasPrefix(word, "-") || strings.ContainsAny(word, "/=:@") {
			break
		}
		shown += " " + word
	}
	return fmt.Sprintf("`%s`", shown)
}
