package manager

import (
	"fmt"
	"slices"
	"strings"
)

// Snippet returns what to add to the manager's file for the given events, with a line that says where.
func (m *Found) Snippet(events []string, settings string) string {
	var b strings.Builder
	switch {
	case m.kind == husky:
		for _, e := range events {
			fmt.Fprintf(&b, "# a line of .husky/%s:\n%s\n", e, huskyLine(e, settings))
		}
	case m.Name == "lefthook" && m.kind == lefthook:
		fmt.Fprintf(&b, "# in %s:\n", m.File)
		for _, e := range events {
			fmt.Fprintf(&b, "%s:\n  jobs:\n%s\n", e, indent(m.lefthookJob(e, settings), "    "))
		}
	case m.kind == preCommit:
		fmt.Fprintf(&b, "# in %s:\nrepos:\n%s\n", m.File, indent(preCommitRepo(events, settings), "  "))
	default:
		fmt.Fprintf(&b, "%s in %s:\n%s", m.comment(), m.File, m.handSnippet(events, settings))
	}
	return b.String()
}

func (m *Found) comment() string {
	if m.Name == "hk" {
		return "//"
	}
	return "#"
}

func (m *Found) handSnippet(events []string, settings string) string {
	var b strings.Builder
	for _, e := range events {
		command := Command(e, settings)
		switch m.Name {
		case "hk":
			fmt.Fprintf(&b, "hooks {\n  [%q] {\n    steps {\n      [\"schemaguard\"] { check = %q }\n    }\n  }\n}\n", e, command)
		case "overcommit":
			event := map[string]string{"pre-commit": "PreCommit", "pre-push": "PrePush"}[e]
			fmt.Fprintf(&b, "%s:\n  Schemaguard:\n    enabled: true\n    command: [%s]\n", event, "'"+strings.Join(strings.Fields(command), "', '")+"'")
		case "prek":
			fmt.Fprintf(&b, "[[repos]]\nrepo = \"local\"\nhooks = [{ id = %q, name = %q, entry = %q, language = \"system\", pass_filenames = false, always_run = true, verbose = true, stages = [%q] }]\n",
				"schemaguard-"+e, "schemaguard ("+e+")", command, e)
		default: // lefthook in TOML or JSON
			fmt.Fprintf(&b, "[[%s.jobs]]\nname = \"schemaguard\"\nrun = %q\nfiles = %q\n", e, m.lefthookRun(e, settings), m.lefthookFiles())
		}
	}
	return b.String()
}

func huskyLine(event, settings string) string {
	line := Command(event, settings) + ` "$@"`
	if strings.HasPrefix(event, "post-") {
		line += " || :"
	}
	return line
}

// lefthookJob are the lines of one job. lefthook skips a job of pre-commit and pre-push when its own idea of the
// changed files is empty, which it takes from HEAD and not from what is pushed; a job that names a file runs always.
func (m *Found) lefthookJob(event, settings string) []string {
	job := []string{
		"- name: schemaguard",
		"  files: " + m.lefthookFiles(),
		"  run: '" + strings.ReplaceAll(m.lefthookRun(event, settings), "'", "''") + "'",
	}
	if takesInput(event) {
		job = append(job, "  use_stdin: true")
	}
	return job
}

func (m *Found) lefthookFiles() string { return "echo " + m.File }

func (m *Found) lefthookRun(event, settings string) string {
	run := Command(event, settings)
	if event != "pre-commit" && event != "pre-merge-commit" {
		run += " {0}"
	}
	return run + " # {files}"
}

// takesInput tells whether git says something on the standard input of a hook.
func takesInput(event string) bool { return event == "pre-push" || event == "post-rewrite" }

// preCommitRepo are the lines of one entry of repos. The program is the installed one, as in every other kind of hook.
func preCommitRepo(events []string, settings string) []string {
	lines := []string{"- repo: local", "  hooks:"}
	hook := func(id, name, event string, stages ...string) {
		entry := Command(event, settings)
		lines = append(lines,
			"    - id: "+id, "      name: "+name, "      entry: \""+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(entry)+"\"", "      language: system",
			"      pass_filenames: false", "      always_run: true", "      require_serial: true", "      verbose: true", // else what a hook that passes says is not shown
			"      stages: ["+strings.Join(stages, ", ")+"]")
	}
	var committing []string
	for _, e := range []string{"pre-commit", "pre-merge-commit"} {
		if slices.Contains(events, e) {
			committing = append(committing, e)
		}
	}
	if len(committing) > 0 {
		hook("schemaguard", "schemaguard (the Directus schema is saved)", "pre-commit", committing...)
	}
	if slices.Contains(events, "pre-push") {
		hook("schemaguard-push", "schemaguard (the pushed snapshots are valid)", "pre-push", "pre-push")
	}
	return lines
}

func indent(lines []string, by string) string { return by + strings.Join(lines, "\n"+by) }
