// Package hook is what schemaguard does when git calls it: it refuses a commit or
// push that leaves work of the live database unsaved, and says after a checkout
// what the next boot would do.
//
// It decides what each moment of git's calls for and leaves the judging to the
// one check. It prints nothing; it never prompts, since a hook has no terminal.
package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// The hooks, by git's names (githooks(5)).
const (
	PreCommit      = "pre-commit"
	PreMergeCommit = "pre-merge-commit"
	PrePush        = "pre-push"
	PostMerge      = "post-merge"
	PostCheckout   = "post-checkout"
	PostRewrite    = "post-rewrite"
)

// Names returns the hooks that schemaguard has an answer to.
func Names() []string {
	return []string{PreCommit, PreMergeCommit, PrePush, PostMerge, PostCheckout, PostRewrite}
}

// The environment variables that a hook obeys.
const (
	// SkipVariable holds the reason for which a refusing hook is skipped.
	SkipVariable = "SCHEMAGUARD_SKIP"
	// SelfTestVariable names a file to which a hook appends its own name instead of
	// doing anything else: the proof that git calls it.
	SelfTestVariable = "SCHEMAGUARD_SELFTEST"
)

// Call is one call by git.
type Call struct {
	Name  string
	Args  []string
	Stdin io.Reader
	Env   func(string) string
	Now   func() time.Time
	Open  func() (*workspace.Workspace, error) // looks at the project
	Save  save.Options                         // how a snapshot is written, for hook.fix
}

// Outcome is what git and the author are told.
type Outcome struct {
	Exit  int
	Lines []string // in the order in which they are to be said
	// Verdicts are the refusals, to be shown in full before the lines.
	Verdicts []policy.Verdict
}

func (o *Outcome) say(format string, args ...any) {
	o.Lines = append(o.Lines, fmt.Sprintf(format, args...))
}

// refuse adds a refusal.
func (o *Outcome) refuse(v policy.Verdict) {
	o.Verdicts = append(o.Verdicts, v)
	o.Exit = max(o.Exit, v.ExitCode())
}

// Run answers git. An error is a mistake in the settings or in the repository
// that nothing could be judged under; hooks that cannot refuse return none.
func Run(ctx context.Context, c Call) (Outcome, error) {
	if file := c.Env(SelfTestVariable); file != "" {
		return Outcome{}, c.prove(file)
	}
	switch c.Name {
	case PreCommit, PreMergeCommit, PrePush:
		return c.refusing(ctx)
	}
	out, err := c.moved(ctx)
	if err != nil {
		out.say("%s", firstLine(err))
	}
	out.Exit = exitcode.OK
	return out, nil
}

func (c Call) prove(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("proving that the hook runs: %w", err)
	}
	_, err = f.WriteString(c.Name + "\n")
	return errors.Join(err, f.Close())
}

func (c Call) refusing(ctx context.Context) (Outcome, error) {
	w, err := c.Open()
	if reason := strings.TrimSpace(c.Env(SkipVariable)); reason != "" {
		return c.skip(ctx, w, reason), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if w.Repo == nil {
		return Outcome{}, nil // not inside a working tree: there is nothing of ours
	}
	if c.Name == PrePush {
		return c.push(ctx, w)
	}
	return c.commit(ctx, w)
}

// Known tells whether schemaguard has an answer to a hook.
func Known(name string) bool { return slices.Contains(Names(), name) }

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
