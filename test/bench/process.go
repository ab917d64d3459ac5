//go:build tools

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"time"
)

// command is one program run that is measured as a whole process.
type command struct {
	dir  string
	env  []string
	args []string
	// before runs ahead of every measured run, outside its time; nil for nothing.
	before func() error
	// code is the exit code that it must have: a run that failed early is fast.
	code int
}

// sample is what the runs of one command took.
type sample struct {
	times []time.Duration
	peak  int64 // largest resident memory of a run in bytes; 0 where the system does not tell
}

// median returns the middle of the wall times.
func (s *sample) median() time.Duration {
	sorted := slices.Sorted(slices.Values(s.times))
	return sorted[len(sorted)/2]
}

// least returns the shortest wall time.
func (s *sample) least() time.Duration { return slices.Min(s.times) }

// run runs the command once.
func (c *command) run(ctx context.Context, into *sample) error {
	if c.before != nil {
		if err := c.before(); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &stderr
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("running %s: %w", c.args[0], err)
	}
	if code := cmd.ProcessState.ExitCode(); code != c.code {
		return fmt.Errorf("running %v: exit code %d and not %d: %s", c.args[1:], code, c.code, bytes.TrimSpace(stderr.Bytes()))
	}
	into.times = append(into.times, took)
	into.peak = max(into.peak, peakMemory(cmd.ProcessState))
	return nil
}

// alternate runs commands n times in turns, so that what else the machine does
// falls on all of them alike. The first round is not counted.
func alternate(ctx context.Context, n int, commands ...command) ([]*sample, error) {
	samples := make([]*sample, len(commands))
	for i := range samples {
		samples[i] = &sample{}
	}
	for round := range n + 1 {
		for i := range commands {
			into := samples[i]
			if round == 0 {
				into = &sample{}
			}
			if err := commands[i].run(ctx, into); err != nil {
				return nil, err
			}
		}
	}
	return samples, nil
}
