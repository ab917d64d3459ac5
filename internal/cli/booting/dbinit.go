package booting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
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
	log       *slog.Logger
	now       func() time.Time
}

// sqlFiles finds the folders: where the flags say, else beside the settings, else
// where images have them. It returns nil where there are none.
func (c commands) sqlFiles(cfg *config.Config, f flags, s *connection.Settings, log *slog.Logger) (bootgate.DBInit, error) {
	if f.noDBInit {
		return nil, nil
	}
	files := &sqlFiles{settings: s, log: log, now: c.Now}
	found := false
	for _, part := range []struct {
		given, name, flag string
		into              *string
	}{{f.dbInit, dbinit.DefaultPath, "--db-init", &files.pre}, {f.dbInitPost, dbinit.DefaultPostPath, "--db-init-post", &files.post}} {
		if part.given != "" {
			if !folder(part.given) {
				return nil, &workspace.UsageError{Msg: fmt.Sprintf("%s: there is no folder %s", part.flag, part.given)}
			}
			*part.into, found = part.given, true
			continue
		}
		*part.into = cfg.Abs(part.name)
		for _, place := range []string{cfg.Abs(part.name), "/directus/" + part.name, "/" + part.name} {
			if folder(place) {
				*part.into, found = place, true
				break
			}
		}
	}
	if !found {
		return nil, nil
	}
	return files, nil
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
	r, err := dbinit.Open(ctx, s.settings.PG, set, problems, dbinit.Options{SearchPath: s.settings.SearchPath.Names, Tool: app.Version()})
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
