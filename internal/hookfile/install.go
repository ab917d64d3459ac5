package hookfile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/hookfile/manager"
)

// Install says what is installed.
type Install struct {
	Method   Method
	Events   []string // nil for all, or all that refuse where a hook manager's file is shared by the team
	Program  string   // absolute path of schemaguard; empty to look for it each time
	Settings string   // settings file from the top of the working tree; empty where schemaguard finds it by itself
	Drivers  bool     // the merge driver and the diff driver too
	Consent  bool     // a hook manager's own file may be changed
}

// Install plans an installation. It returns *[RefusedError] where the repository's hooks are somebody else's.
func (s *Site) Install(o Install) (Plan, error) {
	var p Plan
	method := s.settle(o)
	if err := s.hooksPlan(&p, o, method); err != nil {
		return Plan{}, err
	}
	if o.Drivers && method != Print {
		if err := s.driversPlan(&p, o); err != nil {
			return Plan{}, err
		}
	}
	if s.Linked {
		p.note("this is a linked working tree: hooks and configuration hold for all working trees of %s", s.CommonDir)
	}
	return p, nil
}

// byManager is the method that no flag names: the hook manager's own file.
const byManager Method = "manager"

// settle chooses what auto means here.
func (s *Site) settle(o Install) Method {
	switch {
	case o.Method != Auto:
		return o.Method
	case s.Manager != nil:
		return byManager
	case s.Git.AtLeast(configHooks):
		return Config
	}
	return File
}

func (s *Site) hooksPlan(p *Plan, o Install, method Method) error {
	events := o.Events
	if events == nil {
		events = hooks.Events()
	}
	switch method {
	case byManager:
		return s.managerPlan(p, o)
	case Print:
		s.printPlan(p, o)
		return nil
	case Config:
		return s.configPlan(p, o, events)
	default:
		return s.filePlan(p, o, events)
	}
}

// filePlan writes a file for each event where git looks for it.
func (s *Site) filePlan(p *Plan, o Install, events []string) error {
	if err := s.refuseForeignFolder(events); err != nil {
		return err
	}
	for _, h := range s.Hooks {
		if !slices.Contains(events, h.Name) {
			continue
		}
		script, err := hooks.Script(h.Name, o.Program, o.Settings)
		if err != nil {
			return err
		}
		if err := filePlan(p, h, script); err != nil {
			return err
		}
	}
	s.dropConfig(p)
	return nil
}

const changedSince = "somebody changed it since it was written; to have it written anew, delete it and install again"

func filePlan(p *Plan, h Script, script string) error {
	write := Step{Action: Write, Path: h.Path, Data: script, Perm: 0o755}
	before := h.Name + hooks.Before
	switch {
	case !h.Exists && h.Before:
		write.Why = "runs " + before + " first"
		p.add(write)
	case !h.Exists:
		p.add(write)
	case h.Owner == hooks.Ours && h.Text == script && h.Mode&0o100 != 0:
		p.add(Step{Action: Keep, Path: h.Path})
	case h.Owner == hooks.Ours:
		write.Why = "replaces the one of another version or folder"
		p.add(write)
	case h.Owner == hooks.Edited:
		p.add(Step{Action: Keep, Path: h.Path, Why: changedSince})
	case h.Before:
		return &RefusedError{
			Msg:   fmt.Sprintf("%s is no hook of schemaguard, and %s lies beside it already: which of them is to run first is not known", h.Path, before),
			Hints: []string{"rm " + hooks.Quote(h.beside()) + "   (if the hook itself is the one you want)"},
		}
	default:
		write.Why = "runs " + before + " first"
		p.add(Step{Action: Move, Path: h.Path, To: h.beside()}, write)
	}
	return nil
}

// refuseForeignFolder refuses to write where the files are not this clone's own.
func (s *Site) refuseForeignFolder(events []string) error {
	h := s.HooksPath
	folder := filepath.Dir(s.Hooks[0].Path)
	line := `schemaguard hook pre-commit "$@" || exit $?`
	switch {
	case s.Manager != nil && s.Manager.Rewrites:
		return &RefusedError{
			Msg:   fmt.Sprintf("%s writes the hook files of this repository anew, so that ours would be lost", s.Manager.Name),
			Hints: []string{"schemaguard install --write   (adds schemaguard to " + s.Manager.File + ")", "schemaguard install --method print"},
		}
	case h.Value == "":
		return nil
	case !h.Local:
		return &RefusedError{
			Msg: fmt.Sprintf("core.hooksPath is set for all repositories, by %s: a hook written to %s would run in every one of them",
				h.Origin, filepath.Join(folder, events[0])),
			Hints: []string{
				s.configHint(),
				`git config --local core.hooksPath "$(cd "$(git rev-parse --git-common-dir)" && pwd)/hooks" && schemaguard install   (this repository leaves the shared hooks)`,
				fmt.Sprintf("add to %s: %s", filepath.Join(folder, "pre-commit"), line),
			},
		}
	case h.Team:
		return &RefusedError{
			Msg: fmt.Sprintf("core.hooksPath leads to %s, whose files git tracks: they are the team's, and are not written to", s.shown(folder)),
			Hints: []string{
				fmt.Sprintf("add to %s: %s", s.shown(filepath.Join(folder, "pre-commit")), line),
				s.configHint(),
				"git config --unset core.hooksPath && schemaguard install   (this clone leaves the team's hooks)",
			},
		}
	case !isDir(folder) && strings.HasPrefix(folder, "/dev/"):
		return &RefusedError{
			Msg:   "core.hooksPath is " + h.Value + ": hooks are switched off in this repository",
			Hints: []string{"git config --unset core.hooksPath && schemaguard install", s.configHint()},
		}
	}
	return nil
}

func (s *Site) configHint() string {
	if s.Git.AtLeast(configHooks) {
		return "schemaguard install --method config   (runs besides those hooks)"
	}
	return fmt.Sprintf("schemaguard install --method config   (runs besides those hooks; needs git %s, this is %s)", configHooks, s.Git)
}

// configPlan names scripts of our own in git's configuration.
func (s *Site) configPlan(p *Plan, o Install, events []string) error {
	if !s.Git.AtLeast(configHooks) {
		return &RefusedError{
			Msg:   fmt.Sprintf("hooks in the configuration need git %s: git %s would pass over them in silence", configHooks, s.Git),
			Hints: []string{"schemaguard install --method file"},
		}
	}
	for _, script := range s.Private {
		if !slices.Contains(events, script.Name) {
			continue
		}
		if err := s.privatePlan(p, script, o); err != nil {
			return err
		}
		section := "hook.schemaguard-" + script.Name
		s.setConfig(p, [][2]string{
			{section + ".command", `sh "$(git rev-parse --git-common-dir)/schemaguard/hooks/` + script.Name + `"`},
			{section + ".event", script.Name},
		})
	}
	p.note("only git %s and newer runs these; where an older git is used too (a graphical client's own): schemaguard install --method file", configHooks)
	s.dropFiles(p, s.Hooks)
	return nil
}

// privatePlan writes one of the scripts below the git directory.
func (s *Site) privatePlan(p *Plan, have Script, o Install) error {
	script, err := hooks.Script(have.Name, o.Program, o.Settings)
	if err != nil {
		return err
	}
	switch {
	case have.Text == script && have.Mode&0o100 != 0:
		p.add(Step{Action: Keep, Path: have.Path})
	case have.Exists && have.Owner != hooks.Ours:
		p.add(Step{Action: Keep, Path: have.Path, Why: changedSince})
	default:
		p.add(Step{Action: Write, Path: have.Path, Data: script, Perm: 0o755})
	}
	return nil
}

// dropConfig removes what another method left: two hooks would check everything twice.
func (s *Site) dropConfig(p *Plan) {
	for _, section := range sections(s.Settings) {
		if strings.HasPrefix(section, "hook.") {
			p.add(Step{Action: Unset, Path: section, Why: "the hook file does it now"})
		}
	}
	for _, script := range s.Private {
		if slices.Contains(hooks.Events(), script.Name) && script.Owner == hooks.Ours {
			p.add(Step{Action: Remove, Path: script.Path})
		}
	}
}

// managerPlan adds schemaguard to the hook manager's own file, or says what to add.
func (s *Site) managerPlan(p *Plan, o Install) error {
	m := s.Manager
	events := o.Events
	if events == nil {
		events = slices.DeleteFunc(hooks.Events(), func(e string) bool { return !hooks.Refuses(e) })
	}
	missing := m.Missing(events)
	if len(m.Uncalled(events)) > 0 {
		p.Hints = append(p.Hints, m.Next)
	}
	if len(missing) == 0 {
		p.add(Step{Action: Keep, Path: m.File, Why: m.Name + " runs schemaguard"})
		s.dropFiles(p, s.Hooks)
		s.dropConfig(p)
		return nil
	}
	changes, err := m.Add(missing, o.Settings)
	if err != nil || !o.Consent {
		p.Text = m.Snippet(missing, o.Settings)
		p.Missing = fmt.Sprintf("%s runs the hooks of this repository, and %s lacks schemaguard", m.Name, m.File)
		if err == nil {
			p.Hints = append([]string{"schemaguard install --write   (adds this to " + m.File + ")"}, p.Hints...)
		} else if o.Consent {
			p.Missing += "; it has to be added by hand: " + err.Error()
		}
		return nil
	}
	s.fileChanges(p, changes)
	s.dropFiles(p, s.Hooks)
	s.dropConfig(p)
	p.note("%s is the team's file: look at the change, and commit it", m.File)
	return nil
}

func (s *Site) fileChanges(p *Plan, changes []manager.Change) {
	for _, c := range changes {
		step := Step{Action: Write, Path: s.abs(filepath.FromSlash(c.Path)), Data: c.Text, Perm: c.Perm}
		if c.Remove {
			step = Step{Action: Remove, Path: step.Path}
		}
		p.add(step)
	}
}

// printPlan says what to do by hand.
func (s *Site) printPlan(p *Plan, o Install) {
	var b strings.Builder
	if s.Manager != nil {
		b.WriteString(s.Manager.Snippet(s.Manager.Missing(hooks.Events()), o.Settings))
	} else {
		b.WriteString(`# in the hook files of pre-commit, pre-merge-commit and pre-push, each with its own name:` + "\n")
		fmt.Fprintf(&b, "%s \"$@\" || exit $?\n", manager.Command("pre-commit", o.Settings))
	}
	b.WriteString("\n# git merges and shows the snapshot item by item:\n")
	for _, e := range [][2]string{
		{"merge.schemaguard.driver", "schemaguard merge " + placeholders}, {"diff.schemaguard.textconv", "schemaguard textconv"},
	} {
		fmt.Fprintf(&b, "git config %s %s\n", e[0], hooks.Quote(e[1]))
	}
	fmt.Fprintf(&b, "\n# a line of .gitattributes:\n%s\n", attributeLine(s.Snapshot))
	p.Text = b.String()
}

// textconvCache is where git keeps what the diff driver said of each version of the file.
const textconvCache = "refs/notes/textconv/" + driver

// driversPlan sets up the merge driver and the diff driver, and the attributes that call for them.
func (s *Site) driversPlan(p *Plan, o Install) error {
	for _, name := range []string{"merge", "diff"} {
		if a := s.Attribute[name]; a != "unspecified" && a != driver {
			p.note("git's attribute %s of %s is %q already, so the drivers of schemaguard are left out; git check-attr -a -- %s shows it", name, s.Snapshot, a, hooks.Quote(s.Snapshot))
			return nil
		}
	}
	for _, script := range s.Private {
		if script.Name != hooks.Merge && script.Name != hooks.Textconv {
			continue
		}
		if err := s.privatePlan(p, script, o); err != nil {
			return err
		}
	}
	s.setConfig(p, drivers())
	if p.Changes() && s.Cached {
		p.add(Step{Action: Forget, Path: textconvCache, Why: "what another schemaguard said of each version"})
	}
	if s.Attribute["merge"] == driver && s.Attribute["diff"] == driver {
		p.add(Step{Action: Keep, Path: s.Lines.Path})
		return nil
	}
	p.add(Step{Action: Write, Path: s.Lines.Path, Data: addLine(s.Lines.Text, attributeLine(s.Snapshot)), Perm: 0o644, Why: attributeLine(s.Snapshot)})
	p.Hints = append(p.Hints, "git add .gitattributes   (so that every clone shows and merges the snapshot so)")
	return nil
}
