package app

import (
	"os"
	"os/user"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Workspace looks at the project that the command runs in.
func (a *App) Workspace() (*workspace.Workspace, error) {
	if a.Flags.Dir != "" {
		if err := os.Chdir(a.Flags.Dir); err != nil {
			return nil, &workspace.UsageError{Msg: err.Error(), Err: err}
		}
		a.Flags.Dir = ""
	}
	w, err := workspace.Open(a.Ctx, workspace.Options{
		ConfigFile: a.Flags.Config, Flags: a.SettingFlags(),
		Environ: a.Environ, Now: a.Now, Progress: a.Streams.Progress,
	})
	if err != nil {
		return nil, err
	}
	a.where = w
	return w, nil
}

// Open opens the database of the project as well.
func (a *App) Open() (*workspace.Session, error) {
	w, err := a.Workspace()
	if err != nil {
		return nil, err
	}
	return w.Connect(a.Ctx)
}

// SettingFlags are the flags given that override a key of the settings file.
func (a *App) SettingFlags() map[string]config.Flag {
	given := map[string]config.Flag{}
	for _, s := range a.settings {
		if *s.value != "" {
			given[s.key] = config.Flag{Name: s.flag, Value: *s.value}
		}
	}
	return given
}

// SnapshotName is the snapshot file from the root of the repository, for report
// formats that need a location.
func (a *App) SnapshotName() string {
	if a.where != nil && a.where.Path != "" {
		return a.where.Path
	}
	return "snapshots/schema.yaml"
}

// Actor is who writes a sync point: user@host.
func Actor() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}
