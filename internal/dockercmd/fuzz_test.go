package dockercmd

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// programs are those that Parse knows, and one that it does not.
var programs = []string{"docker", "docker-compose", "podman", "podman-compose", "/opt/x/docker.exe", "nerdctl"}

// FuzzParse holds what must be true of every command line, given as words with NUL between.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/decisions.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if row := arrow.Split(strings.TrimSpace(line), 2)[0]; row != "" && row[0] != '#' {
			in := invocation(row)
			f.Add(uint8(max(0, slices.Index(programs, in.Program))), strings.Join(in.Args, "\x00"), "a.yml:b.yml", uint8(in.Version))
		}
	}
	f.Add(uint8(0), "--\x00-\x00---\x00-=\x00--=\x00-H", ":", uint8(9))
	f.Fuzz(func(t *testing.T, program uint8, words, env string, version uint8) {
		in := Invocation{Program: programs[int(program)%len(programs)], Args: strings.Split(words, "\x00"), Version: Version(version % 3)}
		in.Env = func(string) string { return env }
		before := slices.Clone(in.Args)
		c := Parse(in)
		if !slices.Equal(before, in.Args) {
			t.Errorf("the words were changed to %q", in.Args)
		}
		check(t, in, c)
		preparedAgrees(t, in, c)
	})
}

// check says which promise a command breaks.
func check(t *testing.T, in Invocation, c Command) {
	t.Helper()
	for _, words := range [][]string{c.Globals, c.Project.Args, c.Words, c.Volumes.Names} {
		if rest, ok := subsequence(words, in.Args); !ok {
			t.Errorf("%q is no part of %q, from %q on", words, in.Args, rest)
		}
	}
	line := strings.Join(in.Args, "\x00")
	for _, name := range slices.Concat(c.Targets, c.Images) {
		if !strings.Contains(line, name) {
			t.Errorf("%q is not in %q", name, in.Args)
		}
	}
	if c.Kind == ReadOnly && (c.Effect != None || c.Dependencies != None || c.Dependents != None || c.Volumes.Scope != NoVolumes || c.All) {
		t.Errorf("%q is read-only and has an effect: %+v", in.Args, c)
	}
	if c.Kind == MayBoot && !c.Effect.FromContainer() && !c.Effect.FromImage() {
		t.Errorf("%q may boot, from nothing: %v", in.Args, c.Effect)
	}
	if (c.Help || c.DryRun) && c.Kind != ReadOnly {
		t.Errorf("%q does nothing, yet is %v", in.Args, c.Kind)
	}
	if c.Kind == MayBoot && len(c.Unknown) > 0 && !c.All {
		t.Errorf("%q has unknown words %q and does not hit everything", in.Args, c.Unknown)
	}
	if c.Volumes.Scope != NoVolumes && c.Kind < LosesVolumes {
		t.Errorf("%q deletes volumes, yet is %v", in.Args, c.Kind)
	}
	for _, v := range []string{c.Kind.String(), c.Effect.String(), c.Object.String(), c.Volumes.Scope.String(), c.Family.String(), c.Version.String()} {
		if strings.HasPrefix(v, "unknown(") {
			t.Errorf("%q has a value without a word: %s", in.Args, v)
		}
	}
}

// subsequence tells whether words occur in a line in their order, and if not, which do not.
func subsequence(words, line []string) ([]string, bool) {
	for _, w := range line {
		if len(words) > 0 && words[0] == w {
			words = words[1:]
		}
	}
	return words, len(words) == 0
}

// TestGlobalsHideNoVerb puts global and project flags in every number and order before each verb that
// may boot: it must be found, and the flags that choose daemon and project kept.
func TestGlobalsHideNoVerb(t *testing.T) {
	t.Parallel()
	globals := [][]string{{"-D"}, {"-H", "tcp://up"}, {"--host=run"}, {"-c", "start"}, {"--context", "compose"}, {"-l", "restart"}, {"--tlsverify"}, {"-Dlps"}, {"--tlscacert", "--help"}, {"--config", "ps"}}
	project := [][]string{{"-f", "ps"}, {"-f=up"}, {"--file", "-"}, {"-p", "logs"}, {"-plogs"}, {"--profile", "config"}, {"--env-file=ls"}, {"--ansi", "never"}, {"--compatibility"}, {"--parallel", "3"}, {"--project-directory", "stop"}}
	combined := 0
	for _, v := range slices.Concat(engineVerbs, swarmVerbs) {
		if v.kind != MayBoot {
			continue
		}
		for _, a := range globals {
			for _, b := range globals {
				line := slices.Concat(a, b, strings.Fields(v.canonical()), []string{"D=1", "D"})
				found(t, "docker", line, v.canonical(), MayBoot)
				combined++
			}
		}
	}
	for _, v := range composeVerbs {
		if v.kind != MayBoot {
			continue
		}
		for _, g := range globals {
			for _, a := range project {
				for _, b := range project {
					found(t, "docker", slices.Concat(g, []string{"compose"}, a, b, []string{v.canonical(), "D=1"}), v.canonical(), MayBoot)
					found(t, "docker-compose", slices.Concat(a, g, b, []string{v.canonical(), "D=1"}), v.canonical(), MayBoot)
					combined += 2
				}
			}
		}
	}
	if combined < 10000 {
		t.Errorf("%d combinations only", combined)
	}
}

func found(t *testing.T, program string, line []string, verb string, kind Kind) {
	t.Helper()
	in := Invocation{Program: program, Args: line}
	c := Parse(in)
	if c.Verb != verb || c.Kind != kind || len(c.Unknown) > 0 {
		t.Errorf("%s %s is %v %q (unknown %q)", program, strings.Join(line, " "), c.Kind, c.Verb, c.Unknown)
	}
	check(t, in, c)
	if c.Family == Compose { // what is repeated must mean the same project and daemon
		again := Parse(Invocation{Program: c.ComposeQuery()[0], Args: c.ComposeQuery("ps")[1:]})
		if !slices.Equal(again.Globals, c.Globals) || !slices.Equal(again.Project.Files, c.Project.Files) || again.Project.Name != c.Project.Name || again.Daemon != c.Daemon {
			t.Errorf("%s %s: asking with %q is another project or daemon", program, strings.Join(line, " "), c.ComposeQuery("ps"))
		}
		return
	}
	if again := Parse(Invocation{Program: c.Query()[0], Args: c.Query("ps")[1:]}); again.Daemon != c.Daemon || again.Kind != ReadOnly {
		t.Errorf("%s %s: asking with %q is another daemon", program, strings.Join(line, " "), c.Query("ps"))
	}
}
