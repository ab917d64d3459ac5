package workspace

import (
	"bytes"
	"context"
	"net"
	"strconv"

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
	lastverdict.Open(s.getenv).Keep(r)
}

// LastSeen returns what the last check of this project's database saw on this
// machine; ok is false where none is remembered, or nothing names a database.
func (w *Workspace) LastSeen(ctx context.Context) (r lastverdict.Record, ok bool) {
	st, err := w.Resolve(ctx)
	if err != nil {
		return r, false
	}
	return lastverdict.Open(w.getenv).Load(st.databaseKey())
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
