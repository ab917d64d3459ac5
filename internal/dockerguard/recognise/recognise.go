// Package recognise tells which containers run Directus, and where in one its snapshot is, from what docker
// knows of the container: labels, image, environment, command.
//
// It is pure: it looks into no container.
package recognise

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/container"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// LabelDirectus is the label by which a team says what a container is: "true" or "false", where it is not
// recognised rightly.
const LabelDirectus = "schemaguard.directus"

// labelSnapshot is the label by which it says where the snapshot is in the container.
const labelSnapshot = "schemaguard.snapshot"

// Existing is a container as a boot, for the questions that are asked of one.
func Existing(c *inventory.Container) *bootsource.Boot {
	return &bootsource.Boot{Container: c, Project: c.Project(), Service: c.Service(), Spec: bootsource.Spec{
		Image: c.Image, Env: c.Env, Entry: c.Entry, Command: c.Command, Labels: c.Labels, Mounts: c.Mounts, Hosts: c.Hosts, NetMode: c.NetMode,
	}}
}

// Process is what a container is recognised by.
type Process struct {
	Labels map[string]string
	Images []string // all names of its image
	Env    []string // NAME=value
	Words  []string // what it starts: entrypoint and command
}

// runsDirectus finds a start of Directus, also inside a text for a shell: its own command with one of its verbs,
// the file that the official image starts, or its package. The bare word could be anything that is called so: a
// database, a host, a folder.
var runsDirectus = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|[\s/;&|("'])directus(@[^\s"']+)?["']?\s+(start|bootstrap|schema|database|init)\b|/directus/cli\.js|@directus/api`)
})

// Directus tells whether it is a Directus: by its label, else by its environment (DB_CLIENT, and KEY, SECRET or
// DIRECTUS_*), its image, or the command that it starts with.
func (p Process) Directus() bool {
	if says, ok := Says(p.Labels, LabelDirectus); ok {
		return says
	}
	client, key := false, false
	for _, e := range p.Env {
		name, value, _ := strings.Cut(e, "=")
		client = client || name == "DB_CLIENT" && value != ""
		key = key || name == "KEY" || name == "SECRET" || strings.HasPrefix(name, "DIRECTUS_")
	}
	return client && key || slices.ContainsFunc(p.Images, official) ||
		len(p.Words) > 0 && path.Base(p.Words[0]) == "directus" || runsDirectus().MatchString(strings.Join(p.Words, " "))
}

// Says reads a label that is true or false; ok is false where it is neither.
func Says(labels map[string]string, name string) (says, ok bool) {
	switch strings.ToLower(labels[name]) {
	case "true", "yes", "1":
		return true, true
	case "false", "no", "0":
		return false, true
	}
	return false, false
}

// official tells whether a name of an image is that of the official one, from any registry.
func official(name string) bool {
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	return name == "directus/directus" || strings.HasSuffix(name, "/directus/directus")
}

// Directus tells whether a boot is one of Directus: as [Process.Directus] does, and by the service that the
// settings name ("" for none).
func Directus(b *bootsource.Boot, service string) bool {
	p := Process{Labels: b.Spec.Labels, Images: []string{b.Spec.Image}, Env: b.Spec.Env, Words: slices.Concat(b.Spec.Entry, b.Spec.Command)}
	if says, ok := Says(p.Labels, LabelDirectus); ok {
		return says
	}
	return service != "" && b.Service == service || p.Directus()
}

// text is what the process is started with, as one line.
func text(b *bootsource.Boot) string {
	return strings.Join(slices.Concat(b.Spec.Entry, b.Spec.Command), " ")
}

var applies = regexp.MustCompile(`\bschema\s+apply\b([^;&|]*)`)

// Paths says where the container has its snapshot, likeliest first. sure is set where somebody names the place:
// a label, the settings (path), or the command that applies it; else the places follow from where the project
// keeps its own.
func Paths(b *bootsource.Boot, path, project string) (list []string, sure bool) {
	if p := b.Spec.Labels[labelSnapshot]; p != "" {
		return []string{inside(p)}, true
	}
	if path != "" {
		return []string{inside(path)}, true
	}
	if m := applies.FindStringSubmatch(text(b)); m != nil {
		for w := range strings.FieldsSeq(m[1]) {
			w = strings.Trim(w, `"'()`)
			if w != "" && !strings.HasPrefix(w, "-") && !strings.ContainsAny(w, "$`*") {
				return []string{inside(w)}, true
			}
		}
	}
	return container.Candidates(project), false
}

// inside makes a path of a container absolute; /directus is the working directory of the official image.
func inside(p string) string {
	if !path.IsAbs(p) {
		p = "/directus/" + p
	}
	return path.Clean(p)
}

// AppliesNone reports a container whose command shows everything that it runs, and among it no schema apply: the
// command line of Directus, alone or in a text for a shell, and nothing that could hold further commands.
func AppliesNone(b *bootsource.Boot) bool {
	words := slices.Concat(b.Spec.Entry, b.Spec.Command)
	if len(words) > 0 && path.Base(words[0]) == "docker-entrypoint.sh" { // of the image node: hands on
		words = words[1:]
	}
	if len(words) > 2 && slices.Contains([]string{"sh", "ash", "bash", "dash"}, path.Base(words[0])) && words[1] == "-c" {
		if strings.ContainsAny(words[2], "$`<>()") {
			return false
		}
		return !slices.ContainsFunc(strings.FieldsFunc(words[2], func(r rune) bool { return strings.ContainsRune(";&|\n", r) }), func(part string) bool {
			return !isDirectusOwn(strings.Fields(part))
		})
	}
	return len(words) > 0 && isDirectusOwn(words)
}

// isDirectusOwn tells a command of Directus's own that applies no snapshot, or one that does nothing.
func isDirectusOwn(words []string) bool {
	if len(words) > 0 && (words[0] == "exec" || path.Base(words[0]) == "tini" || path.Base(words[0]) == "dumb-init") {
		words = words[1:]
	}
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return true
	}
	next := ""
	if len(words) > 1 {
		next = words[1]
	}
	switch path.Base(words[0]) {
	case ":", "true", "echo", "sleep":
		return true
	case "pm2-runtime": // of the official image, whose file starts the API
		return next == "start" && len(words) > 2 && words[2] == "ecosystem.config.cjs"
	case "npx":
		return next == "directus" && isDirectusOwn(words[1:])
	case "node":
		return path.Base(next) == "cli.js" && isDirectusOwn(append([]string{"directus"}, words[2:]...))
	case "directus":
		return next != "schema"
	}
	return false
}

// Name names a container for messages and consents.
func Name(b *bootsource.Boot) string {
	switch {
	case b.Container != nil:
		return b.Container.Name
	case b.Service != "":
		return b.Service
	}
	return b.Spec.Image
}
