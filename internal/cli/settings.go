package cli

import (
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/project"
)

// settings is which database it is and what is known of it beforehand.
type settings struct {
	*connection.Settings
	candidates []live.Candidate // flag or settings, image, package.json
	notes      []string
}

// resolve decides on the database, and collects what the project says of the
// Directus version. It opens no connection.
func (w *workspace) resolve() (*settings, error) {
	found, err := connection.Find(w.ctx, w.connectionOptions())
	if err != nil {
		return nil, err
	}
	st := &settings{Settings: found}
	st.notes = append(append(st.notes, found.Notes...), found.Warnings...)
	versions, notes := project.Versions(w.cfg, found.Directus, project.PackagesAt(w.cfg.Root))
	st.notes = append(st.notes, notes...)
	for _, v := range versions {
		st.candidates = append(st.candidates, live.Candidate{Version: v.Version, Source: v.Source})
	}
	return st, nil
}

func (w *workspace) connectionOptions() connection.Options {
	return connection.Options{
		Config: w.cfg, Environ: w.app.environ, Compose: w.compose(), Shown: shortPath,
		Docker: connection.CLI{Environ: w.app.environ},
	}
}

// compose reads the compose project around the settings; nil where there is none.
func (w *workspace) compose() *compose.Project {
	files := make([]string, len(w.cfg.Compose.Files.V))
	for i, f := range w.cfg.Compose.Files.V {
		files[i] = w.cfg.Abs(f)
	}
	return compose.Load(compose.Options{Dir: w.cfg.Root, Root: w.cfg.Root, Files: files,
		Project: w.cfg.Compose.Project.V, Environ: w.app.environ, Shown: shortPath})
}

// options are those of the database.
func (st *settings) options() live.Options {
	return live.Options{Config: st.PG, Display: st.Display, SearchPath: st.SearchPath.Names,
		Exclude: st.ExcludeTables.Names, StatementTimeout: st.StatementTimeout}
}
