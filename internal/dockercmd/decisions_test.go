package dockercmd

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what Parse says into testdata/decisions.txt")

// summary is all that matters of a command, in one line.
func summary(c Command) string {
	parts := []string{c.Kind.String()}
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, strings.TrimPrefix(name+"="+value, "="))
		}
	}
	joined := func(name string, list []string) { add(name, strings.Join(list, ",")) }
	effect := func(name string, e Effect) {
		if e != None {
			add(name, e.String())
		}
	}
	if c.Kind != ReadOnly && c.Object != Nothing {
		joined(c.Object.String(), c.Targets)
		if c.All {
			add(c.Object.String(), "ALL")
		}
	} else if c.All {
		add("", "ALL")
	}
	effect("", c.Effect)
	effect("deps", c.Dependencies)
	effect("dependents", c.Dependents)
	effect("siblings", c.Siblings)
	if c.Cascades {
		add("", "cascades")
	}
	joined("images", c.Images)
	joined("words", c.Words)
	for _, s := range c.Scales {
		add("scale", fmt.Sprintf("%s:%d", s.Service, s.N))
	}
	if c.Volumes.Scope != NoVolumes {
		add("loses", c.Volumes.Scope.String())
		joined("volumes", c.Volumes.Names)
		if c.Volumes.Named {
			add("", "named-too")
		}
	}
	joined("globals", c.Globals)
	joined("project", c.Project.Args)
	joined("unknown", c.Unknown)
	if c.Help {
		add("", "help")
	}
	if c.DryRun {
		add("", "dry-run")
	}
	return strings.Join(parts, " ")
}

// invocation reads a row: [v1|v2] [VAR=value...] PROGRAM ARG... Words are split at blanks; "" is an empty word.
func invocation(row string) Invocation {
	env := map[string]string{}
	in := Invocation{Env: func(k string) string { return env[k] }}
	fields := strings.Fields(row)
	for len(fields) > 0 {
		switch name, value, assigned := strings.Cut(fields[0], "="); {
		case fields[0] == "v1":
			in.Version = V1
		case fields[0] == "v2":
			in.Version = V2
		case assigned:
			env[name] = value
		default:
			in.Program = fields[0]
			for _, f := range fields[1:] {
				in.Args = append(in.Args, strings.Trim(f, `"`))
			}
			return in
		}
		fields = fields[1:]
	}
	return in
}

var arrow = regexp.MustCompile(` +=> +`)

func TestDecisions(t *testing.T) {
	t.Parallel()
	const file = "testdata/decisions.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[Kind]int{}
	var want, got []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		want = append(want, line)
		if line == "" || line[0] == '#' {
			got = append(got, line)
			continue
		}
		row := arrow.Split(line, 2)[0]
		c := Parse(invocation(row))
		kinds[c.Kind]++
		got = append(got, fmt.Sprintf("%-56s => %s", row, summary(c)))
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	for k := ReadOnly; k <= MayBoot; k++ {
		if kinds[k] < 10 {
			t.Errorf("%d rows are %v, a table that proves something has more", kinds[k], k)
		}
	}
}
