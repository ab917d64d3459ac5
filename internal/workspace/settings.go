package workspace

import (
	"context"
	"os"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/project"
)

// Settings is which database it is and what the project says of Directus.
type Settings struct {
	*connection.Settings
	candidates []live.Candidate // flag or settings, image, package.json
	notes      []string
}

// Resolve decides on the database, and collects what the project says of the
// Directus version. It opens no connection. Its errors are those of
// [connection.Find].
func (w *Workspace) Resolve(ctx context.Context) (*Settings, error) {
	found, err := w.FindConnection(ctx)
	if err != nil {
		return nil, err
	}
	return w.settle(found), nil
}

// settle adds what the project says of the Directus version to a database that was decided on.
func (w *Workspace) settle(found *connection.Settings) *Settings {
	st := &Settings{Settings: found}
	st.notes = append(append(append(st.notes, w.Config.Warnings...), found.Notes...), found.Warnings...)
	folders := []string{filepath.Dir(w.File)}
	if d := found.Directus; d != nil && d.Service.Build != nil {
		folders = append(folders, d.Service.Build.Context)
	}
	versions, notes := project.Versions(w.Config, found.Directus, project.PackagesAt(w.Config.Root, folders...))
	st.notes = append(st.notes, notes...)
	for _, v := range versions {
		st.candidates = append(st.candidates, live.Candidate{Version: v.Version, Source: v.Source})
	}
	return st
}

// FindConnection is [connection.Find] for this workspace.
func (w *Workspace) FindConnection(ctx context.Context) (*connection.Settings, error) {
	return connection.Find(ctx, connection.Options{
		Config: w.Config, Environ: w.options.Environ, Compose: w.Compose(), Shown: Shorten,
		Docker: connection.CLI{Environ: w.options.Environ},
	})
}

// Compose reads the compose project around the working directory; nil where
// there is none.
func (w *Workspace) Compose() *compose.Project {
	files := make([]string, len(w.Config.Compose.Files.V))
	for i, f := range w.Config.Compose.Files.V {
		files[i] = w.Config.Abs(f)
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = w.Config.Root
	}
	return compose.Load(compose.Options{
		Dir: dir, Root: w.Config.Root, Files: files,
		Project: w.Config.Compose.Project.V, Environ: w.options.Environ, Shown: Shorten,
	})
}

// options are those of the database.
func (st *Settings) options() live.Options {
	return live.Options{
		Config: st.PG, Display: st.Display, SearchPath: st.SearchPath.Names,
		Exclude: st.ExcludeTables.Names, StatementTimeout: st.StatementTimeout,
	}
}
