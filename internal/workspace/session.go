package workspace

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// Session is a workspace with its database open.
type Session struct {
	*Workspace
	Settings *Settings
	Database *live.Database
	Decision live.Decision

	side *check.Live // what Live made, once
	seen Seen        // of the last check of what can be edited
}

// Connect decides on the database, opens it, reads its catalog and settles which
// Directus it is. Its errors are those of [Workspace.Resolve], [live.Open] and
// [live.Decide].
func (w *Workspace) Connect(ctx context.Context) (*Session, error) {
	committed := w.readCommitted(ctx) // git is read while the server works
	st, err := w.Resolve(ctx)
	if err != nil {
		return nil, err
	}
	return w.open(ctx, st, committed)
}

// open opens a database that was decided on. committed waits for git.
func (w *Workspace) open(ctx context.Context, st *Settings, committed func() content) (*Session, error) {
	opt := st.options()
	opt.Now = w.options.Now()
	local := syncpoint.NewLocal(w.stateDir(), opt.Display)
	opt.Fallback = &local
	if w.Config.SyncPoint.V == config.SyncPointLocal {
		opt.Local = &local
	}
	opt.Candidates = func() []live.Candidate {
		header := live.Candidate{Version: w.header(committed()), Source: "header of " + w.Name, Recorded: true}
		return append(slices.Clip(st.candidates), header)
	}
	done := func() {}
	if w.options.Progress != nil {
		done = w.options.Progress("reading " + opt.Display)
	}
	db, err := live.Open(ctx, opt)
	done()
	if err != nil {
		return nil, err
	}
	s := &Session{Workspace: w, Settings: st, Database: db}
	w.last = committed()
	if s.Decision, err = live.Decide(opt.Candidates(), db.Catalog.Migrations); err != nil {
		db.Close()
		return nil, err
	}
	s.Decision.Notes = append(append([]string{}, st.notes...), s.Decision.Notes...)
	return s, nil
}

// Close ends the connection.
func (s *Session) Close() { s.Database.Close() }

// content is a blob that was read.
type content struct {
	id   string
	data []byte
	// decoded waits for what was made of it; nil where that was not begun.
	decoded func() *snapshot.File
}

// readCommitted begins to read the committed snapshot and returns what waits for
// it; it is empty where there is none.
func (w *Workspace) readCommitted(ctx context.Context) func() content {
	done := make(chan content, 1)
	go func() {
		var c content
		defer func() { done <- c }()
		if w.Repo == nil {
			return
		}
		if blob, err := w.Repo.At(ctx, "HEAD", w.Path); err == nil {
			if data, err := blob.Data(ctx); err == nil {
				c = content{id: blob.ID, data: data, decoded: w.decodeEarly(blob.ID, data)}
			}
		}
	}()
	return sync.OnceValue(func() content { return <-done })
}

// decodeEarly begins to decode a blob that differed from live the last time, or
// from which live has moved away since: then it will most likely be needed, and
// until the server has answered there is nothing else to do. It returns nil for any
// other.
func (w *Workspace) decodeEarly(id string, data []byte) func() *snapshot.File {
	if !w.Moved {
		if mark, ok := w.Repo.Cache(differsName(id)); !ok || string(mark) != "yes" {
			return nil
		}
	}
	done := make(chan *snapshot.File, 1)
	go func() { done <- snapshot.Decode(w.Path, data) }()
	return sync.OnceValue(func() *snapshot.File { return <-done })
}

// remember notes whether a blob differed from live, for the next check.
func (w *Workspace) remember(id string, differed bool) {
	mark, ok := w.Repo.Cache(differsName(id))
	switch known := ok && string(mark) == "yes"; {
	case differed && !known:
		w.Repo.Store(differsName(id), []byte("yes"))
	case !differed && known:
		w.Repo.Store(differsName(id), []byte("no"))
	}
}

func differsName(blob string) string { return "differs-" + blob }

// data returns the content of a blob, which often is the committed one.
func (w *Workspace) data(ctx context.Context, blob gitrepo.Blob) ([]byte, error) {
	if w.last.id != "" && blob.ID == w.last.id {
		return w.last.data, nil
	}
	return blob.Data(ctx)
}

// header returns the version in the committed snapshot's header, or of the one
// on disk where none is committed.
func (w *Workspace) header(committed content) string {
	data, err := committed.data, error(nil)
	if committed.id == "" {
		data, err = w.ReadFile()
	}
	if err != nil {
		return ""
	}
	return snapshot.HeaderVersion(data)
}

// Live returns the live side of a check.
func (s *Session) Live() check.Live {
	if s.side == nil {
		side := s.Database.Side(s.Decision)
		s.side = &side
	}
	return *s.side
}

// Question is what a check is asked.
type Question struct {
	Target Target
	Rule   policy.Rule
	Guard  bool // a no is a refusal; anybody else's is drift
	// Mine are the e-mail addresses of those whose unsaved work refuses; nil for
	// everybody's.
	Mine   []string
	Budget time.Duration // for counting losses
}

// Check asks about a target, by a rule, with the settings' budget for counting.
func (s *Session) Check(ctx context.Context, t Target, rule policy.Rule, guard bool) policy.Verdict {
	return s.Ask(ctx, Question{Target: t, Rule: rule, Guard: guard, Budget: s.Config.LossTimeout.V})
}

// Ask asks the one question. What it saw is remembered on this machine, for when
// the database cannot be asked.
func (s *Session) Ask(ctx context.Context, q Question) policy.Verdict {
	v := s.ask(ctx, q)
	if s.Repo == nil {
		v.WithoutGit()
	}
	return v
}

func (s *Session) ask(ctx context.Context, q Question) policy.Verdict {
	side, t := s.Live(), q.Target
	if t.Missing != nil {
		v := policy.Judge(policy.Input{Rule: q.Rule, Guard: q.Guard, Problems: []finding.Finding{*t.Missing}})
		v.Reason, v.Summary = t.Missing.Message, t.Missing.Message
		v.Live, v.Target, v.Directus = side.Source, t.Source, side.Says
		return v
	}
	r := check.Request{
		Live: side, Target: t.Target, Database: s.Database, Rule: q.Rule, Guard: q.Guard,
		Budget: q.Budget, Now: s.options.Now(), Mine: q.Mine, Problems: t.lost,
	}
	if s.Repo != nil {
		r.History = s.History()
	}
	v := check.Run(ctx, r)
	if t.blob != "" && v.State != policy.NotRun {
		s.remember(t.blob, len(v.Changes) > 0)
	}
	if q.Rule == policy.Commit && v.State != policy.NotRun {
		s.keepSeen(t, &v)
	}
	return v
}
