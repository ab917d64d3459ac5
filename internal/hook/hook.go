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

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
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
	return hooks.Events()
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
	// Open looks at the project of a settings file; empty for the one that the
	// working directory, the top of the working tree, lies in.
	Open func(settings string) (*workspace.Workspace, error)
	// Settings is the settings file that the hook was installed with; empty for
	// none. Where the branch that is checked out lacks it, there is no such project.
	Settings string
	Environ  []string     // as os.Environ returns it
	Save     save.Options // how a snapshot is written, for hook.fix
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
	if last := &o.Verdicts[len(o.Verdicts)-1]; len(summary.Next(last)) == 0 && len(v.Findings) > 0 {
		last.Next = []string{"schemaguard explain " + string(v.Findings[0].Code)}
	}
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
	w, err := c.open("")
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

// open looks at a project, and tells it what git is about to merge: before
// pre-merge-commit git has not written that down, and names it in variables
// GITHEAD_COMMIT=name (git 2.39.5, builtin/merge.c).
func (c Call) open(settings string) (*workspace.Workspace, error) {
	w, err := c.Open(settings)
	if err == nil && c.Name == PreMergeCommit {
		for _, entry := range c.Environ {
			name, _, _ := strings.Cut(entry, "=")
			if commit, ok := strings.CutPrefix(name, "GITHEAD_"); ok {
				w.Incoming = append(w.Incoming, commit)
			}
		}
	}
	return w, err
}

// each answers for every project of the repository: a folder with settings of
// its own that git tracks is one, and a hook is there for all of them.
func (c Call) each(ctx context.Context, first *workspace.Workspace, answer func(context.Context, *workspace.Workspace) (Outcome, error)) (Outcome, error) {
	projects := []*workspace.Workspace{first}
	tracked, err := first.Repo.TrackedNamed(ctx, config.FileName)
	if err != nil {
		return Outcome{}, err
	}
	var files []string
	if c.Settings != "" {
		files = append(files, c.Settings)
	}
	for _, path := range tracked {
		files = append(files, filepath.Join(first.Repo.Root(), filepath.FromSlash(path)))
	}
	for i, file := range files {
		same := func(other string) bool { return sameFile(file, other) }
		if _, err := os.Stat(file); err != nil || same(first.Config.File) || slices.ContainsFunc(files[:i], same) {
			continue
		}
		w, err := c.open(file)
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
		c.fromThere(w, &out)
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

// fromThere has the commands that help name the project's folder, where whoever
// commits stands in another: git runs hooks at the top of the working tree, and
// says in GIT_PREFIX where it was called.
func (c Call) fromThere(w *workspace.Workspace, out *Outcome) {
	if w.Config.Root == w.Repo.Root() {
		return // found from every folder below
	}
	rel, err := filepath.Rel(filepath.Join(w.Repo.Root(), filepath.FromSlash(c.Env("GIT_PREFIX"))), w.Config.Root)
	if err != nil || rel == "." {
		return
	}
	folder, _ := terminal.Quote(filepath.ToSlash(rel))
	there := func(text string) string {
		if rest, ok := strings.CutPrefix(text, "schemaguard "); ok {
			return "schemaguard -C " + folder + " " + rest
		}
		return strings.ReplaceAll(text, ": schemaguard ", ": schemaguard -C "+folder+" ")
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
