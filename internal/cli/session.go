package cli

import (
	"os"
	"os/user"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// workspace looks at the project that the command runs in.
func (a *app) workspace() (*workspace.Workspace, error) {
	if a.flags.dir != "" {
		if err := os.Chdir(a.flags.dir); err != nil {
			return nil, &workspace.UsageError{Msg: err.Error(), Err: err}
		}
		a.flags.dir = ""
	}
	w, err := workspace.Open(a.ctx, workspace.Options{
		ConfigFile: a.flags.config, Flags: a.settingFlags(),
		Environ: a.environ, Now: a.now, Progress: a.streams.Progress,
	})
	if err != nil {
		return nil, err
	}
	a.where = w
	return w, nil
}

// open opens the database of the project as well.
func (a *app) open() (*workspace.Session, error) {
	w, err := a.workspace()
	if err != nil {
		return nil, err
	}
	return w.Connect(a.ctx)
}

func (a *app) settingFlags() map[string]config.Flag {
	given := map[string]config.Flag{}
	for _, s := range a.flags.settings {
		if *s.value != "" {
			given[s.key] = config.Flag{Name: s.flag, Value: *s.value}
		}
	}
	return given
}

// snapshotName is the snapshot file from the root of the repository, for report
// formats that need a location.
func (a *app) snapshotName() string {
	if a.where != nil && a.where.Path != "" {
		return a.where.Path
	}
	return "snapshots/schema.yaml"
}

// actor is who writes a sync point: user@host.
func actor() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}
