package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/lines"
)

// commandPatience is how long the user's command may take.
const commandPatience = time.Minute

// run runs the user's command with what happened in its environment, and the
// event as JSON on its standard input.
func (a *Alert) run(ctx context.Context, e watch.Event, before watch.Standing) error {
	var event bytes.Buffer
	if err := lines.JSON(&event, e); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	shell := []string{"sh", "-c", a.o.Exec}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c", a.o.Exec}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1:]...)
	cmd.Env = append(append([]string{}, a.o.Environ...),
		"SCHEMAGUARD_STATE="+string(e.State.Standing),
		"SCHEMAGUARD_PREVIOUS_STATE="+string(before),
		"SCHEMAGUARD_SUMMARY="+terminal.Clean(e.Text),
		"SCHEMAGUARD_UNSAVED="+strconv.Itoa(e.State.Unsaved()),
		"SCHEMAGUARD_DATABASE="+terminal.Clean(e.State.Database),
		"SCHEMAGUARD_PROJECT="+terminal.Clean(e.State.Project),
	)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &event, a.o.Output, a.o.Output
	alone(cmd)
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it left something running, as it may
		err = nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("ended after %s", commandPatience)
	}
	return err
}
