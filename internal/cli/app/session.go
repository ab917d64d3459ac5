package app

import (
	"os"
	"os/user"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Workspace looks at the project that the command runs in.
func (a *App) Workspace() (*workspace.Workspace, error) { return a.workspace(false) }

// WorkspaceOfFiles is [App.Workspace] for a command that git tells nothing that it
// needs: a repository that git refuses, as in a container where another user owns
// the files, is passed over.
func (a *App) WorkspaceOfFiles() (*workspace.Workspace, error) {
	w, err := a.workspace(false)
	if err != nil && workspace.Situation(err) == finding.GitUnreadable {
		return a.workspace(true)
	}
	return w, err
}

func (a *App) workspace(withoutGit bool) (*workspace.Workspace, error) {
	if a.Flags.Dir != "" {
		if err := os.Chdir(a.Flags.Dir); err != nil {
			return nil, &workspace.UsageError{Msg: err.Error(), Err: err}
		}
		a.Flags.Dir = ""
	}
	w, err := workspace.Open(a.Ctx, workspace.Options{
		ConfigFile: a.Flags.Config, Flags: a.SettingFlags(),
		Environ: a.Environ, Now: a.Now, Progress: a.Streams.Progress, WithoutGit: withoutGit,
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
	return a.Connect(w)
}

// Connect opens the database of a project that was looked at.
func (a *App) Connect(w *workspace.Workspace) (*workspace.Session, error) {
	s, err := w.Connect(a.Ctx)
	if err != nil {
		return nil, unreadError{err}
	}
	return s, nil
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
