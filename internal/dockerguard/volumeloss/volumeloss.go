// Package volumeloss says which volumes a docker command deletes, and which of them hold a database.
//
// It is pure: it asks no engine.
package volumeloss

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// Doomed are the volumes that the command deletes, of all that the daemon has. named says that a prune takes
// those with a name too.
func Doomed(c dockercmd.Command, p bootsource.Plan, w *bootsource.World, all []inventory.Volume, named bool) []inventory.Volume {
	touched := map[string]bool{} // anonymous volumes of the containers that go
	for i := range p.Boots {
		b := &p.Boots[i]
		if b.Container == nil || !replaces(c, b) {
			continue
		}
		for _, m := range b.Container.Mounts {
			if m.Anonymous() {
				touched[m.Name] = true
			}
		}
	}
	used := map[string]bool{}
	for i := range w.Containers {
		user := &w.Containers[i]
		if c.Verb == "system prune" && !user.Running() {
			continue // it is pruned before its volumes are looked at
		}
		for _, m := range user.Mounts {
			used[m.Name] = true
		}
	}
	var out []inventory.Volume
	for _, v := range all {
		goes := false
		switch c.Volumes.Scope {
		case dockercmd.NamedVolumes:
			goes = slices.Contains(c.Volumes.Names, v.Name) && (!used[v.Name] || c.Podman && c.Flags.On("force"))
		case dockercmd.TargetVolumes:
			goes = touched[v.Name]
		case dockercmd.ProjectVolumes:
			goes = touched[v.Name] || ofProject(w, v)
		case dockercmd.UnusedVolumes:
			goes = !used[v.Name] && (named || v.Anonymous())
		case dockercmd.AllVolumes:
			goes = true
		case dockercmd.NoVolumes:
		}
		if goes {
			out = append(out, v)
		}
	}
	return out
}

// replaces tells whether a container goes, with its anonymous volumes.
func replaces(c dockercmd.Command, b *bootsource.Boot) bool {
	switch c.Verb {
	case "up", "create", "scale":
		return slices.ContainsFunc(b.Sources, func(s bootsource.Source) bool { return s.Kind != bootsource.Container })
	case "rm":
		return b.Armed && (!b.Container.Running() || c.Flags.On("stop"))
	}
	return b.Armed
}

// ofProject tells a volume that down -v removes: one that the file names and that is not external, and
// without a file one that carries the project's label.
func ofProject(w *bootsource.World, v inventory.Volume) bool {
	if w.Project != nil {
		for _, pv := range w.Project.Volumes {
			if pv.Name == v.Name {
				return !pv.External
			}
		}
		return false
	}
	return w.Name != "" && v.Labels[inventory.LabelProject] == w.Name
}

// IsDatabase tells whether a mount holds the files of a Postgres: by the place, or by what PGDATA says.
func IsDatabase(env []string, m inventory.Mount) bool {
	if m.Type != "volume" {
		return false
	}
	target := strings.ToLower(m.Target)
	if strings.Contains(target, "postgresql") || strings.Contains(target, "pgdata") || strings.Contains(target, "postgres") {
		return true
	}
	for _, e := range env {
		if dir, ok := strings.CutPrefix(e, "PGDATA="); ok && (dir == m.Target || strings.HasPrefix(dir, strings.TrimSuffix(m.Target, "/")+"/")) {
			return true
		}
	}
	return false
}
