package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/lastverdict"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// autosave remembers what was saved without being asked.
type autosave struct {
	live string // the schema that was last looked at
	owed bool   // it was not saved, and will be once nothing stands in the way
	said string // why not, so that it is said once
}

// saveBy writes the snapshot file of the working tree by itself, where live holds
// work that no snapshot has: it never stages and never commits. What a colleague
// committed stays in the file, and the file as it was is kept. It acts on a change
// of live only, so that a file which somebody put back stays as it is, or when what
// stood in the way of saving that change may have gone.
func (w *Watcher) saveBy(ctx context.Context, s *workspace.Session, state *State) {
	live := lastverdict.Sum(snapshot.Encode(s.Live().Snapshot, snapshot.YAML))
	if live == w.auto.live && !w.auto.owed {
		return
	}
	if live != w.auto.live {
		w.auto.said = ""
	}
	w.auto.live, w.auto.owed = live, state.Standing == Conflict || state.Standing == Invalid
	switch {
	case state.Standing != Unsaved:
		return
	case s.Repo != nil && s.Joining(ctx):
		w.notSaved("not saved: git is in the middle of a merge or rebase", nil)
		return
	}
	undo, err := keep(s)
	if err != nil {
		w.notSaved("not saved, since the file as it is could not be kept", err)
		return
	}
	o := w.opt.Save()
	o.KeepPending = s.Config.Snapshot.Command.V == "" && state.Counts.Pending+state.Counts.CommittedDrop > 0
	out, err := save.Save(ctx, s, o)
	if err != nil {
		w.notSaved("not saved", err)
		return
	}
	if !out.Changed {
		return
	}
	text := fmt.Sprintf("saved %s (%s)", workspace.Shorten(out.File), out.Holds)
	if undo != "" {
		text += "; to undo: cp " + workspace.Shorten(undo) + " " + workspace.Shorten(out.File)
	}
	w.emit(Saved, text)
	w.Poke(Files)
}

// notSaved notes that a change is still to be saved, and says once why.
func (w *Watcher) notSaved(why string, err error) {
	w.auto.owed = true
	if w.auto.said == why {
		return
	}
	w.auto.said = why
	if err != nil {
		why += ": " + err.Error()
	}
	w.emit(Noticed, why)
}

// keptFiles is how many earlier files are kept.
const keptFiles = 20

// keep copies the snapshot file to where it can be put back from; "" where there
// is none.
func keep(s *workspace.Session) (string, error) {
	data, err := s.ReadFile()
	if os.IsNotExist(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	dir := s.UndoDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(dir, lastverdict.Sum(data)[:12]+"-"+filepath.Base(s.File))
	if _, err := atomicfile.Write(name, data, 0o600); err != nil {
		return "", err
	}
	return name, prune(dir)
}

// prune removes the oldest files beyond keptFiles.
func prune(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for len(entries) > keptFiles {
		oldest := 0
		for i := range entries {
			if older(entries[i], entries[oldest]) {
				oldest = i
			}
		}
		if err := os.Remove(filepath.Join(dir, entries[oldest].Name())); err != nil {
			return err
		}
		entries = append(entries[:oldest], entries[oldest+1:]...)
	}
	return nil
}

func older(a, b os.DirEntry) bool {
	x, errX := a.Info()
	y, errY := b.Info()
	if errX != nil || errY != nil {
		return strings.Compare(a.Name(), b.Name()) < 0
	}
	return x.ModTime().Before(y.ModTime())
}
