package hookfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// Selftest is the variable that a hook is run under to be tried. Its value is the path of a file; `schemaguard hook
// NAME` then appends NAME and a line end to that file and does nothing else. Our scripts skip the hook before them.
const Selftest = "SCHEMAGUARD_SELFTEST"

// proveTimeout bounds one trial: hook managers start slowly, and a hook that does more must not hang doctor.
const proveTimeout = 20 * time.Second

// hookRun is the first git that can run a hook by itself, hookInput the first that can give it input:
// https://git-scm.com/docs/git-hook/2.36.0 and /2.40.0
//
//nolint:gochecknoglobals // constants that are arrays
var hookRun, hookInput = Version{2, 36}, Version{2, 40}

// Outcome is what a trial came to.
type Outcome int

// The outcomes. Untried is no proof of anything.
const (
	Untried Outcome = iota // what else runs in that hook cannot be held back, so it was not run
	Fires                  // git ran the hook, and schemaguard was reached
	Silent                 // nothing runs schemaguard there, or it was not reached
)

// Proof says whether a hook really fires.
type Proof struct {
	Event   string
	Outcome Outcome
	By      string // what runs schemaguard: a path, a configuration key or a hook manager; empty when nothing does
	Why     string // why it is untried or silent, and what helps; empty when it fires
}

// Prove has git run the hook of an event under [Selftest] and looks whether schemaguard was reached. Where the hook
// runs other commands of the team that cannot be held back, it is run only with others set.
func (s *Site) Prove(ctx context.Context, event string, others bool) Proof {
	p := Proof{Event: event}
	environ, alone := s.runner(ctx, &p)
	switch {
	case p.Outcome == Silent:
		return p
	case !alone && !others:
		p.Why = "it runs other commands as well, so it was not tried; a commit shows it, or: git hook run " + event
		return p
	}
	dir, err := os.MkdirTemp("", "schemaguard-selftest-")
	if err != nil {
		p.Why = "no temporary folder: " + err.Error()
		return p
	}
	defer os.RemoveAll(dir)
	token := filepath.Join(dir, "token")
	err = s.run(ctx, dir, event, append(environ, Selftest+"="+token))
	data, _ := os.ReadFile(token)
	if slices.Contains(strings.Split(string(data), "\n"), event) {
		p.Outcome = Fires
		return p
	}
	p.Outcome, p.Why = Silent, "git ran the hook, and schemaguard was not reached"
	if err != nil {
		p.Why += ": " + err.Error()
	}
	return p
}

// runner says what runs schemaguard for an event, and whether that can be run without anything else: with which
// variables.
func (s *Site) runner(ctx context.Context, p *Proof) (environ []string, alone bool) {
	i := slices.IndexFunc(s.Hooks, func(h Script) bool { return h.Name == p.Event })
	if i < 0 {
		p.Outcome, p.Why = Silent, "schemaguard has no such hook"
		return nil, false
	}
	h := s.Hooks[i]
	section := "hook.schemaguard-" + p.Event
	switch {
	case h.Exists && h.Mode&0o100 == 0 && h.Owner != hooks.Foreign:
		p.Outcome, p.Why = Silent, s.shown(h.Path)+" is not executable, so git passes over it: schemaguard install"
	case h.Owner == hooks.Ours:
		p.By, alone = s.shown(h.Path), !s.otherConfigHooks(ctx, "")
	case s.Git.AtLeast(configHooks) && s.Settings[section+".event"] != "":
		p.By, alone = "git's configuration, "+section, !h.Exists && !s.otherConfigHooks(ctx, section)
	case s.Settings[section+".event"] != "":
		p.Outcome, p.Why = Silent, fmt.Sprintf("it is named in git's configuration, which git %s passes over: schemaguard install --method file", s.Git)
	case s.Manager != nil && len(s.Manager.Missing([]string{p.Event})) == 0:
		p.By = s.Manager.Name + ", " + s.Manager.File
		environ, alone = s.Manager.Quiet(p.Event)
		// pre-commit puts unstaged changes away while it runs: not for a trial.
		alone = alone && s.clean(ctx)
		if !s.Manager.Called(p.Event) {
			p.Outcome, p.Why = Silent, "git does not call "+s.Manager.Name+" there in this clone: "+s.Manager.Next
		}
	case h.Owner == hooks.Edited, callsUs(h.Text, p.Event):
		p.By = s.shown(h.Path)
	case s.Manager != nil:
		p.Outcome, p.Why = Silent, s.Manager.File+" does not run schemaguard: schemaguard install"
	default:
		p.Outcome, p.Why = Silent, "nothing runs schemaguard there: schemaguard install"
	}
	return environ, alone
}

// callsUs tells whether a line of a script that somebody else wrote runs schemaguard for an event.
func callsUs(text, event string) bool {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		i := slices.Index(words, "hook")
		if i > 0 && i+1 < len(words) && strings.Trim(words[i+1], `"';`) == event && strings.Contains(line, "schemaguard") && words[0][0] != '#' {
			return true
		}
	}
	return false
}

// otherConfigHooks tells whether the configuration names hooks of others. An answer that cannot be had counts as yes.
func (s *Site) otherConfigHooks(ctx context.Context, but string) bool {
	if !s.Git.AtLeast(configHooks) {
		return false
	}
	out, err := s.get(ctx, "-z", "--name-only", "--get-regexp", `^hook\..*\.event$`)
	if err != nil {
		return true
	}
	for key := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if key != "" && !strings.HasPrefix(key, "hook.schemaguard-") && key != but+".event" {
			return true
		}
	}
	return false
}

// clean tells whether no tracked file has unstaged changes.
func (s *Site) clean(ctx context.Context) bool {
	_, err := s.git.Run(ctx, gitTimeout, nil, "diff", "--quiet", "--no-ext-diff")
	return err == nil
}

// run has git run a hook with the arguments and the input it would get. A git that cannot is stood in for.
func (s *Site) run(ctx context.Context, dir, event string, environ []string) error {
	args := map[string][]string{
		"pre-push": {"origin", "selftest"}, "post-merge": {"0"}, "post-rewrite": {"amend"},
		"post-checkout": {strings.Repeat("0", 40), strings.Repeat("0", 40), "0"},
	}[event]
	input := s.input(ctx, event)
	if !s.Git.AtLeast(hookRun) || input != "" && !s.Git.AtLeast(hookInput) {
		return s.runFile(ctx, event, args, environ, input)
	}
	command := []string{"hook", "run"}
	if input != "" {
		file := filepath.Join(dir, "input")
		if err := os.WriteFile(file, []byte(input), 0o600); err != nil {
			return fmt.Errorf("writing the input of the hook: %w", err)
		}
		command = append(command, "--to-stdin="+file)
	}
	_, err := s.git.With(environ...).Run(ctx, proveTimeout, nil, append(append(command, event, "--"), args...)...)
	if exit, ok := errors.AsType[*gitexec.ExitError](err); ok && exit.Stderr == "" {
		return fmt.Errorf("the hook ended with exit code %d", exit.Code)
	}
	return err
}

// input is what git says to pre-push of a branch that the remote has already: without a ref, hook managers do nothing.
func (s *Site) input(ctx context.Context, event string) string {
	if event != "pre-push" {
		return ""
	}
	out, err := s.git.Run(ctx, gitTimeout, nil, "rev-parse", "--verify", "--quiet", "HEAD")
	if err != nil {
		return "" // no commit yet
	}
	head := strings.TrimSpace(string(out))
	return fmt.Sprintf("HEAD %s refs/heads/selftest %s\n", head, head)
}

// runFile runs a hook file as git would.
func (s *Site) runFile(ctx context.Context, event string, args, environ []string, input string) error {
	ctx, cancel := context.WithTimeout(ctx, proveTimeout)
	defer cancel()
	i := slices.IndexFunc(s.Hooks, func(h Script) bool { return h.Name == event })
	cmd := exec.CommandContext(ctx, s.Hooks[i].Path, args...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.WaitDelay = s.Root, append(os.Environ(), environ...), strings.NewReader(input), time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s: %w", s.Hooks[i].Path, err)
	}
	return nil
}
