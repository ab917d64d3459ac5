//go:build docker

package dockercmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// helped reads the flags of a help text, and whether they take a value.
func helped(text string) map[string]bool {
	flags := map[string]bool{}
	for line := range strings.Lines(text) {
		text := strings.TrimSpace(line)
		if len(text) < 2 || text[0] != '-' || text[1] == ' ' || strings.Index(line, text) > 6 { // further right are descriptions
			continue
		}
		spelling, _, _ := strings.Cut(text, "  ")
		valued := strings.ContainsAny(strings.ReplaceAll(spelling, ", ", ""), " =") && !strings.Contains(spelling, "[=")
		for part := range strings.SplitSeq(spelling, ", ") {
			if i := strings.IndexAny(part, " =["); i >= 0 {
				part = part[:i]
			}
			if part != "--help" && part != "-h" {
				flags[part] = valued
			}
		}
	}
	return flags
}

// compare holds a table against the help text of a command. The table may have more: hidden flags, and
// those of the other programs and versions.
func compare(t *testing.T, table argv.Table, command ...string) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).Output()
	if err != nil || len(out) == 0 {
		return false
	}
	entries := table.Entries()
	flags := helped(string(out))
	for flag, valued := range flags {
		switch takes, known := entries[flag]; {
		case !known:
			t.Errorf("%s: %s is missing", strings.Join(command, " "), flag)
		case takes != valued:
			t.Errorf("%s: %s takes a value is %v, the help says %v", strings.Join(command, " "), flag, takes, valued)
		}
	}
	return len(flags) > 0
}

func TestTablesAgreeWithTheHelpOfDocker(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("needs the docker client")
	}
	compared := 0
	for _, v := range slices.Concat(engineVerbs, swarmVerbs) {
		for name := range strings.SplitSeq(v.names, "|") {
			if !strings.HasPrefix(name, "buildx") && name != "bake" && !strings.HasPrefix(name, "desktop") &&
				compare(t, v.flags, append(append([]string{"docker"}, strings.Fields(name)...), "--help")...) {
				compared++
			}
		}
	}
	compare(t, dockerGlobals, "docker", "--help")
	if compared < 30 {
		t.Errorf("compared %d commands only", compared)
	}
}

func TestTablesAgreeWithTheHelpOfCompose(t *testing.T) {
	t.Parallel()
	compared := map[string]int{}
	for program, words := range map[string][]string{"docker compose": {"docker", "compose"}, "docker-compose": {"docker-compose", "help"}} {
		if exec.CommandContext(t.Context(), words[0], strings.Fields(strings.TrimPrefix(program, words[0])+" version")...).Run() != nil {
			continue // docker without the plugin shows its own help
		}
		for _, v := range composeVerbs {
			command := append(slices.Clone(words), v.canonical())
			if words[0] == "docker" {
				command = append(command, "--help")
			}
			if compare(t, v.flags+" dry-run", command...) {
				compared[program]++
			}
		}
		compare(t, standaloneGlobals, append(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "help" }), "--help")...)
	}
	if len(compared) == 0 {
		t.Skip("needs the compose plugin of docker, or docker-compose")
	}
	t.Log(compared)
}

func TestTablesAgreeWithTheHelpOfPodman(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("podman"); err != nil {
		t.Skip("needs podman")
	}
	compared := 0
	for _, name := range []string{
		"run", "create", "start", "restart", "stop", "kill", "rm", "update", "cp", "commit", "exec", "build", "pull", "load", "import", "rmi",
		"container clone", "container restore", "container checkpoint", "container runlabel", "container prune", "image prune",
		"pod start", "pod restart", "pod stop", "pod rm", "pod kill", "pod clone", "kube play", "kube down", "auto-update",
		"volume rm", "volume prune", "system prune", "system reset", "machine ssh", "unshare",
	} {
		v, known := find(name, podmanVerbs, engineVerbs)
		if !known {
			t.Errorf("podman %s has no table", name)
		}
		if compare(t, v.flags, append(append([]string{"podman"}, strings.Fields(name)...), "--help")...) {
			compared++
		}
	}
	compare(t, podmanGlobals, "podman", "--help")
	if compared < 25 {
		t.Errorf("compared %d commands only", compared)
	}
}
