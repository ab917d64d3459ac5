package hookfile

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/hooks"
)

// Uninstall plans to take out everything that is ours, and to put back what was there before. What somebody changed
// since is left, and said.
func (s *Site) Uninstall() Plan {
	var p Plan
	s.dropFiles(&p, s.Hooks)
	s.dropFiles(&p, s.Stray)
	if s.Manager != nil {
		changes, left := s.Manager.Remove()
		s.fileChanges(&p, changes)
		for _, name := range left {
			p.note("%s still names schemaguard in lines that it did not write: take them out by hand", name)
		}
	}
	for _, section := range sections(s.Settings) {
		p.add(Step{Action: Unset, Path: section})
	}
	if s.Cached {
		p.add(Step{Action: Forget, Path: textconvCache})
	}
	for _, script := range s.Private {
		switch {
		case script.Owner == hooks.Ours:
			p.add(Step{Action: Remove, Path: script.Path})
		case script.Exists:
			p.note("%s was changed by somebody: left as it is", s.shown(script.Path))
		}
	}
	switch text := removeLines(s.Lines.Text); {
	case !s.Lines.Exists || text == s.Lines.Text:
	case strings.TrimSpace(text) == "":
		p.add(Step{Action: Remove, Path: s.Lines.Path, Why: "it held nothing else"})
	default:
		p.add(Step{Action: Write, Path: s.Lines.Path, Data: text, Perm: 0o644})
	}
	return p
}

// dropFiles removes our hook files and puts back those that were there before.
func (s *Site) dropFiles(p *Plan, scripts []Script) {
	for _, h := range scripts {
		back := Step{Action: Move, Path: h.beside(), To: h.Path, Why: "as it was before"}
		switch {
		case h.Owner == hooks.Edited:
			p.note("%s was changed by somebody since schemaguard wrote it: left as it is", s.shown(h.Path))
		case h.Owner == hooks.Ours && h.Before, !h.Exists && h.Before:
			p.add(back)
		case h.Owner == hooks.Ours:
			p.add(Step{Action: Remove, Path: h.Path})
		case h.Before:
			p.note("%s is no hook of schemaguard; %s, which was there before, is left beside it", s.shown(h.Path), h.Name+hooks.Before)
		}
	}
}

// Installed are the events for which git, as it is set up here, would run a script of ours: by a hook file or by its
// configuration. A hook manager is not asked.
func (s *Site) Installed() []string {
	var events []string
	for _, h := range s.Hooks {
		byFile := h.Owner != hooks.Foreign && h.Mode&0o100 != 0
		byConfig := s.Git.AtLeast(configHooks) && s.Settings["hook.schemaguard-"+h.Name+".event"] == h.Name
		if (byFile || byConfig) && !slices.Contains(events, h.Name) {
			events = append(events, h.Name)
		}
	}
	return events
}
