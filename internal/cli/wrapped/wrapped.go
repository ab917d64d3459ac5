// Package wrapped holds the commands that stand in front of docker: they ask the
// guard, then hand on.
package wrapped

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dockerguard"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{c.dockerCommand(), c.composeCommand(), c.authzCommand()}
}

// Shim answers a call of this program in the place of docker: it hands on what
// nobody has to be asked about, before anything is read, and asks the guard about
// the rest. It returns an exit code where it does not become the other program.
func Shim(call dockershim.Call, streams *terminal.Streams) int {
	if call.Passes(os.Getenv) {
		return call.Run(dockershim.System())
	}
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	c := commands{&app.App{Ctx: ctx, Release: release, Streams: streams, Environ: os.Environ(), Now: time.Now, Flags: app.Flags{Color: "auto"}}}
	if err := c.guarded(call, own{}); err != nil {
		return c.Fail(err)
	}
	return c.Code
}

// guarded asks the guard about a call, and hands it on where that is allowed.
func (c commands) guarded(call dockershim.Call, o own) error {
	if call.Passes(os.Getenv) && !o.explain {
		c.handOn(call)
		return nil
	}
	request := dockerguard.Request{
		Command: call.Command(os.Getenv), Environ: c.Environ, Now: c.Now, Flags: c.SettingFlags(),
		SnapshotPath: o.snapshotPath, Allow: o.allow, StartDB: o.startDB,
		Real: c.real,
	}
	if !o.explain {
		request.Run, request.Keep = c.step, c.keep(call, o.allow)
		request.Show = func(d *dockerguard.Decision) { _ = d.Lines(c.Streams.Err) }
		if c.Streams.Interactive() {
			request.Ask = c.ask
		}
	}
	d, err := dockerguard.Decide(c.Ctx, request)
	if err != nil {
		return &app.HintError{Code: exitcode.Usage, Err: err, Hints: []string{"schemaguard docker --explain " + strings.Join(call.Args, " ")}}
	}
	if o.explain {
		c.Code = d.ExitCode()
		if o.json {
			return d.ExplainJSON(c.Streams.Out)
		}
		return d.Explain(c.Streams.Out)
	}
	if !d.Allows() {
		c.Code = d.ExitCode()
		if exit, ok := errors.AsType[*exec.ExitError](d.Err); ok {
			c.Code = exit.ExitCode() // docker's own, and docker said why
			return nil
		}
		return d.Lines(c.Streams.Err)
	}
	if err := d.Lines(c.Streams.Err); err != nil {
		return err
	}
	call.Args = d.Args
	c.handOn(call)
	return nil
}

// handOn becomes the other program.
func (c commands) handOn(call dockershim.Call) {
	c.Release()
	c.Code = call.Run(dockershim.System())
}

// real finds the program that a shim may stand in front of.
func (c commands) real(program string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	return dockershim.Next(program, self, os.Getenv)
}

// step runs what comes before the command: a build, a pull, the start of a database.
func (c commands) step(ctx context.Context, argv []string) error {
	program, err := c.real(argv[0])
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Streams.In, c.Streams.Out, c.Streams.Err
	cmd.Env = dockershim.Mark(c.Environ, argv[0], argv[1:])
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	return cmd.Run()
}

// ask reads one line from the person at the terminal.
func (c commands) ask(prompt string) (string, error) {
	fmt.Fprint(c.Streams.Err, "schemaguard: "+terminal.Clean(prompt)+" ")
	var line []byte
	for b := make([]byte, 1); ; { // byte by byte: what follows is the command's own input
		n, err := c.Streams.In.Read(b)
		if n == 1 && b[0] != '\n' {
			line = append(line, b[0])
			continue
		}
		if n == 1 || err != nil {
			return strings.TrimSpace(string(line)), err
		}
	}
}
