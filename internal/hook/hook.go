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
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/terminal"
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
	// Open looks at the project of a settings file; empty for that of the command.
	Open func(settings string) (*workspace.Workspace, error)
	Save save.Options // how a snapshot is written, for hook.fix
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
	w, err := c.Open("")
	if reason := strings.TrimSpace(c.Env(SkipVariable)); reason != "" {
		return c.skip(ctx, w, reason), nil
	}
	if err != nil || w.Repo == nil {
		return Outcome{}, err // outside a working tree there is nothing of ours
	}
	answer := c.commit
	if c.Name == PrePush {
		refs, err := readRefs(c.Stdin)
		if err != nil {
			return Outcome{}, err
		}
		answer = func(ctx context.Context, w *workspace.Workspace) (Outcome, error) { return c.push(ctx, w, refs) }
	}
	return c.each(ctx, w, answer)
}

// each answers for every project of the repository: a folder with settings of
// its own that git tracks is one, and a hook is there for all of them.
func (c Call) each(ctx context.Context, first *workspace.Workspace, answer func(context.Context, *workspace.Workspace) (Outcome, error)) (Outcome, error) {
	projects := []*workspace.Workspace{first}
	settings, err := first.Repo.TrackedNamed(ctx, config.FileName)
	if err != nil {
		return Outcome{}, err
	}
	for _, path := range settings {
		file := filepath.Join(first.Repo.Root(), filepath.FromSlash(path))
		if _, err := os.Stat(file); err != nil || sameFile(file, first.Config.File) {
			continue
		}
		w, err := c.Open(file)
		if err != nil {
			return Outcome{}, err
		}
		if w.Repo != nil && w.Repo.GitDir() == first.Repo.GitDir() && w.Path != first.Path {
			projects = append(projects, w)
		}
	}
	var all Outcome
	for _, w := range projects {
		out, err := answer(ctx, w)
		if err != nil {
			return all, err
		}
		fromTop(w, &out)
		all.Exit = max(all.Exit, out.Exit)
		all.Verdicts = append(all.Verdicts, out.Verdicts...)
		for _, line := range out.Lines {
			if len(projects) > 1 {
				line = w.Path + ": " + line
			}
			all.say("%s", line)
		}
	}
	return all, nil
}

// fromTop has the commands that help name the project's folder: git runs hooks at
// the top of the working tree, where it is not found.
func fromTop(w *workspace.Workspace, out *Outcome) {
	rel, err := filepath.Rel(w.Repo.Root(), w.Config.Root)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		return
	}
	folder, _ := terminal.Quote(filepath.ToSlash(rel))
	there := func(text string) string {
		return strings.ReplaceAll(text, "schemaguard snapshot", "schemaguard -C "+folder+" snapshot")
	}
	for i := range out.Verdicts {
		v := &out.Verdicts[i]
		for j := range v.Next {
			v.Next[j] = there(v.Next[j])
		}
		for j := range v.Findings {
			v.Findings[j].Fix = there(v.Findings[j].Fix)
		}
	}
	for i := range out.Lines {
		out.Lines[i] = there(out.Lines[i])
	}
}

// sameFile tells whether two paths lead to the same file.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// Known tells whether schemaguard has an answer to a hook.
func Known(name string) bool { return slices.Contains(Names(), name) }

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
