package authz

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Labels by which a person decides what is guarded.
const (
	directusLabel = "schemaguard.directus" // of a container: true or false
	volumeLabel   = "schemaguard.volume"   // of a volume: true or false
	// ProbeLabel marks a container that a guard creates to read a file of an image, and never starts: its
	// creation is not asked about, its start is.
	ProbeLabel   = "schemaguard.probe"
	projectLabel = "com.docker.compose.project"
)

// Guarded tells whether a container is a Directus: by its label, else by its environment (DB_CLIENT, and
// KEY, SECRET or DIRECTUS_*), its image, or the command that it starts with.
func Guarded(c Container) bool {
	if said, ok := says(c.Labels, directusLabel); ok {
		return said
	}
	client, key := false, false
	for _, v := range c.Env {
		name, value, _ := strings.Cut(v, "=")
		client = client || name == "DB_CLIENT" && value != ""
		key = key || name == "KEY" || name == "SECRET" || strings.HasPrefix(name, "DIRECTUS_")
	}
	return client && key ||
		slices.ContainsFunc(append([]string{c.Image}, c.ImageNames...), directusImage) ||
		startsDirectus(slices.Concat(c.Entrypoint, c.Cmd))
}

// says reads a label that decides; ok is false where it does not.
func says(labels map[string]string, name string) (said, ok bool) {
	switch strings.ToLower(labels[name]) {
	case "true", "yes", "1":
		return true, true
	case "false", "no", "0":
		return false, true
	}
	return false, false
}

// directusImage tells whether a name of an image is that of the official one, from any registry.
func directusImage(name string) bool {
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		name = name[:i]
	}
	return name == "directus/directus" || strings.HasSuffix(name, "/directus/directus")
}

// runsDirectus is a text that runs Directus in the middle of a shell command: its own command with one of
// its verbs, the file that the official image starts, or its package.
var runsDirectus = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|[\s/;&|("'])directus\s+(start|bootstrap|schema|database|init)\b|/directus/cli\.js|@directus/api`)
})

func startsDirectus(words []string) bool {
	if len(words) > 0 && filepath.Base(words[0]) == "directus" {
		return true
	}
	return runsDirectus().MatchString(strings.Join(words, " "))
}

// project is the compose project that something belongs to; empty outside of any.
func project(labels map[string]string) string { return labels[projectLabel] }

// postgresFolder is below what Postgres images keep their data in.
const postgresFolder = "/var/lib/postgresql"

// holdsDatabase tells whether a volume is the data of a Postgres: somebody mounts it where Postgres keeps
// them, or a cluster is in it.
func (v Volume) holdsDatabase() bool {
	for _, c := range v.Users {
		for _, m := range c.Mounts {
			if m.Source == v.Name && (m.Target == postgresFolder || strings.HasPrefix(m.Target, postgresFolder+"/")) {
				return true
			}
		}
	}
	if v.Folder == "" {
		return false
	}
	// The folders of the official images: data since ever, 18/docker since 18.
	for _, pattern := range []string{"PG_VERSION", "*/PG_VERSION", "*/docker/PG_VERSION"} {
		found, err := filepath.Glob(filepath.Join(escape(v.Folder), filepath.FromSlash(pattern)))
		if err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

func escape(folder string) string {
	if os.PathSeparator == '\\' {
		return folder // where a pattern has no escapes
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(folder)
}

// guarded tells whether a volume holds the database of a guarded container, given the projects that have
// one. What belongs to no project counts together.
func (v Volume) guarded(projects func(string) bool) bool {
	if said, ok := says(v.Labels, volumeLabel); ok {
		return said
	}
	return v.holdsDatabase() && projects(project(v.Labels))
}
