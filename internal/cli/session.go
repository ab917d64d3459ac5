package cli

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// workspace is the project a command runs in: settings, repository, snapshot
// file. It opens no socket.
type workspace struct {
	app  *app
	ctx  context.Context
	cfg  *config.Config
	repo *gitrepo.Repo // nil outside a git repository
	path string        // the snapshot file as git names it; empty outside a repository
	file string        // the snapshot file on disk, absolute
	name string        // the snapshot file as messages name it
}

// workspace reads the settings and opens the repository.
func (a *app) workspace() (*workspace, error) {
	if a.flags.dir != "" {
		if err := os.Chdir(a.flags.dir); err != nil {
			return nil, hintError{code: exitUsage, err: err}
		}
		a.flags.dir = ""
	}
	cfg, err := config.Load(config.Options{Dir: ".", File: a.flags.config, Environ: a.environ, Flags: a.settingFlags()})
	if err != nil {
		return nil, err
	}
	w := &workspace{app: a, ctx: a.ctx, cfg: cfg, file: cfg.Abs(cfg.Snapshot.Path.V)}
	w.name = shortPath(w.file)
	w.repo, err = gitrepo.Open(a.ctx, filepath.Dir(existing(w.file)), a.getenv)
	switch {
	case errors.Is(err, gitrepo.ErrNotRepository), errors.Is(err, gitrepo.ErrBare):
		return w, nil
	case err != nil:
		return nil, err
	}
	if w.path, err = w.repo.Rel(w.file); err != nil {
		return nil, err
	}
	return w, nil
}

// existing returns the nearest path upwards that exists, so that a repository
// is found for a file that is still to be written.
func existing(path string) string {
	for {
		parent := filepath.Dir(path)
		if _, err := os.Stat(parent); err == nil || parent == path {
			return path
		}
		path = parent
	}
}

// shortPath names a path from the working directory, where that is shorter.
func shortPath(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(rel)
		}
	}
	return path
}

func (a *app) getenv(name string) string {
	for i := len(a.environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(a.environ[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}

func (a *app) settingFlags() map[string]config.Flag {
	given := map[string]config.Flag{}
	for name, value := range a.flags.settings {
		if *value != "" {
			key, flag, _ := strings.Cut(name, " ")
			given[key] = config.Flag{Name: flag, Value: *value}
		}
	}
	return given
}

// snapshotName is the snapshot file from the root of the repository, for report
// formats that need a location.
func (a *app) snapshotName() string {
	if a.where != nil && a.where.path != "" {
		return a.where.path
	}
	return "snapshots/schema.yaml"
}

// session is a workspace with its database open.
type session struct {
	*workspace
	settings *settings
	db       *live.Database
	decision live.Decision
}

// open reads the settings, connects and settles the Directus version.
func (a *app) open() (*session, error) {
	w, err := a.workspace()
	if err != nil {
		return nil, err
	}
	a.where = w
	return w.connect()
}

// connect opens the database of the workspace.
func (w *workspace) connect() (*session, error) {
	st, err := w.resolve()
	if err != nil {
		return nil, err
	}
	opt := st.options()
	opt.Now = w.app.now()
	local := syncpoint.NewLocal(w.stateDir(), opt.Display)
	opt.Fallback = &local
	if w.cfg.SyncPoint.V == config.SyncPointLocal {
		opt.Local = &local
	}
	done := w.app.streams.Progress("reading " + opt.Display)
	db, err := live.Open(w.ctx, opt)
	done()
	if err != nil {
		return nil, err
	}
	s := &session{workspace: w, settings: st, db: db}
	candidates := append(st.candidates, live.Candidate{Version: w.header(), Source: "header of " + w.name, Recorded: true})
	if s.decision, err = live.Decide(candidates, db.Catalog.Migrations); err != nil {
		db.Close()
		return nil, err
	}
	s.decision.Notes = append(append([]string{}, st.notes...), s.decision.Notes...)
	return s, nil
}

func (s *session) close() { s.db.Close() }

// header returns the version in the committed snapshot's header, or of the one
// on disk where none is committed.
func (w *workspace) header() string {
	if w.repo != nil {
		if blob, err := w.repo.At(w.ctx, "HEAD", w.path); err == nil {
			if data, err := blob.Data(w.ctx); err == nil {
				return snapshot.HeaderVersion(data)
			}
		}
	}
	data, err := os.ReadFile(w.file)
	if err != nil {
		return ""
	}
	return snapshot.HeaderVersion(data)
}

// stateDir is where this clone keeps what is nobody else's business.
func (w *workspace) stateDir() string {
	if w.repo != nil {
		return filepath.Join(w.repo.CommonDir(), "schemaguard")
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "schemaguard")
	}
	return filepath.Join(os.TempDir(), "schemaguard")
}

// check asks the one question about a target.
func (s *session) check(t target, rule policy.Rule, guard bool) (policy.Verdict, error) {
	side := s.db.Side(s.decision)
	if t.missing != nil {
		v := policy.Judge(policy.Input{Rule: rule, Guard: guard, Problems: []finding.Finding{*t.missing}})
		v.Reason = t.missing.Message
		v.Summary = v.Reason
		v.Live, v.Target, v.Directus = side.Source, t.Source, side.Says
		return v, nil
	}
	r := check.Request{Live: side, Target: t.Target, Database: s.db, Rule: rule, Guard: guard,
		Budget: s.cfg.LossTimeout.V, Now: s.app.now()}
	if s.repo != nil {
		r.History = s.history()
	}
	return check.Run(s.ctx, r), nil
}

// version returns the Directus version of the session, parsed.
func (s *session) version() directus.Version { return s.decision.Version }

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
