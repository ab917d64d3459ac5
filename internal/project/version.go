package project

import (
	"fmt"

	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/config"
)

// A Version is one source's word on which Directus the project runs.
type Version struct {
	Version string // exact: "11.17.4"
	Source  string // "flag --directus-version", "image directus/directus:11.17.4 (compose.yaml:4)"
}

// Versions returns what the settings, the compose image and the packages say,
// strongest first, and notes about what names Directus without an exact version: a
// tag such as "11" is whatever was newest on the day it was pulled. Both d and
// packages may be empty. What the snapshot and the database say comes after them.
func Versions(cfg *config.Config, d *compose.Directus, packages []Package) (found []Version, notes []string) {
	if v := cfg.Directus.Version; v.IsSet() {
		found = append(found, Version{v.V, v.Origin.String()})
	}
	if d != nil && d.Image != "" {
		source := fmt.Sprintf("image %s (%s)", printable(d.Image), d.VersionOrigin)
		if exactVersion(d.Version) {
			found = append(found, Version{d.Version, source})
		} else {
			notes = append(notes, source+" names no exact version of Directus")
		}
	}
	for _, p := range packages {
		switch dep := p.Directus; {
		case dep == nil:
		case dep.Version == "":
			notes = append(notes, fmt.Sprintf("%s asks for directus %s, and no lock file says which version that is", p.Path, printable(dep.Wanted)))
		case dep.Source == p.Path:
			found = append(found, Version{dep.Version, p.Path})
		default:
			found = append(found, Version{dep.Version, fmt.Sprintf("%s (%s asks for %s)", dep.Source, p.Path, printable(dep.Wanted))})
		}
	}
	return found, notes
}
