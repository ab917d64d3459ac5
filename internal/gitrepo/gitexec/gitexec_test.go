package gitexec

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fake puts a git that runs script on a PATH of its own.
func fake(t *testing.T, script string) *Git {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	g, err := Find(envOf("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH")))
	if err != nil || g.Path() != filepath.Join(dir, "git") {
		t.Fatalf("%+v, %v", g, err)
	}
	return g.In(dir)
}

func envOf(kv ...string) func(string) string {
	return func(key string) string {
		for i := 0; i < len(kv); i += 2 {
			if kv[i] == key {
				return kv[i+1]
			}
		}
		return ""
	}
}

func TestFindTakesNoGitFromHere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, path := range []string{".", "", ":", "./"} {
		if g, err := Find(envOf("PATH", path)); err == nil && (!filepath.IsAbs(g.Path()) || strings.HasPrefix(g.Path(), dir)) {
			t.Errorf("PATH=%q found %s", path, g.Path())
		}
	}
	if g, err := Find(envOf("PATH", "/nonexistent", "GIT_EXEC_PATH", dir)); err != nil || g.Path() != filepath.Join(dir, "git") {
		t.Errorf("GIT_EXEC_PATH: %v, %v", g, err)
	}
}

func TestRunPassesArgumentsUntouched(t *testing.T) {
	t.Parallel()
	g := fake(t, `printf '%s|' "$@"`)
	out, err := g.Run(t.Context(), time.Minute, nil, "log", "$(touch x)", "a b", "*", "-c", "")
	if want := "--no-pager|-c|core.quotepath=off|log|$(touch x)|a b|*|-c||"; err != nil || string(out) != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
}

// TestRunEnvironment: what ties git to another repository is gone, what the caller says is there, and so are the
// settings that keep it quiet.
func TestRunEnvironment(t *testing.T) {
	for _, k := range append(localVars(), "GIT_TRACE", "GIT_TRACE2_EVENT") {
		t.Setenv(k, "inherited")
	}
	t.Setenv("UNRELATED", "kept")
	out, err := fake(t, "env").With("GIT_INDEX_FILE=/given").Run(t.Context(), time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	if strings.Contains(string(out), "inherited") {
		t.Errorf("inherited:\n%s", out)
	}
	for _, want := range []string{"GIT_INDEX_FILE=/given", "UNRELATED=kept", "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestRunErrors(t *testing.T) {
	t.Parallel()
	_, err := fake(t, `printf 'fatal: \033[31mno\nluck\n' >&2; exit 7`).Run(t.Context(), time.Minute, nil, "-c", "a=b", "show")
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != 7 || err.Error() != "git show ended with exit code 7: fatal: [31mno luck" {
		t.Errorf("%v", err)
	}
	start := time.Now()
	_, err = fake(t, "sleep 60 & wait").Run(t.Context(), 50*time.Millisecond, nil, "log")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Second {
		t.Errorf("after %v: %v, want the deadline", time.Since(start), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = fake(t, "exit 0").Run(ctx, time.Minute, nil, "log"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err = fake(t, "exec yes").Run(t.Context(), time.Second, nil, "log"); err == nil {
		t.Error("endless output is no error")
	}
}

func TestLimitedKeepsItsBound(t *testing.T) {
	t.Parallel()
	l := &limited{max: 5}
	for _, s := range []string{"abc", "def", "ghi"} {
		if n, err := l.Write([]byte(s)); n != 3 || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
	}
	if l.String() != "abcde" || !l.over {
		t.Errorf("%q, over %v", l.String(), l.over)
	}
}
