// Package target asks the one check about several databases, the environments of a
// project, and lays what it hears side by side.
//
// One that does not answer is not-run in its own column, and no reason to leave out
// the others. It writes to no database.
package target

import (
	"context"
	"fmt"
	"time"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/target/setting"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Column is what one target answered.
type Column struct {
	Name   string
	Status report.Status
}

// Options say what is asked.
type Options struct {
	Targets []setting.Target
	Getenv  func(string) string
	// Look answers for one connection string.
	Look func(ctx context.Context, t setting.Target, dsn string) (*report.Status, error)
	// Parallel is how many are asked at once, and Timeout how long one may take;
	// 0 for the defaults.
	Parallel int
	Timeout  time.Duration
}

// The defaults.
const (
	defaultParallel = 4
	defaultTimeout  = 45 * time.Second
)

// Collect asks every target, some at once, and returns their answers in the order
// of the settings. It never fails.
func Collect(ctx context.Context, o Options) []Column {
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	out := make([]Column, len(o.Targets))
	room := make(chan struct{}, o.Parallel)
	done := make(chan struct{})
	for i, t := range o.Targets {
		go func() {
			defer func() { done <- struct{}{} }()
			room <- struct{}{}
			defer func() { <-room }()
			out[i] = Column{t.Name, o.ask(ctx, t)}
		}()
	}
	for range o.Targets {
		<-done
	}
	return out
}

// ask asks one target.
func (o Options) ask(ctx context.Context, t setting.Target) report.Status {
	dsn, err := t.DSN(o.Getenv)
	if err != nil {
		return report.Status{Verdict: policy.Unable(finding.NotRun, err.Error(), "export "+t.URLEnv+"=...")}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("target %s did not answer within %s", t.Name, o.Timeout))
	defer cancel()
	st, err := o.Look(ctx, t, dsn)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return report.Status{Verdict: examined(workspace.Unable(err), t)}
	}
	return *st
}

// doctor examines the project's own database, unless it is told another.
const doctor = "schemaguard doctor"

// examined points the hint at the database that did not answer. A url of the settings
// is a secret, and in no command line.
func examined(v policy.Verdict, t setting.Target) policy.Verdict {
	if t.URLEnv == "" {
		return v
	}
	command := doctor + ` --dsn "$` + t.URLEnv + `"`
	for i, line := range v.Next {
		if line == doctor {
			v.Next[i] = command
		}
	}
	for i := range v.Findings {
		if v.Findings[i].Fix == doctor {
			v.Findings[i].Fix = command
		}
	}
	return v
}

// ExitCode is the gravest of all: an invalid snapshot, then what differs, then what
// could not be asked. Without a target nothing was asked.
func ExitCode(columns []Column) int {
	rank := map[int]int{exitcode.OK: 0, exitcode.NotRun: 1, exitcode.Drift: 2, exitcode.DBInit: 3, exitcode.Invalid: 4, exitcode.Internal: 5}
	if len(columns) == 0 {
		return exitcode.NotRun
	}
	worst := exitcode.OK
	for i := range columns {
		if code := columns[i].Status.Verdict.ExitCode(); rank[code] > rank[worst] {
			worst = code
		}
	}
	return worst
}

// Overview is the status of one open database: live, the sync point, and what git
// and the worktree hold. Its errors are those of [overview.Places].
func Overview(ctx context.Context, s *workspace.Session, now time.Time) (*report.Status, error) {
	places, err := overview.Places(ctx, s)
	if err != nil {
		return nil, err
	}
	sync := overview.SyncPoint(ctx, s, now)
	st := &report.Status{Database: s.Settings.Display, Found: s.Settings.Source, Verdict: places[0].Verdict}
	st.Sides = append(st.Sides,
		report.Side{Name: "live", Where: s.Settings.Display, Items: s.Live().Snapshot.Len()},
		report.Side{Name: "sync point", Where: sync.Where, Items: sync.Items, Against: sync.Against})
	for i := range places {
		p := &places[i]
		st.Sides = append(st.Sides, report.Side{Name: p.Name, Where: p.Where, Items: p.Items, Against: p.Against()})
	}
	return st, nil
}
