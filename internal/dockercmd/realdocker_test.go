//go:build docker

package dockercmd

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// realKind says what the real client asked of the engine.
func realKind(asked []string) Kind {
	k := ReadOnly
	for _, a := range asked {
		method, rest, _ := strings.Cut(a, " ")
		p, rest, _ := strings.Cut(rest, "?")
		query, policy, _ := strings.Cut(rest, "?")
		q, _ := url.ParseQuery(query)
		s := strings.Split(strings.Trim(p, "/"), "/")
		last := s[len(s)-1]
		switch {
		case s[0] == "containers" && (last == "start" || last == "restart"),
			s[0] == "services" && (last == "create" || last == "update") && policy != `"Replicas":0`,
			s[0] == "nodes", p == "/swarm/unlock", p == "/swarm/init" && policy != "":
			k = max(k, MayBoot)
		case s[0] == "volumes" && (method == "DELETE" || last == "prune"), method == "DELETE" && s[0] == "containers" && q.Get("v") == "1":
			k = max(k, LosesVolumes)
		case s[0] == "containers" && slices.Contains([]string{"create", "stop", "kill", "rename", "archive", "prune"}, last),
			last == "checkpoints" && policy != "",
			method == "DELETE" && slices.Contains([]string{"containers", "images", "services"}, s[0]),
			s[0] == "images" && last != "push", s[0] == "commit", s[0] == "build" && last == "build", s[0] == "services",
			last == "disconnect", p == "/swarm/leave", s[0] == "containers" && last == "update" && policy != "":
			k = max(k, Arms)
		}
	}
	return k
}

// real runs a docker command line against the engine that does nothing.
func real(t *testing.T, dir, host string, engine *engineLog, program string, args []string) ([]string, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader("y\n")
	mine := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "COMPOSE_") })
	cmd.Env = append(mine, "DOCKER_HOST="+host, "DOCKER_CONTEXT=", "DOCKER_BUILDKIT=0", "COMPOSE_PROJECT_NAME=p")
	out, err := cmd.CombinedOutput()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Logf("%s %s did not end: %v", program, strings.Join(args, " "), err)
	}
	return engine.take(), string(out)
}

// workdir has the files that the command lines name.
func workdir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Dockerfile":   "FROM scratch\n",
		"f.tar":        "x",
		"s.yaml":       "x",
		"c.yml":        "version: '3.8'\nservices: {D: {image: img}}\n",
		"compose.yaml": fakeFile,
		"a.yml":        fakeFile,
		"b.yml":        fakeFile,
		".env":         "A=1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// rows returns the command lines of the table that begin with given words.
func rows(t *testing.T, start string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/decisions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if row := arrow.Split(strings.TrimSpace(line), 2)[0]; strings.HasPrefix(row, start) {
			found = append(found, row)
		}
	}
	return found
}

// TestTheRealClient holds the decisions on docker's own verbs against what the real client asks of an
// engine: it must never ask for something graver than was said, and where it asks for less, it must have
// refused the command line.
func TestTheRealClient(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("docker"); err != nil {
		t.Skip("needs the docker client")
	}
	engine, host := startEngine(t)
	dir := workdir(t)
	lines := rows(t, "docker ")
	for _, verb := range []string{"restart D", "container start D", "run -d img", "create img", "rm -v D", "volume rm v", "ps", "update --restart no D"} {
		for _, global := range []string{"-D", "-l error", "-Dl error", "--log-level=error", "-D=false", "--help", "-h", "--help=false", "--", "-v", "--version", "--tls=false"} {
			lines = append(lines, "docker "+global+" "+verb)
		}
		for _, tail := range []string{"--help", "-h", "--help=false", "-- --help", "-t"} {
			lines = append(lines, "docker "+verb+" "+tail)
		}
	}
	compared := map[Kind]int{}
	for _, line := range lines {
		in := invocation(line)
		c := Parse(in)
		if c.Family == Compose || len(c.Daemon.By) > 0 || slices.Contains(in.Args, "--tls") {
			continue
		}
		args := in.Args
		if len(args) > 2 && args[0] == "service" && slices.Contains([]string{"create", "update", "scale", "rollback"}, args[1]) {
			args = slices.Insert(slices.Clone(args), 2, "--detach") // do not wait for tasks
		}
		asked, out := real(t, dir, host, engine, "docker", args)
		got := realKind(asked)
		compared[got]++
		if got > c.Kind {
			t.Errorf("%s: said to be %v, but docker asked %q", line, c.Kind, asked)
		}
		if got < c.Kind && (len(asked) > 0 || !refused(out)) {
			t.Errorf("%s: said to be %v, but docker asked %q and said:\n%s", line, c.Kind, asked, out)
		}
	}
	t.Log(compared)
	for k := ReadOnly; k <= MayBoot; k++ {
		if compared[k] < 8 {
			t.Errorf("docker was %v in %d rows only", k, compared[k])
		}
	}
}

// refused tells whether docker said that the command line is wrong.
func refused(out string) bool {
	for _, s := range []string{"unknown command", "unknown flag", "unknown shorthand", "requires at least", "requires 1", "flag needs an argument", "invalid argument", "Usage:", "requires the buildx component", "unknown docker", "is not locked", "no such service", "invalid scale", "No such service", "No such command", "invalid literal for int", "is not a number", "should be in the form", "already achieved"} {
		if strings.Contains(out, s) {
			return true
		}
	}
	return false
}
