// Package gitexec finds the git binary and runs it as a quiet, read-minded child: never through a shell, without a
// pager, a prompt, a lock that could be done without, a translated message or an environment that belongs to another
// repository.
//
// It knows nothing of repositories: which directory, which GIT_DIR and which GIT_INDEX_FILE a command gets is said by
// the caller in [Git.In]. It refuses to be a git library: it returns bytes and [ExitError], the caller parses.
package gitexec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode"
)

// ErrNoGit is returned by [Find] when no git binary is on PATH, in GIT_EXEC_PATH or in the usual folders.
var ErrNoGit = errors.New("no git binary found on PATH")

// maxOutput bounds what one command may print: 256 MiB, far above any snapshot or history, far below what hurts.
const maxOutput = 256 << 20

// waitDelay is how long a killed git's own children (ssh, filters) may keep its pipes open.
const waitDelay = 2 * time.Second

// Git is a found git binary with the environment that its commands get. It is immutable and safe for concurrent use.
type Git struct {
	path string
	dir  string
	env  []string
}

// Path returns the absolute path of the binary.
func (g *Git) Path() string { return g.path }

// Find looks for git on env's PATH, then in GIT_EXEC_PATH (git sets it for its hooks, and graphical clients run
// hooks with a short PATH), then in the folders where installers put it. It never takes a git from the current
// directory. The error is [ErrNoGit].
func Find(env func(string) string) (*Git, error) {
	name := "git"
	if runtime.GOOS == "windows" {
		name = "git.exe"
	}
	dirs := filepath.SplitList(env("PATH"))
	dirs = append(dirs, env("GIT_EXEC_PATH"))
	dirs = append(dirs, usualDirs(env)...)
	for _, d := range dirs {
		if !filepath.IsAbs(d) {
			continue
		}
		p := filepath.Join(d, name)
		if st, err := os.Stat(p); err != nil || st.IsDir() || (runtime.GOOS != "windows" && st.Mode()&0o111 == 0) {
			continue
		}
		return &Git{path: p, env: baseEnv(os.Environ(), env)}, nil
	}
	return nil, ErrNoGit
}

func usualDirs(env func(string) string) []string {
	if runtime.GOOS != "windows" {
		return []string{"/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"}
	}
	var dirs []string
	for _, key := range []string{"ProgramFiles", "ProgramW6432", "LocalAppData"} {
		if v := env(key); v != "" {
			dirs = append(dirs, filepath.Join(v, "Git", "cmd"), filepath.Join(v, "Programs", "Git", "cmd"))
		}
	}
	return dirs
}

// In returns a Git whose commands run in dir with extra environment entries ("KEY=value").
func (g *Git) In(dir string, extra ...string) *Git {
	env := append(append([]string(nil), g.env...), extra...)
	return &Git{path: g.path, dir: dir, env: env}
}

// With returns a Git with further environment entries, in the same directory.
func (g *Git) With(extra ...string) *Git { return g.In(g.dir, extra...) }

// localVars are the variables that tie a git process to one repository (`git rev-parse --local-env-vars`, git 2.39.5),
// plus those that change what a pathspec or a diff means. None of them is inherited: the caller of [Git.In] sets those
// that are meant.
func localVars() []string {
	return []string{
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
		"GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE",
		"GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE",
		"GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX",
		"GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
		"GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_PAGER", "GIT_OPTIONAL_LOCKS", "GIT_TERMINAL_PROMPT",
		"LC_ALL", "LANGUAGE",
	}
}

// userVars are taken from the caller's env rather than from this process, so that both see the same user.
func userVars() []string {
	return []string{
		"PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
		"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "SUDO_UID",
	}
}

func baseEnv(environ []string, env func(string) string) []string {
	drop := map[string]bool{}
	for _, k := range append(localVars(), userVars()...) {
		drop[k] = true
	}
	var out []string
	for _, kv := range environ {
		k, _, _ := strings.Cut(kv, "=")
		// GIT_TRACE* would write into stderr, which becomes error text.
		if drop[k] || strings.HasPrefix(k, "GIT_TRACE") {
			continue
		}
		out = append(out, kv)
	}
	for _, k := range userVars() {
		if v := env(k); v != "" {
			out = append(out, k+"="+v)
		}
	}
	return append(out,
		"LC_ALL=C", "LANGUAGE=C", "GIT_PAGER=cat",
		"GIT_OPTIONAL_LOCKS=0", // no index refresh is written by a read
		"GIT_TERMINAL_PROMPT=0",
		"GIT_LITERAL_PATHSPECS=1",  // a path with * or [ is that path
		"GIT_NO_REPLACE_OBJECTS=1", // an object id names its own bytes
		"GIT_ADVICE=0",             // git 2.45: no hint lines
		"GIT_MERGE_AUTOEDIT=no",    // nothing here opens an editor
		"GIT_EDITOR=:", "GIT_ASKPASS=", "SSH_ASKPASS=",
	)
}

// ExitError is a git command that ran and failed.
type ExitError struct {
	Command string // the git subcommand, for example "rev-parse"
	Code    int    // exit code; -1 when killed by a signal
	Stderr  string // what git said, on one line, control characters removed, at most 400 bytes
}

// Error names the command, its exit code and git's words.
func (e *ExitError) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("git %s ended with exit code %d", e.Command, e.Code)
	}
	return fmt.Sprintf("git %s ended with exit code %d: %s", e.Command, e.Code, e.Stderr)
}

// Run executes `git args...` with stdin (nil is empty) and returns its standard output. It ends the command when ctx
// ends or timeout is over. Errors: *[ExitError] when git ran and failed; the context's error, wrapped, when it was
// ended; else what the operating system said.
func (g *Git) Run(ctx context.Context, timeout time.Duration, stdin io.Reader, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	full := append([]string{"--no-pager", "-c", "core.quotepath=off"}, args...)
	cmd := exec.CommandContext(ctx, g.path, full...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.WaitDelay = g.dir, g.env, stdin, waitDelay
	stdout, stderr := &limited{max: maxOutput}, &limited{max: 1 << 16}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	name := subcommand(args)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("running git %s: %w", name, ctx.Err())
	}
	if stdout.over {
		return nil, fmt.Errorf("running git %s: its output exceeds %d bytes", name, maxOutput)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return stdout.Bytes(), &ExitError{Command: name, Code: exit.ExitCode(), Stderr: oneLine(stderr.Bytes())}
	}
	if err != nil {
		return nil, fmt.Errorf("running git %s in %s: %w", name, g.dir, bare(err))
	}
	return stdout.Bytes(), nil
}

// bare strips the os/exec wrapping that would repeat the binary's path.
func bare(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe
	}
	return err
}

func subcommand(args []string) string {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-c":
			i++
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return ""
}

func oneLine(b []byte) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(string(b)), "?"))
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "") + "..."
	}
	return s
}

// limited keeps the first max bytes and remembers that there were more, so that a runaway child cannot fill memory.
type limited struct {
	bytes.Buffer
	max  int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.max - l.Len(); len(p) > room {
		l.over = true
		l.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return l.Buffer.Write(p)
}
