package hook

import (
	"context"
	"errors"
	"time"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// maxCounting bounds the counting of losses: whoever commits is waiting.
const maxCounting = time.Second

// commit answers pre-commit and pre-merge-commit: may the staged snapshot become
// a commit?
func (c Call) commit(ctx context.Context, w *workspace.Workspace) (Outcome, error) {
	if !w.Tracked(ctx) && !tracked(ctx, w, "HEAD") {
		return Outcome{}, nil // nothing of ours, and no reason to open a socket
	}
	rule := policy.Commit
	if c.Name == PreMergeCommit || w.Joining(ctx) {
		rule = policy.Join
	}
	t, err := w.Target(ctx, "index")
	if err != nil {
		return Outcome{}, err
	}
	q := workspace.Question{Target: t, Rule: rule, Guard: true}
	var out Outcome
	s, reason := c.connect(ctx, w)
	if s == nil {
		c.unasked(ctx, w, q, reason, &out)
		return out, nil
	}
	defer s.Close()
	c.judge(ctx, s, q, &out)
	return out, nil
}

// tracked tells whether a commit has the snapshot.
func tracked(ctx context.Context, w *workspace.Workspace, commit string) bool {
	_, err := w.Repo.At(ctx, commit, w.Path)
	return err == nil
}

// connect opens the database within the time that a hook has; the session is nil
// where that failed, for the reason given.
func (c Call) connect(ctx context.Context, w *workspace.Workspace) (s *workspace.Session, reason string) {
	limit := w.Config.Hook.Timeout.V
	asking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s, err := w.Connect(asking)
	switch {
	case err == nil:
		return s, ""
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return nil, "the database did not answer within " + limit.String() + " (hook.timeout)"
	}
	return nil, firstLine(err)
}

// judge asks the one question and refuses or lets pass.
func (c Call) judge(ctx context.Context, s *workspace.Session, q workspace.Question, out *Outcome) {
	q.Budget = min(s.Config.LossTimeout.V, maxCounting)
	if s.Config.Hook.Scope.V == config.HookScopeMine {
		q.Mine = c.mine(ctx, s.Workspace)
	}
	judging, cancel := context.WithTimeout(ctx, s.Config.Hook.Timeout.V+q.Budget)
	defer cancel()
	v := s.Ask(judging, q)
	switch {
	case v.ExitCode() == exitcode.OK:
		passed(&v, out)
		if c.Name != PrePush {
			removals(ctx, s, q.Target, &v, out)
		}
	case v.ExitCode() == exitcode.NotRun:
		c.unasked(ctx, s.Workspace, q, v.Reason, out)
	case !c.fix(ctx, s, &v, out):
		out.refuse(v)
	}
}

// mine returns the e-mail addresses of whoever commits; never nil.
func (c Call) mine(ctx context.Context, w *workspace.Workspace) []string {
	if mine := w.Config.Hook.Mine.V; len(mine) > 0 {
		return mine
	}
	mine := []string{}
	if email := c.Env("GIT_AUTHOR_EMAIL"); email != "" {
		mine = append(mine, email)
	}
	if email, err := w.Repo.Setting(ctx, "user.email"); err == nil && email != "" {
		mine = append(mine, email)
	}
	return mine
}

// passed says what the author of a commit that is allowed should know.
func passed(v *policy.Verdict, out *Outcome) {
	if n := v.Counts.Unsaved + v.Counts.Conflict; n > 0 {
		out.say("%s in the database %s in no snapshot yet: schemaguard snapshot --stage after this", count(n, "item"), are(n))
	}
	if n := v.Counts.Ahead; n > 0 {
		out.say("%s in the database %s from %s: a boot of this commit would drop or overwrite %s", count(n, "item"), come(n), branches(v), them(n))
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; f.Severity >= finding.Warning && f.Item == "" {
			out.say("%s", f.Message)
		}
	}
}

// unasked answers where the database could not be asked. A snapshot that no boot
// could use is refused all the same.
func (c Call) unasked(ctx context.Context, w *workspace.Workspace, q workspace.Question, reason string, out *Outcome) {
	if v := unusable(q); v.State != policy.Clean {
		out.refuse(v)
		return
	}
	how := w.Config.Hook.OnUnreachable
	if seen, ok := w.LastSeen(ctx); ok && seen.Unsaved > 0 && q.Rule == policy.Commit && how.V != config.HookAllow && !workspace.IsLastSeen(seen, q.Target.Data) {
		again := SkipVariable + `="reason" git ` + map[bool]string{true: "push", false: "commit"}[c.Name == PrePush]
		v := policy.Unable(finding.SeenUnsaved, seenWords(seen, c.Now())+", and now "+reason+": start it, or go on for a reason", again)
		v.State, v.Findings[0].Refuses = policy.Refused, true
		v.Target = q.Target.Source
		out.refuse(v)
		return
	}
	if how.V == config.HookRefuse {
		v := policy.Unable(finding.NotRun, reason, "schemaguard doctor")
		v.Target = q.Target.Source
		out.refuse(v)
		return
	}
	out.say("not-run: %s; %s went through unchecked (hook.on_unreachable: %s)", reason, thing(c.Name), how.V)
}

// unusable judges what can be judged without a database: the file itself.
func unusable(q workspace.Question) policy.Verdict {
	v := policy.Judge(policy.Input{Rule: q.Rule, Guard: true, File: q.Target.File, Problems: q.Target.Problems()})
	v.Target = q.Target.Source
	return v
}

// thing is what git was about to do.
func thing(hook string) string {
	if hook == PrePush {
		return "the push"
	}
	return "the commit"
}
