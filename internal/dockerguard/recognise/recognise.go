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

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/container"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// Labels by which a team says what a container is.
const (
	labelDirectus = "schemaguard.directus" // "true" or "false", where it is not recognised rightly
	labelSnapshot = "schemaguard.snapshot" // the path of the snapshot in the container
)

// Existing is a container as a boot, for the questions that are asked of one.
func Existing(c *inventory.Container) *bootsource.Boot {
	return &bootsource.Boot{Container: c, Project: c.Project(), Service: c.Service(), Spec: bootsource.Spec{
		Image: c.Image, Env: c.Env, Entry: c.Entry, Command: c.Command, Labels: c.Labels, Mounts: c.Mounts, Hosts: c.Hosts, NetMode: c.NetMode,
	}}
}

// runsDirectus finds the program among the words of a command, also inside a text for a shell.
var runsDirectus = regexp.MustCompile(`(^|[\s/;&|"'(])directus(["')]?\s|["')]?$)`)

// Directus tells whether a container runs Directus: by its label, by the service that the settings name ("" for
// none), by its image, its environment or its command.
func Directus(b *bootsource.Boot, service string) bool {
	switch strings.ToLower(b.Spec.Labels[labelDirectus]) {
	case "true", "yes", "1":
		return true
	case "false", "no", "0":
		return false
	}
	if service != "" && b.Service == service {
		return true
	}
	repository, _, _ := strings.Cut(b.Spec.Image, "@")
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		repository = repository[:i]
	}
	if repository == "directus/directus" || strings.HasSuffix(repository, "/directus/directus") {
		return true
	}
	client, rest := false, false
	for _, e := range b.Spec.Env {
		name, _, _ := strings.Cut(e, "=")
		client = client || name == "DB_CLIENT"
		rest = rest || name == "KEY" || name == "SECRET" || strings.HasPrefix(name, "DIRECTUS_")
	}
	return client && rest || runsDirectus.MatchString(text(b))
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
