// Package demo plays the main job on a throwaway Postgres and a real git
// repository: somebody adds collections, schemaguard sees what a boot would
// destroy, refuses, saves, and lets a pull through.
//
// What it shows is the output of the program itself, run as a user would run
// it. It changes nothing outside its own temporary folder.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// Options say how the demo runs.
type Options struct {
	Program string // the schemaguard to run
	Out     io.Writer
	Environ []string
	Colour  bool
	// Keep leaves the database and the repository running at the end, until ctx
	// is done.
	Keep bool
	// Progress is told about steps that take a while.
	Progress func(string)
}

// stage is a demo in progress.
type stage struct {
	Options
	ctx     context.Context
	server  pgserver.Running
	dir     string // holds everything
	project string // the repository that the story plays in
	dsn     string
	environ []string
}

// Run plays the story and cleans up after itself, also when ctx is cancelled.
// It fails where the program does not answer as the story says.
func Run(ctx context.Context, o Options) (err error) {
	s := &stage{Options: o, ctx: ctx}
	s.dir, err = os.MkdirTemp("", "schemaguard-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	o.Progress("starting a throwaway Postgres")
	if s.server, err = pgserver.Ensure(ctx, o.Progress); err != nil {
		return fmt.Errorf("starting a throwaway Postgres: %w", err)
	}
	defer func() { err = errors.Join(err, s.server.Stop()) }()
	if err := s.setUp(); err != nil {
		return err
	}
	if err := s.play(); err != nil {
		return err
	}
	if s.Keep {
		s.keep()
	}
	return nil
}

// keep says how to go on and waits.
func (s *stage) keep() {
	s.say("")
	s.say("The database and the repository stay until you press Ctrl-C. In another shell:")
	s.say("  cd " + s.project)
	s.say("  " + s.Program + " status")
	s.say("  psql '" + s.dsn + "'")
	<-s.ctx.Done()
	s.say("")
}

func (s *stage) say(line string) { fmt.Fprintln(s.Out, line) }

// tell writes a line of the story.
func (s *stage) tell(line string) {
	s.say("")
	s.say(s.styled("1", "# "+line))
}

func (s *stage) styled(code, text string) string {
	if !s.Colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// git runs git in a folder without showing it.
func (s *stage) git(dir string, args ...string) error {
	cmd := exec.CommandContext(s.ctx, "git", args...)
	cmd.Dir, cmd.Env = dir, s.environ
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("running git %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// shell shows a git command and runs it in the project.
func (s *stage) shell(args ...string) error {
	s.say(s.styled("36", "$ git "+quoted(args)))
	return s.git(s.project, args...)
}

// guard shows a schemaguard command, runs it in the project, and insists on its
// exit code: a demo that shows the wrong thing is worse than none.
func (s *stage) guard(want int, args ...string) error {
	s.say(s.styled("36", "$ schemaguard "+quoted(args)))
	code, err := s.run(s.project, s.Out, args...)
	if err != nil {
		return err
	}
	if code != want {
		return fmt.Errorf("schemaguard %s ended with exit code %d, the story says %d", strings.Join(args, " "), code, want)
	}
	s.say(s.styled("2", fmt.Sprintf("(exit code %d)", code)))
	return nil
}

func (s *stage) run(dir string, out io.Writer, args ...string) (int, error) {
	if s.Colour {
		args = append(args, "--color", "always")
	}
	cmd := exec.CommandContext(s.ctx, s.Program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, s.environ, out, out
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("running schemaguard %s: %w", strings.Join(args, " "), err)
	}
	return 0, nil
}

func quoted(args []string) string {
	shown := make([]string, len(args))
	for i, a := range args {
		shown[i] = a
		if strings.Contains(a, " ") {
			shown[i] = "\"" + a + "\""
		}
	}
	return strings.Join(shown, " ")
}

// clean returns the environment without what could lead the story astray: the
// user's own databases, git settings and hooks.
func clean(environ []string, home string) []string {
	var out []string
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		upper := strings.ToUpper(name)
		switch {
		case strings.HasPrefix(upper, "SCHEMAGUARD_"), strings.HasPrefix(upper, "GIT_"), strings.HasPrefix(upper, "PG"),
			strings.HasPrefix(upper, "DB_"), strings.HasPrefix(upper, "COMPOSE_"), upper == "DATABASE_URL", upper == "CONFIG_PATH":
		default:
			out = append(out, e)
		}
	}
	return append(out, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+filepath.Join(home, "gitconfig"))
}
