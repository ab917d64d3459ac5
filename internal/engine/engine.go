// Package engine asks the user's own docker, by running it: with the global flags that were typed and the
// environment that they were typed in, so that it is always the daemon which the command itself would
// reach, be it named by a context, DOCKER_HOST or an ssh address, and never another.
//
// It is no API client. It changes nothing but for a container that it makes, never starts and removes again,
// to read a file of an image.
package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Engine is one daemon, and the compose project that goes with a command.
type Engine struct {
	Docker  []string // the program and the flags that choose the daemon
	Compose []string // the same for compose, with the flags that choose the project; nil for none
	Podman  bool     // it is podman, which follows links by itself
	Environ []string // as os.Environ returns it
	Dir     string   // where the command is typed; "" for here
}

// timeout bounds one question; a build or pull is no question.
const timeout = 20 * time.Second

// maxAnswer bounds what is kept of one answer.
const maxAnswer = 64 << 20

// AnswerError says that docker was asked and refused to answer, in its own last words. Nothing was found out.
type AnswerError struct {
	Question string // "docker inspect"
	Words    string // fit for a terminal, without secrets
	Code     int    // exit code
}

// Error implements error.
func (e *AnswerError) Error() string { return e.Question + ": " + e.Words }

// TimeoutError says that docker did not answer in time.
type TimeoutError struct{ Question string }

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s did not answer within %s; see whether the engine is well: docker version", e.Question, timeout)
}

// run asks docker and returns both streams. Arguments never reach an error: they can hold secrets.
func (e *Engine) run(ctx context.Context, program []string, args ...string) (stdout, stderr []byte, err error) {
	if len(program) == 0 {
		return nil, nil, errors.New("there is no docker command to ask")
	}
	question := verb(program, args)
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	argv := append(append([]string{}, program[1:]...), args...)
	cmd := exec.CommandContext(bounded, program[0], argv...)
	cmd.Env, cmd.Dir = e.Environ, e.Dir
	cmd.WaitDelay = 200 * time.Millisecond
	out, errs := &limited{max: maxAnswer}, &limited{max: 1 << 20}
	cmd.Stdout, cmd.Stderr = out, errs
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case bounded.Err() != nil:
		return nil, nil, &TimeoutError{question}
	case out.over || errs.over:
		return nil, nil, fmt.Errorf("%s: the answer is too large to be one", question)
	case err == nil:
		return out.Bytes(), errs.Bytes(), nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return nil, nil, fmt.Errorf("running %s: %w", terminal.Clean(program[0]), redact.Error(err))
	}
	return out.Bytes(), errs.Bytes(), &AnswerError{question, lastWords(errs.Bytes(), exit), exit.ExitCode()}
}

// verb names a question without its operands, which can hold secrets.
func verb(program, args []string) string {
	words := []string{program[0][strings.LastIndexByte(program[0], '/')+1:]}
	if slices.Contains(program, "compose") {
		words = append(words, "compose")
	}
	if len(args) > 0 {
		words = append(words, args[0])
	}
	return terminal.Clean(strings.Join(words, " "))
}

// lastWords is the last line that docker said, which names the cause.
func lastWords(stderr []byte, exit *exec.ExitError) string {
	lines := strings.Split(strings.TrimSpace(string(stderr)), "\n")
	last := strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "Error response from daemon: ")
	if last == "" {
		return exit.Error()
	}
	return terminal.Clean(redact.String(terminal.Shorten(last, 300)))
}

// limited is a buffer that stops growing.
type limited struct {
	bytes.Buffer
	max  int
	over bool
}

// Write implements [io.Writer].
func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.max {
		l.over = true
		return 0, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}

// refused tells an answer that contains some of the given texts, in any case.
func refused(err error, stderr []byte, texts ...string) bool {
	if _, ok := errors.AsType[*AnswerError](err); !ok {
		return false
	}
	all := strings.ToLower(string(stderr))
	for _, t := range texts {
		if strings.Contains(all, t) {
			return true
		}
	}
	return false
}
