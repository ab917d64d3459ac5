package manager

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/schemaguard/schemaguard/hooks"
)

// Change is new content for a file of the working tree.
type Change struct {
	Path   string // from the top of the working tree, slash-separated
	Text   string
	Perm   fs.FileMode // of a new file
	Remove bool        // the file held nothing but what was added: it goes
}

// Add returns the changes that have the manager run schemaguard for the given events, which must be missing. The error
// says why that cannot be done without a person.
func (m *Found) Add(events []string, settings string) ([]Change, error) {
	switch m.kind {
	case husky:
		return m.addHusky(events, settings)
	case byHand:
		return nil, fmt.Errorf("%s is not edited by schemaguard", m.File)
	case lefthook, preCommit:
	}
	data, err := fs.ReadFile(m.root, m.File)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", m.File, err)
	}
	text := string(data)
	if m.kind == preCommit {
		text, err = addYAML(text, []string{"repos"}, preCommitRepo(events, settings))
		return []Change{{Path: m.File, Text: text, Perm: 0o644}}, err
	}
	for _, e := range events {
		job := m.lefthookJob(e, settings)
		added, err := addYAML(text, []string{e, "jobs"}, job)
		if errors.Is(err, errOtherKeys) {
			job[0] = "schemaguard:"
			added, err = addYAML(text, []string{e, "commands"}, job)
		}
		if err != nil {
			return nil, err
		}
		text = added
	}
	return []Change{{Path: m.File, Text: text, Perm: 0o644}}, nil
}

func (m *Found) addHusky(events []string, settings string) ([]Change, error) {
	var all []Change
	for _, e := range events {
		c := Change{Path: path.Join(m.File, e), Perm: 0o755}
		data, err := fs.ReadFile(m.root, c.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading %s: %w", c.Path, err)
		}
		text := string(data)
		lines := block([]string{huskyLine(e, settings)}, "")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.Text = insertLines("#!/bin/sh\n", 1, lines)
		case takesInput(e):
			// What reads the input first, git-lfs above all, must go on getting it.
			c.Text = insertLines(text, strings.Count(text, "\n")+1, lines)
		default:
			c.Text = insertLines(text, prologue(text), lines)
		}
		all = append(all, c)
	}
	return all, nil
}

// prologue counts the lines that a hook of husky begins with before it does anything.
func prologue(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		code := strings.TrimSpace(line)
		if code != "" && !strings.HasPrefix(code, "#") && !strings.HasPrefix(code, ". ") {
			break
		}
		n++
	}
	return n
}

// Remove returns the changes that take out again what [Found.Add] added, and the files that name schemaguard still.
func (m *Found) Remove() (changes []Change, left []string) {
	names := []string{m.File}
	if m.kind == husky {
		names = nil
		for _, e := range hooks.Events() {
			names = append(names, path.Join(m.File, e))
		}
	}
	for _, name := range names {
		data, err := fs.ReadFile(m.root, name)
		if err != nil {
			continue
		}
		text, changed := removeBlocks(string(data))
		if text != string(data) {
			changes = append(changes, Change{Path: name, Text: text, Perm: 0o644, Remove: m.kind == husky && text == "#!/bin/sh\n"})
		}
		if changed || namesUs(text) {
			left = append(left, name)
		}
	}
	return changes, left
}

func namesUs(text string) bool {
	for line := range strings.Lines(text) {
		if code, _, _ := strings.Cut(line, "#"); strings.Contains(code, "schemaguard") {
			return true
		}
	}
	return false
}
