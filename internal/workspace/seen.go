package workspace

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/schemaguard/schemaguard/internal/lastverdict"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// maxSeen bounds the items that are remembered by name.
const maxSeen = 10

// databaseKey names a database the same way for everybody on this machine.
func (st *Settings) databaseKey() string {
	return net.JoinHostPort(st.PG.Host, strconv.Itoa(int(st.PG.Port))) + "/" + st.PG.Database
}

// keepSeen remembers what a check saw.
func (s *Session) keepSeen(t Target, v *policy.Verdict) {
	r := lastverdict.Record{
		Database: s.Settings.databaseKey(), At: s.options.Now(), Target: v.Target.Name,
		State: v.State.String(), Unsaved: v.Counts.Unsaved + v.Counts.Conflict,
	}
	for _, c := range v.Changes {
		if (c.Class.Unsaved() || c.Class == threeway.Conflict) && c.Under == "" && len(r.Items) < maxSeen {
			r.Items = append(r.Items, c.Item)
		}
	}
	if yaml := snapshot.FormatOf(t.Data) == snapshot.YAML; yaml && len(v.Changes) == 0 {
		r.Live = lastverdict.Sum(t.Data)
	} else {
		r.Live = lastverdict.Sum(snapshot.Encode(s.Live().Snapshot, snapshot.YAML))
	}
	store := lastverdict.Open(s.getenv)
	store.Keep(r)
	if r.Database = s.cloneKey(); r.Database != "" {
		store.Keep(r)
	}
	if root, err := filepath.EvalSymlinks(s.Config.Root); err == nil && (t.Editable || s.Repo == nil) {
		s.seen = Seen{record: r, root: root, store: store}
		s.seen.Keep("", r.At)
	}
}

// Seen is what a check of a project saw; its zero value is no check.
type Seen struct {
	record lastverdict.Record
	root   string
	store  lastverdict.Store
}

// Seen returns what the last check of a snapshot that can be edited saw; where none
// could be made, what [Workspace.Unseen] returns.
func (s *Session) Seen() Seen {
	if s.seen.root == "" {
		return s.Unseen()
	}
	return s.seen
}

// Unseen is what is known of the project while no check of it can be made: what was
// remembered last, so that a reader hears that it does not hold any more.
func (w *Workspace) Unseen() Seen {
	root, err := filepath.EvalSymlinks(w.Config.Root)
	if err != nil {
		return Seen{}
	}
	store := lastverdict.Open(w.getenv)
	r, ok := store.Load(lastverdict.Project(root))
	if !ok {
		r = lastverdict.Record{Target: "worktree", State: policy.NotRun.String()}
	}
	return Seen{record: r, root: root, store: store}
}

// None tells whether it is of no project.
func (s Seen) None() bool { return s.root == "" }

// recent is the age up to which the words of a watcher hold beside those of a check
// that saw the same: the watcher says them again every minute.
const recent = 2 * time.Minute

// Keep remembers it for the project, as true at a time, with where the watcher says
// that the work stands; empty for not known.
func (s Seen) Keep(standing string, at time.Time) {
	if s.root == "" {
		return
	}
	r := s.record
	r.Database, r.Standing, r.At = lastverdict.Project(s.root), standing, at
	if old, ok := s.store.Load(r.Database); ok && standing == "" && at.Sub(old.At) < recent && old.Live == r.Live && old.Unsaved == r.Unsaved {
		r.Standing = old.Standing
	}
	s.store.Keep(r)
}

// cloneKey stands for the database of this clone's snapshot, whichever it is, for
// a working tree that does not say: a linked one without the .env of the first.
func (w *Workspace) cloneKey() string {
	if w.Repo == nil {
		return ""
	}
	return "clone " + w.Repo.CommonDir() + " " + w.Path
}

// LastSeen returns what the last check of this project's database saw on this
// machine, or where nothing names one the last check in this clone; ok is false
// where none is remembered.
func (w *Workspace) LastSeen(ctx context.Context) (r lastverdict.Record, ok bool) {
	key := w.cloneKey()
	if st, err := w.Resolve(ctx); err == nil {
		key = st.databaseKey()
	}
	return lastverdict.Open(w.getenv).Load(key)
}

// IsLastSeen tells whether a snapshot is the one that live was then.
func IsLastSeen(r lastverdict.Record, data []byte) bool {
	if snapshot.FormatOf(data) != snapshot.YAML {
		file := snapshot.Decode("", data)
		if !file.Trusted() {
			return false
		}
		data = snapshot.Encode(file.Snapshot, snapshot.YAML)
	}
	return len(bytes.TrimSpace(data)) > 0 && lastverdict.Sum(data) == r.Live
}
