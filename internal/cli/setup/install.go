package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/hookfile"
)

// installFlags are the flags of install.
type installFlags struct {
	method           string
	events           []string
	write, plain, do bool
}

func (a commands) installCommand() *cobra.Command {
	var f installFlags
	var dry bool
	cmd := &cobra.Command{
		Use: "install", Short: "Put the hooks, the merge driver and the diff driver into this repository",
		Long: `Has git run schemaguard when a commit, a merge or a push is about to happen and
when a checkout moved the snapshot, and teaches it to merge and to show the
snapshot item by item. Twice is once, and schemaguard uninstall undoes it.

A hook that is there runs first. Where a hook manager (husky, lefthook,
pre-commit, prek, overcommit, hk) is in charge, what to add to its file is
printed, and added with --write. Else git 2.54 and newer is told by its
configuration, and an older git by hook files.

Exit 4: something is left for you to do, or the hooks are somebody else's.`,
		Example: "  schemaguard install\n  schemaguard install --dry-run\n  schemaguard install --write\n  schemaguard install --method print",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.do = !dry
			return a.install(cmd, f)
		},
	}
	cmd.Flags().StringVar(&f.method, "method", string(hookfile.Auto), "how git is told: auto, file, config or print")
	cmd.Flags().StringSliceVar(&f.events, "hooks", nil, "only these hooks, e.g. pre-commit,pre-push")
	cmd.Flags().BoolVar(&f.write, "write", false, "add schemaguard to the hook manager's own file")
	cmd.Flags().BoolVar(&f.plain, "no-merge-driver", false, "leave merging and showing the snapshot to git")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

func (a commands) uninstallCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "uninstall", Short: "Take out what install put in, and put back what was there",
		Long: `Removes the hooks, the settings and the lines that schemaguard install wrote, and
puts back the hooks that were there before. What somebody changed since is left.`,
		RunE: func(*cobra.Command, []string) error {
			site, _, err := a.site()
			if err != nil {
				return err
			}
			return a.carryOut(site, site.Uninstall(), !dry, "nothing of schemaguard is in this repository")
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

func (a commands) install(cmd *cobra.Command, f installFlags) error {
	if method := hookfile.Method(f.method); !slices.Contains(hookfile.Methods(), method) {
		return app.Usagef(cmd, "--method takes auto, file, config or print, not %q", f.method)
	}
	for _, event := range f.events {
		if !slices.Contains(hooks.Events(), event) {
			return app.Usagef(cmd, "--hooks takes %s, not %q", strings.Join(hooks.Events(), ", "), event)
		}
	}
	site, settings, err := a.site()
	if err != nil {
		return err
	}
	plan, err := site.Install(hookfile.Install{
		Method: hookfile.Method(f.method), Events: f.events, Consent: f.write, Drivers: !f.plain,
		Program: hookfile.Program(os.Getenv), Settings: settings,
	})
	if err != nil {
		return refusal(err)
	}
	return a.carryOut(site, plan, f.do, "everything is installed already")
}

// site looks at the repository; settings is the settings file from its top, where schemaguard would not find it there.
func (a commands) site() (site *hookfile.Site, settings string, err error) {
	w, err := a.Workspace()
	if err != nil {
		return nil, "", err
	}
	if w.Repo == nil {
		_, err := gitrepo.Open(a.Ctx, w.Config.Root, os.Getenv)
		return nil, "", refusal(hookfile.Refusal(err))
	}
	if rel, err := filepath.Rel(w.Repo.Root(), w.Config.File); err == nil && w.Config.File != "" && rel != config.FileName {
		settings = filepath.ToSlash(rel)
	}
	site, err = hookfile.Look(a.Ctx, w.Repo, os.Getenv, w.Path)
	return site, settings, refusal(err)
}

// carryOut does what was planned, or only says it, and says what is left to do.
func (a commands) carryOut(site *hookfile.Site, plan hookfile.Plan, do bool, nothing string) error {
	tell := func(step hookfile.Step) {
		if step.Action != hookfile.Keep || step.Why != "" {
			a.Note(site.Describe(step, do))
		}
	}
	if !do {
		for _, step := range plan.Steps {
			tell(step)
		}
	} else if err := site.Apply(a.Ctx, plan, tell); err != nil {
		return err
	}
	for _, note := range plan.Notes {
		a.Note("note: " + note)
	}
	fmt.Fprint(a.Streams.Out, plan.Text)
	if plan.Missing != "" {
		return app.HintError{Code: exitcode.Usage, Err: errors.New(plan.Missing), Hints: plan.Hints}
	}
	if !plan.Changes() && plan.Text == "" {
		a.Note("unchanged: " + nothing)
		return nil
	}
	for _, hint := range plan.Hints {
		a.Note("hint: " + hint)
	}
	return nil
}

// refusal gives a repository that cannot be installed into its exit code and its ways out.
func refusal(err error) error {
	if refused, ok := errors.AsType[*hookfile.RefusedError](err); ok {
		return app.HintError{Code: exitcode.Usage, Err: refused, Hints: refused.Hints}
	}
	return err
}
