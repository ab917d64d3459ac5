package booting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// sqlFiles runs the project's numbered SQL files in a boot.
type sqlFiles struct {
	settings  *connection.Settings
	pre, post string
	options   dbinit.Options
	log       *slog.Logger
	now       func() time.Time
}

// sqlFiles finds the folders: where the flags say, else beside the settings, else
// where images have them. It returns nil where there are none.
func (c commands) sqlFiles(cfg *config.Config, f flags, s *connection.Settings, log *slog.Logger) (bootgate.DBInit, error) {
	if f.noDBInit {
		return nil, nil
	}
	own := cfg.DBInit
	allow, err := dbinit.Allowed(own.Allow.V)
	if err != nil {
		return nil, fmt.Errorf("db_init.allow %w", err)
	}
	files := &sqlFiles{settings: s, log: log, now: c.Now, options: dbinit.Options{
		Table: own.Table.V, SearchPath: s.SearchPath.Names, LockTimeout: own.LockTimeout.V, Allow: allow, Tool: app.Version(),
	}}
	found := false
	for _, part := range []struct {
		given, flag string
		setting     config.Value[string]
		into        *string
	}{{f.dbInit, "--db-init", own.Path, &files.pre}, {f.dbInitPost, "--db-init-post", own.PostPath, &files.post}} {
		if part.given != "" {
			if !folder(part.given) {
				return nil, &workspace.UsageError{Msg: fmt.Sprintf("%s: there is no folder %s", part.flag, part.given)}
			}
			*part.into, found = part.given, true
			continue
		}
		all := places(cfg, part.setting.V)
		*part.into = all[0]
		if at := slices.IndexFunc(all, folder); at >= 0 {
			*part.into, found = all[at], true
		} else if part.setting.IsSet() {
			return nil, &workspace.UsageError{Msg: fmt.Sprintf("%s: there is no folder %s", part.setting.Origin, strings.Join(all, " or "))}
		}
	}
	if !found {
		return nil, nil
	}
	return files, nil
}

// places are where the folder of a setting may be in an image.
func places(cfg *config.Config, path string) []string {
	if filepath.IsAbs(path) {
		return []string{path}
	}
	return []string{cfg.Abs(path), filepath.Join("/directus", path), filepath.Join("/", path)}
}

func folder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Run implements [bootgate.DBInit].
func (s *sqlFiles) Run(ctx context.Context, phase bootgate.Phase) (said string, err error) {
	began := s.now()
	step := "db-init-" + string(phase)
	set, problems, err := dbinit.Load(shown(s.pre), shown(s.post), ".")
	if err != nil {
		return "", err
	}
	r, err := dbinit.Open(ctx, s.settings.PG, set, problems, s.options)
	if err != nil {
		return "", s.failed(err, step, began)
	}
	defer r.Close()
	result, err := r.Apply(ctx, sqlfile.Phase(phase), func(e dbinit.Event) { s.event(e, step, began) })
	if err != nil {
		return "", s.failed(err, step, began)
	}
	if len(result.Applied) == 0 {
		return "db-init: nothing to run", nil
	}
	return "db-init: ran " + strings.Join(result.Applied, ", "), nil
}

// shown is a folder as messages should name it.
func shown(dir string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, dir); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return dir
}

func (s *sqlFiles) event(e dbinit.Event, step string, began time.Time) {
	attrs := []any{"step", step, "duration", s.now().Sub(began).Round(time.Millisecond).String()}
	if e.File != nil {
		attrs = append(attrs, "file", e.File.Path)
	}
	switch e.Kind {
	case dbinit.Waiting, dbinit.Pooled, dbinit.Notice:
		s.log.Info("db-init: "+e.Text, attrs...)
	case dbinit.Applied:
		s.log.Info("db-init: a file was applied", attrs...)
	case dbinit.Started, dbinit.Skipped:
		s.log.Debug("db-init: "+e.Text, attrs...)
	}
}

// failed says everything that is known, and gives the error the code of the boot.
func (s *sqlFiles) failed(err error, step string, began time.Time) error {
	own := &bootgate.Error{Err: err}
	attrs := []any{"step", step, "duration", s.now().Sub(began).Round(time.Millisecond).String()}
	if coded, ok := err.(interface{ ExitCode() int }); ok {
		own.Exit = coded.ExitCode()
	}
	if hinted, ok := err.(interface{ Hints() []string }); ok {
		if hints := hinted.Hints(); len(hints) > 0 {
			own.Hint = hints[0]
		}
	}
	if refused, ok := errors.AsType[*dbinit.RefusedError](err); ok {
		own.Code = string(refused.Problems[0].Code)
		for _, p := range refused.Problems[1:] {
			s.log.Error(p.Error(), append(attrs, "code", string(p.Code))...)
		}
	}
	if statement, ok := errors.AsType[*dbinit.StatementError](err); ok {
		for _, line := range statement.Lines() {
			s.log.Error(line, attrs...)
		}
	}
	return own
}
