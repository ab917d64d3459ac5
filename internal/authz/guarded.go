package authz

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
)

// Labels by which a person decides what is guarded.
const (
	volumeLabel = "schemaguard.volume" // of a volume: true or false
	// ProbeLabel marks a container that a guard creates to read a file of an image, and never starts: its
	// creation is not asked about, its start is.
	ProbeLabel   = "schemaguard.probe"
	projectLabel = "com.docker.compose.project"
)

// Guarded tells whether a container is a Directus.
func Guarded(c Container) bool {
	return recognise.Process{
		Labels: c.Labels, Images: append([]string{c.Image}, c.ImageNames...), Env: c.Env, Words: slices.Concat(c.Entrypoint, c.Cmd),
	}.Directus()
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
	if said, ok := recognise.Says(v.Labels, volumeLabel); ok {
		return said
	}
	return v.holdsDatabase() && projects(project(v.Labels))
}
