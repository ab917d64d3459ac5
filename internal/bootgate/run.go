package bootgate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/schemaguard/schemaguard/internal/exitcode"
)

// The steps, as the log names them.
const (
	stepWait      = "wait"
	stepLock      = "lock"
	stepPre       = "db-init-pre"
	stepBootstrap = "bootstrap"
	stepCheck     = "check"
	stepBin       = "recycle-bin"
	stepApply     = "apply"
	stepRecheck   = "recheck"
	stepPost      = "db-init-post"
	stepUnlock    = "unlock"
	stepEnd       = "end"
)

// failure is why a boot did not come to its end.
type failure struct {
	exit        int
	reason      string
	stops       bool // the command must not be started, whatever was set
	unreachable bool
}

func (f *failure) Error() string { return f.reason }

// errLockLost is the cause of everything that is stopped because the lock is gone.
var errLockLost = errors.New("the lock on the database was lost, and another boot may be at work")

// Run goes through the boot. It never panics and always says at the end whether
// the schema was applied.
func (g *Gate) Run(ctx context.Context) Outcome {
	began := g.Now()
	settled, err := g.steps(ctx)
	var f *failure
	switch {
	case err == nil && settled:
		g.Log.Info("the database is as the snapshot says", g.at(stepEnd, began)...)
		return Outcome{Start: true, Applied: true}
	case err == nil:
		reason := map[Mode]string{Skip: "the mode is skip", DryRun: "the mode is dry-run"}[g.Mode]
		if reason == "" {
			reason = "parts of it were kept out"
		}
		g.Log.Warn("the schema was NOT applied: "+reason, g.at(stepEnd, began)...)
		return Outcome{Start: true, Reason: reason}
	case !errors.As(err, &f):
		f = &failure{exit: exitcode.Internal, reason: err.Error(), stops: true}
	}
	out := Outcome{Code: f.exit, Reason: f.reason}
	out.Start = !f.stops && (g.OnRefuse == Start || g.OnRefuse == Default && !f.unreachable)
	attrs := append(g.at(stepEnd, began), slog.Int("exit_code", f.exit))
	switch {
	case f.exit == exitcode.OK:
		g.Log.Warn("the schema was NOT applied: "+f.reason, attrs...)
	case out.Start:
		out.Code = exitcode.OK
		g.Log.Error("the schema was NOT applied, the database serves as it is: "+f.reason, attrs...)
	default:
		g.Log.Error("the schema was NOT applied, nothing is started: "+f.reason, attrs...)
	}
	return out
}

// at are the attributes that every record has.
func (g *Gate) at(step string, began time.Time) []any {
	return []any{slog.String("step", step), slog.String("duration", g.Now().Sub(began).Round(time.Millisecond).String())}
}

// steps goes through the steps. settled tells that live is as the target says; an
// error is a *failure, or the end of ctx.
func (g *Gate) steps(ctx context.Context) (settled bool, err error) {
	if err := g.wait(ctx); err != nil {
		return false, err
	}
	ctx, unlock, err := g.hold(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	settled, err = g.locked(ctx)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errLockLost) {
		return false, &failure{exit: exitcode.NotRun, reason: cause.Error(), stops: true}
	}
	return settled, err
}

// locked are the steps under the lock.
func (g *Gate) locked(ctx context.Context) (settled bool, err error) {
	if err := g.dbInit(ctx, Pre, stepPre); err != nil {
		return false, err
	}
	if err := g.bootstrap(ctx); err != nil {
		return false, err
	}
	if g.Mode == Skip {
		g.Log.Warn("the schema is neither looked at nor applied", g.at(stepCheck, g.Now())...)
		return false, g.dbInit(ctx, Post, stepPost)
	}
	if settled, err = g.schema(ctx); err != nil {
		return false, err
	}
	if !settled && g.Mode == DryRun {
		if g.DBInit != nil {
			g.Log.Info("left out: what comes after the schema waits until it is applied", g.at(stepPost, g.Now())...)
		}
		return false, nil
	}
	return settled, g.dbInit(ctx, Post, stepPost)
}

func (g *Gate) wait(ctx context.Context) error {
	if g.NoWait {
		return nil
	}
	began := g.Now()
	if err := g.Database.Wait(ctx, g.WaitTimeout); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return g.failed(stepWait, began, err, true)
	}
	g.Log.Info("the database answers", g.at(stepWait, began)...)
	return nil
}

// failed turns an error of a step into the failure of the boot.
func (g *Gate) failed(step string, began time.Time, err error, unreachable bool) error {
	f := &failure{exit: exitcode.NotRun, reason: err.Error(), unreachable: unreachable}
	attrs := g.at(step, began)
	if own := (*Error)(nil); errors.As(err, &own) {
		if own.Exit != 0 {
			f.exit = own.Exit
		}
		if own.Code != "" {
			attrs = append(attrs, slog.String("code", own.Code))
		}
		f.unreachable = unreachable || own.Code == CodeUnreachable
	}
	g.Log.Error(f.reason, attrs...)
	return f
}

// hold takes the lock. The context it returns ends with the lock.
func (g *Gate) hold(ctx context.Context) (context.Context, func(), error) {
	began := g.Now()
	lock, err := g.Locker.Lock(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		return nil, nil, g.failed(stepLock, began, err, false)
	}
	g.lock = lock
	g.Log.Info("this boot has the database to itself", g.at(stepLock, began)...)
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		select {
		case <-lock.Lost():
			cancel(errLockLost)
		case <-done:
		}
	}()
	return ctx, func() {
		began := g.Now()
		close(done)
		lock.Unlock()
		cancel(nil)
		g.Log.Debug("the lock is free", g.at(stepUnlock, began)...)
	}, nil
}

func (g *Gate) dbInit(ctx context.Context, phase Phase, step string) error {
	if g.DBInit == nil {
		return nil
	}
	began := g.Now()
	said, err := g.DBInit.Run(ctx, phase)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f := &failure{exit: exitcode.DBInit, reason: err.Error(), stops: true}
		attrs := g.at(step, began)
		if own := (*Error)(nil); errors.As(err, &own) {
			attrs = append(attrs, slog.String("code", own.Code))
			if own.Exit != 0 {
				f.exit = own.Exit
			}
		}
		g.Log.Error(f.reason, attrs...)
		return f
	}
	g.Log.Info(said, g.at(step, began)...)
	return nil
}

// bootstrap lets Directus make its tables and run its migrations. Where that
// fails nothing is started: a Directus on half a database does harm.
func (g *Gate) bootstrap(ctx context.Context) error {
	before, applied := g.before(ctx)
	if g.NoBootstrap {
		g.carry(ctx, before, applied) // somebody else ran the migrations
		return nil
	}
	began := g.Now()
	ended, err := g.Directus.Bootstrap(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil && ended.Code != 0 {
		err = fmt.Errorf("`directus bootstrap` ended with exit code %d%s", ended.Code, lastError(ended))
	}
	if err != nil {
		g.Log.Error(err.Error(), g.at(stepBootstrap, began)...)
		return &failure{exit: exitcode.NotRun, reason: err.Error(), stops: true}
	}
	for _, line := range ended.Errors {
		g.Log.Warn("`directus bootstrap` said: "+line, g.at(stepBootstrap, began)...)
	}
	g.Log.Info("Directus has its tables", g.at(stepBootstrap, began)...)
	g.carry(ctx, before, applied)
	return nil
}

// lastError is what a command said last was wrong, to follow a clause.
func lastError(e Ended) string {
	if len(e.Errors) == 0 {
		return ""
	}
	return ": " + e.Errors[len(e.Errors)-1]
}
