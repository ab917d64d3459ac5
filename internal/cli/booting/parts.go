package booting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/bootgate/bootlock"
	"github.com/schemaguard/schemaguard/internal/bootgate/command"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/container"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// settings is the database that Directus itself will use in this container: a
// boot that asks one database and applies to another guards nothing. Only where
// its environment names none are the other places looked at.
func (c commands) settings(cfg *config.Config) (s *connection.Settings, note string, err error) {
	own := *cfg
	own.Database.URL, own.Database.URLEnv = config.Value[string]{}, config.Value[string]{}
	var environ []string
	ignored := ""
	for _, v := range c.Environ {
		name, _, _ := strings.Cut(v, "=")
		if name == "DATABASE_URL" || strings.HasPrefix(name, "PG") {
			continue
		}
		environ = append(environ, v)
	}
	if cfg.Database.URL.IsSet() {
		ignored = cfg.Database.URL.Origin.String()
	}
	s, err = connection.Find(c.Ctx, connection.Options{Config: &own, Environ: environ, Shown: workspace.Shorten})
	var named *connection.Error
	if errors.As(err, &named) && !slices.ContainsFunc(named.Candidates, func(p connection.Candidate) bool { return p.State != connection.NotSet }) {
		s, err = connection.Find(c.Ctx, connection.Options{Config: cfg, Environ: c.Environ, Shown: workspace.Shorten})
		return s, "", err
	}
	if named != nil {
		named.Fix = "a boot asks the database that Directus itself uses, which its DB_ variables name"
	}
	if err == nil && ignored != "" {
		note = ignored + " is not used: a boot asks the database that Directus uses (" + s.Source + ")"
	}
	return s, note, err
}

// findTarget reads the snapshot that this container has: where the settings say,
// else in the usual places.
func findTarget(cfg *config.Config) bootgate.Target {
	path := cfg.Snapshot.Path
	places := []string{cfg.Abs(path.V)}
	if !path.IsSet() {
		for _, p := range container.Candidates(path.V) {
			if !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	var t bootgate.Target
	for _, place := range places {
		data, err := os.ReadFile(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		name := workspace.Shorten(place)
		t.Target = check.Target{Source: policy.Source{Name: "snapshot", Origin: name}, File: name, Data: data}
		if err != nil {
			t.Missing = missing(name, fmt.Sprintf("the snapshot cannot be read: %v", err))
		}
		return t
	}
	t.File = workspace.Shorten(places[0])
	t.Missing = missing(t.File, "there is no snapshot at "+strings.Join(places, " or "))
	return t
}

func missing(file, message string) *finding.Finding {
	return &finding.Finding{
		Code: finding.SnapshotMissing, Severity: finding.Invalid, File: file, Line: 1, Message: message,
		Fix: "schemaguard boot --snapshot FILE",
	}
}

// locker takes the real lock.
type locker struct{ bootlock.Options }

func (c commands) locker(s *connection.Settings, timeout time.Duration, log *slog.Logger) (locker, error) {
	o := bootlock.Options{Config: s.PG, Display: s.Display, Timeout: timeout, Log: log, Now: c.Now, Name: "schemaguard boot"}
	if host, err := os.Hostname(); err == nil {
		o.Name += " on " + host
	}
	if url := c.env("SCHEMAGUARD_LOCK_URL"); url != "" {
		config, err := bootlock.Parse(url)
		if err != nil {
			return locker{}, fmt.Errorf("SCHEMAGUARD_LOCK_URL: %w", err)
		}
		s.Redact.Add(config.Password)
		o.Config, o.Same, o.Display = config, s.PG, "the database of SCHEMAGUARD_LOCK_URL"
	}
	return locker{o}, nil
}

// Lock implements [bootgate.Locker].
func (l locker) Lock(ctx context.Context) (bootgate.Lock, error) {
	taken, err := bootlock.Take(ctx, l.Options)
	if err != nil {
		return nil, lockError(err)
	}
	return held{taken}, nil
}

// held is the real lock with the codes of the gate.
type held struct{ *bootlock.Lock }

// Verify implements [bootgate.Lock].
func (h held) Verify(ctx context.Context) error {
	if err := h.Lock.Verify(ctx); err != nil {
		return lockError(err)
	}
	return nil
}

// runner runs the real commands.
type runner struct {
	site             command.Site
	own              []string // the words that run Directus here; nil where it was not found
	bootstrap, apply []string
	environ          []string
	timeout          time.Duration
	stdout, stderr   io.Writer
}

// Bootstrap implements [bootgate.Directus].
func (r *runner) Bootstrap(ctx context.Context) (bootgate.Ended, error) {
	return r.run(ctx, r.bootstrap, r.environ)
}

// Apply implements [bootgate.Directus]. A schema that was cached before the
// bootstrap would make the apply work on what is no longer there (directus#24961);
// that cache is this process's own. The caches that are shared stay switched on,
// because it is the apply that empties them for everybody.
func (r *runner) Apply(ctx context.Context, file string) (bootgate.Ended, error) {
	return r.run(ctx, command.With(r.apply, file), append(slices.Clone(r.environ), "CACHE_SCHEMA=false"))
}

func (r *runner) run(ctx context.Context, words, environ []string) (bootgate.Ended, error) {
	ended, err := command.Run(ctx, command.Options{
		Words: words, Environ: environ, Stdout: r.stdout, Stderr: r.stderr, Timeout: r.timeout,
	})
	return bootgate.Ended{Code: ended.Code, Errors: ended.Errors}, err
}
