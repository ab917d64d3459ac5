// Package explain says in words what dockercmd read in a command line: whom the command hits, how, where
// the files of the next start come from, which volumes go, and which daemon and project are asked.
//
// It shows no value of an environment variable or a label, no userinfo of a daemon's address, and nothing
// that a terminal would obey. It decides nothing.
package explain

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Line is one statement about a command.
type Line struct {
	Label string // "command", "does", "also", "volumes", "daemon", "project", "unknown"
	Text  string
}

// Lines returns what there is to say about a command, the gravest first.
func Lines(c dockercmd.Command) []Line {
	lines := []Line{{"command", what(c)}}
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, Line{label, text})
		}
	}
	switch {
	case c.Help:
		add("does", "prints a usage")
	case c.DryRun:
		add("does", "nothing: it is a dry run")
	case c.Kind == dockercmd.ReadOnly:
		add("does", "starts nothing, and changes nothing that a later start reads")
		if c.AppliesSchema() {
			add("also", "runs a schema apply inside the container")
		}
	case c.Kind == dockercmd.MayBoot && len(c.Unknown) > 0:
		add("does", "is not known to schemaguard, so it counts as a start of everything")
	default:
		add("does", does(c))
		also(c, add)
		add("volumes", volumes(c))
	}
	if len(c.Unknown) > 0 {
		add("unknown", names(c.Unknown))
	}
	add("daemon", daemon(c.Daemon))
	if c.Family == dockercmd.Compose {
		add("project", project(c.Project))
	}
	return lines
}

// what names the command and its targets.
func what(c dockercmd.Command) string {
	name := c.Verb
	switch {
	case name == "" && c.Help:
		return "none"
	case name == "":
		return "not understood"
	case c.Family == dockercmd.Compose && !strings.HasPrefix(name, "compose "):
		name = "compose " + name
	}
	name = show(name)
	switch {
	case c.All:
		return name + ", on every " + object(c.Object)
	case len(c.Targets) == 1 && c.Object != dockercmd.Nothing:
		return fmt.Sprintf("%s, on the %s %s", name, object(c.Object), names(c.Targets))
	case len(c.Targets) > 1 && c.Object != dockercmd.Nothing:
		return fmt.Sprintf("%s, on the %ss %s", name, object(c.Object), names(c.Targets))
	case len(c.Images) > 0:
		return fmt.Sprintf("%s, image %s", name, names(c.Images))
	}
	return name
}

// object is the singular of what the targets are.
func object(o dockercmd.Object) string {
	if o == dockercmd.Nothing {
		return "container"
	}
	return strings.TrimSuffix(strings.ReplaceAll(o.String(), "-", " "), "s")
}

// does says what happens to the targets.
func does(c dockercmd.Command) string {
	text := effect(c.Effect)
	switch {
	case text == "" && c.Kind == dockercmd.Arms:
		return "starts nothing now, but the next start can read other files"
	case text == "" && c.Kind == dockercmd.LosesVolumes:
		return "deletes volumes"
	}
	if v, given := c.Flags.Value("pull"); c.Flags.On("build") {
		text += ", after building the images"
	} else if given && v != "never" {
		text += ", after pulling the images (" + show(v) + ")"
	}
	if c.Kind != dockercmd.MayBoot {
		text += "; nothing starts before the next start or up"
	}
	return text
}

func effect(e dockercmd.Effect) string {
	switch e {
	case dockercmd.None:
		return ""
	case dockercmd.Starts:
		return "starts what is stopped, with the files inside the container"
	case dockercmd.Restarts:
		return "restarts, with the files inside the container"
	case dockercmd.Fills:
		return "starts what is stopped, with the files inside the container, and creates what is missing, from its image"
	case dockercmd.Converges:
		return "starts what is stopped, with the files inside the container, and replaces what changed, from its image"
	case dockercmd.Recreates:
		return "replaces by new containers, from their image"
	case dockercmd.Creates:
		return "starts a new container, from its image"
	case dockercmd.Replaces:
		return "replaces what changed, and leaves it stopped"
	case dockercmd.Stops:
		return "stops or removes"
	}
	return ""
}

// also says whom the command hits beyond its targets.
func also(c dockercmd.Command, add func(label, text string)) {
	with := func(whom string, e dockercmd.Effect) {
		switch e {
		case dockercmd.None:
		case c.Effect:
			add("also", "the same with "+whom)
		default:
			add("also", effect(e)+": "+whom)
		}
	}
	if !c.All {
		with("what they depend on", c.Dependencies)
		with("what depends on them with restart: true", c.Dependents)
	}
	with("other services of the same image", c.Siblings)
	if c.Cascades {
		add("also", "restarts which of these depends with restart: true on one that is replaced")
	}
	if c.Family == dockercmd.Compose && (c.Project.RemoveOrphans && c.Verb == "up" || c.Flags.On("remove-orphans")) {
		add("also", "removes containers of the project that its files lack")
	}
	if c.AppliesSchema() {
		add("also", "runs a schema apply inside the container")
	}
}

// volumes says what is deleted.
func volumes(c dockercmd.Command) string {
	switch l := c.Volumes; l.Scope {
	case dockercmd.NoVolumes:
	case dockercmd.NamedVolumes:
		return "deletes " + names(l.Names)
	case dockercmd.TargetVolumes:
		return "deletes anonymous volumes of the containers that it removes or recreates"
	case dockercmd.ProjectVolumes:
		return "deletes every volume of the project that is not external, and the anonymous ones"
	case dockercmd.UnusedVolumes:
		if l.Named {
			return "deletes every volume that no container uses, named ones too"
		}
		return "deletes every anonymous volume that no container uses; engines before 23 delete named ones too"
	case dockercmd.AllVolumes:
		return "deletes every volume of the daemon"
	}
	return ""
}

func daemon(d dockercmd.Daemon) string {
	switch {
	case d.Context != "":
		return fmt.Sprintf("context %s, by %s", show(d.Context), d.By)
	case d.Host != "":
		return fmt.Sprintf("%s, by %s", show(d.Host), d.By)
	}
	return ""
}

func project(p dockercmd.Project) string {
	var parts []string
	add := func(label string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			parts = append(parts, label+" "+names(values))
		}
	}
	add("named", p.Name)
	add("files", p.Files...)
	add("directory", p.Directory)
	add("profiles", p.Profiles...)
	add("environment files", p.EnvFiles...)
	if p.Stdin {
		parts = append(parts, "read from standard input, which only the command itself can do")
	}
	return strings.Join(parts, ", ")
}

func names(list []string) string {
	shown := make([]string, len(list))
	for i, name := range list {
		shown[i] = show(name)
	}
	return strings.Join(shown, " ")
}

// show makes a word of the command line fit for a terminal.
func show(word string) string { return terminal.Clean(redact.String(word)) }
