// Package dockerfile reads of a Dockerfile what the image it builds starts from and
// which environment it sets: FROM, ARG and ENV, and nothing else. It refuses to
// judge whether the file builds.
package dockerfile

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/envfile"
)

// A Stage is what a Dockerfile says of the image that a service is built from.
type Stage struct {
	Base string        // the image of the last FROM in the chain, variables replaced
	Line int           // of that FROM
	Env  []envfile.Var // ENV of the chain, base first
}

// maxStages bounds the chain of FROM stage; a Dockerfile has a handful.
const maxStages = 100

type from struct {
	image string
	name  string
	line  int
	env   []envfile.Var
}

// Parse follows the chain of FROM from the target (or the last stage) to
// an image, with build arguments replaced. shown names the file in origins. It
// returns false when there is no FROM.
func Parse(shown, src, target string, args map[string]string) (Stage, bool) {
	global := make(map[string]string)
	var stages []*from
	for _, in := range instructions(src) {
		lookup := func(name string) (string, bool) {
			if v, ok := args[name]; ok && v != "" {
				return v, true
			}
			v, ok := global[name]
			return v, ok
		}
		switch in.word {
		case "ARG":
			for _, pair := range shellWords(in.rest) {
				name, value, _ := strings.Cut(pair, "=")
				if expanded, err := envfile.Interpolate(value, lookup, nil); err == nil {
					value = expanded
				}
				// An ARG inside a stage without a value repeats the global one.
				if value != "" || global[name] == "" {
					global[name] = value
				}
			}
		case "FROM":
			if f := parseFrom(in, lookup); f != nil && len(stages) < maxStages {
				stages = append(stages, f)
			}
		case "ENV":
			if len(stages) > 0 {
				last := stages[len(stages)-1]
				last.env = append(last.env, parseEnv(shown, in, lookup)...)
			}
		}
	}
	return follow(stages, target)
}

func parseFrom(in instruction, lookup func(string) (string, bool)) *from {
	words := strings.Fields(in.rest)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	image, err := envfile.Interpolate(strings.Trim(words[0], `"`), lookup, nil)
	if err != nil {
		return nil
	}
	f := &from{image: image, line: in.line}
	if len(words) == 3 && strings.EqualFold(words[1], "as") {
		f.name = strings.ToLower(words[2])
	}
	return f
}

// follow walks from the wanted stage to its image.
func follow(stages []*from, target string) (Stage, bool) {
	at := len(stages) - 1
	for i, f := range stages {
		if target != "" && f.name == strings.ToLower(target) {
			at = i
		}
	}
	if at < 0 {
		return Stage{}, false
	}
	var out Stage
	for {
		f := stages[at]
		out.Base, out.Line = f.image, f.line
		out.Env = append(append([]envfile.Var{}, f.env...), out.Env...)
		base := -1
		for i := range at { // a stage can only build on an earlier one
			if stages[i].name != "" && stages[i].name == strings.ToLower(f.image) {
				base = i
			}
		}
		if base < 0 {
			return out, true
		}
		at = base
	}
}

type instruction struct {
	word string
	rest string
	line int
}

// instructions splits a Dockerfile into its instructions, with continued lines
// joined and comments left out.
func instructions(src string) []instruction {
	var out []instruction
	var current strings.Builder
	start := 0
	for i, line := range strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || trimmed == "" && current.Len() == 0 {
			continue
		}
		if current.Len() == 0 {
			start = i + 1
		}
		if cut, ok := strings.CutSuffix(trimmed, `\`); ok {
			current.WriteString(cut + " ")
			continue
		}
		current.WriteString(trimmed)
		word, rest, _ := strings.Cut(strings.TrimSpace(current.String()), " ")
		out = append(out, instruction{strings.ToUpper(word), strings.TrimSpace(rest), start})
		current.Reset()
	}
	return out
}

// parseEnv reads "ENV A=b C=d" and the old "ENV A b c".
func parseEnv(shown string, in instruction, lookup func(string) (string, bool)) []envfile.Var {
	origin := shown + ":" + strconv.Itoa(in.line)
	first, rest, _ := strings.Cut(in.rest, " ")
	pairs := shellWords(in.rest)
	if !strings.Contains(first, "=") {
		pairs = []string{first + "=" + strings.TrimSpace(rest)}
	}
	var out []envfile.Var
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			continue
		}
		if expanded, err := envfile.Interpolate(value, lookup, nil); err == nil {
			value = expanded
		}
		out = append(out, envfile.Var{Name: name, Value: value, Origin: origin})
	}
	return out
}

var shellWord = regexp.MustCompile(`(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+`)

// shellWords splits at blanks outside of quotes and takes the quotes off.
func shellWords(s string) []string {
	words := shellWord.FindAllString(s, -1)
	for i, w := range words {
		var b strings.Builder
		quote := byte(0)
		for j := 0; j < len(w); j++ {
			c := w[j]
			switch {
			case c == '\\' && quote != '\'' && j+1 < len(w):
				j++
				b.WriteByte(w[j])
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			case c == quote && quote != 0:
				quote = 0
			default:
				b.WriteByte(c)
			}
		}
		words[i] = b.String()
	}
	return words
}
