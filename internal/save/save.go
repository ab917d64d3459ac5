// Package save writes the live schema to the snapshot file: natively or through
// the team's own command, then keeps the sync point, and stages the file.
//
// The file is replaced atomically, keeps its mode, and is not touched where
// nothing changed. Nothing is printed.
package save

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Options say what is written where.
type Options struct {
	Output string // the file; empty for the project's own snapshot file
	Format string // "yaml" or "json"; empty to go by the file's name
	Stage  bool   // stage the file, as git add would
	// KeepPending leaves in the file what waits there for a boot, and so takes
	// nothing out that somebody else committed.
	KeepPending bool
	Tool        string    // the version of schemaguard, for the sync point
	By          string    // user@host, for the sync point
	Now         time.Time // when
	Said        io.Writer // what the team's own command prints
}

// Outcome is what was done.
type Outcome struct {
	File    string // as it was written
	Holds   string // what is in it: "3 collections, 20 fields"
	Changed bool   // the file's content is another than before
	Staged  bool
	// Displaced are the items that waited in the file for a boot and are no
	// longer in it, in words.
	Displaced []string
	Notes     []string // facts to tell, a line each
}

// Error is a save that did not come to its end.
type Error struct {
	Exit  int // the exit code
	Msg   string
	Hints []string // commands that help
}

// Error implements error.
func (e *Error) Error() string { return e.Msg }

// Save writes the live schema of the session. It returns an *[Error], or the
// error of a write.
func Save(ctx context.Context, s *workspace.Session, o Options) (Outcome, error) {
	w := writing{Session: s, Options: o, live: s.Live().Snapshot}
	w.file = s.File
	if o.Output != "" {
		w.file = o.Output
	}
	if abs, err := filepath.Abs(w.file); err == nil {
		w.own = abs == s.File
	}
	w.format = FormatFor(w.file, o.Format)
	out := Outcome{File: w.file}
	written, err := w.content(ctx, &out)
	if err != nil {
		return out, err
	}
	w.encoded = snapshot.Encode(written, w.format)
	out.Holds = written.Describe()
	if w.own && !o.KeepPending {
		out.Displaced = s.Displaced(ctx, w.encoded)
	}
	if out.Changed, err = w.write(ctx); err != nil {
		return out, err
	}
	if out.Notes, err = w.remember(ctx); err != nil {
		return out, err
	}
	if o.Stage {
		if err := w.stage(ctx); err != nil {
			return out, err
		}
		out.Staged = true
	}
	return out, nil
}

// FormatFor decides between YAML and JSON: by the word, else by the file's name.
func FormatFor(file, word string) snapshot.Format {
	if word == "json" || word == "" && strings.EqualFold(filepath.Ext(file), ".json") {
		return snapshot.JSON
	}
	return snapshot.YAML
}

// writing is one snapshot being written.
type writing struct {
	*workspace.Session
	Options
	live    *snapshot.Snapshot
	format  snapshot.Format
	encoded []byte
	file    string
	own     bool // the file is the project's own
}

// content is what the file will hold: live, and with KeepPending what waits in the
// file for a boot.
func (w *writing) content(ctx context.Context, out *Outcome) (*snapshot.Snapshot, error) {
	switch {
	case !w.KeepPending:
		return w.live, nil
	case !w.own:
		return nil, &Error{exitcode.Usage, "what is pending can be kept in the project's own snapshot file only", []string{"schemaguard snapshot --keep-pending"}}
	case w.Config.Snapshot.Command.V != "":
		return nil, &Error{exitcode.Usage, "snapshot.command writes the file, and keeps nothing that is pending", nil}
	}
	t, err := w.Target(ctx, "worktree")
	if err != nil {
		return nil, err
	}
	if t.Missing != nil {
		return w.live, nil
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		p := file.Problems[len(file.Problems)-1]
		msg := fmt.Sprintf("%s:%d: %s: what is pending in it cannot be told", t.File, p.Line, p.Message)
		return nil, &Error{exitcode.Invalid, msg, []string{"schemaguard explain " + string(p.Code)}}
	}
	v := w.Check(ctx, t, policy.Commit, false)
	if v.State == policy.NotRun {
		return nil, &Error{exitcode.NotRun, "what is pending in " + w.Name + " cannot be told: " + v.Reason, []string{"schemaguard doctor"}}
	}
	waits := map[string]bool{}
	for _, c := range v.Changes {
		waits[c.Item] = c.Class.Pending() || c.Class == threeway.CommittedDrop
		if c.Class == threeway.Conflict && c.Under == "" {
			out.Displaced = append(out.Displaced, c.Item)
		}
	}
	return merge.Keep(w.live, file.Snapshot, func(k snapshot.Key) bool { return waits[k.String()] }), nil
}

// write replaces the file, or lets the team's own command do it and looks at
// the outcome.
func (w *writing) write(ctx context.Context) (changed bool, err error) {
	if own := w.Config.Snapshot.Command.V; own != "" && w.Output == "" {
		return w.runOwn(ctx, own)
	}
	if err := os.MkdirAll(filepath.Dir(w.file), 0o755); err != nil {
		return false, fmt.Errorf("writing the snapshot: %w", err)
	}
	changed, err = atomicfile.Write(w.file, w.encoded, 0o644)
	if err != nil {
		return false, fmt.Errorf("writing the snapshot: %w", err)
	}
	return changed, nil
}

// runOwn runs the team's command and verifies that the file it left holds the
// live schema.
func (w *writing) runOwn(ctx context.Context, command string) (changed bool, err error) {
	before, _ := w.ReadFile()
	run := exec.CommandContext(ctx, "sh", "-c", command)
	run.Dir = w.Config.Root
	run.Stdout, run.Stderr = w.Said, w.Said
	if err := run.Run(); err != nil {
		return false, fmt.Errorf("running snapshot.command (%s): %w", w.Config.Snapshot.Command.Origin, err)
	}
	after, err := w.ReadFile()
	if err != nil {
		return false, fmt.Errorf("reading what snapshot.command wrote: %w", err)
	}
	decoded := snapshot.Decode(w.Name, after)
	if !decoded.Trusted() {
		p := decoded.Problems[len(decoded.Problems)-1]
		return false, &Error{exitcode.Invalid, "snapshot.command wrote no snapshot: " + p.Message, []string{"schemaguard explain " + string(p.Code)}}
	}
	if n := len(threeway.Differences(w.live, decoded.Snapshot)); n > 0 {
		msg := fmt.Sprintf("snapshot.command wrote a snapshot that differs from the database in %d items", n)
		return false, &Error{exitcode.Drift, msg, []string{"schemaguard diff live worktree"}}
	}
	return !bytes.Equal(before, after), nil
}

// remember keeps the sync point of what was written to the project's own file.
func (w *writing) remember(ctx context.Context) (notes []string, err error) {
	if !w.own {
		return nil, nil
	}
	encoded := w.encoded
	if w.format != snapshot.YAML || w.KeepPending {
		encoded = snapshot.Encode(w.live, snapshot.YAML)
	}
	note, err := w.Database.WriteSyncPoint(ctx, syncpoint.New(syncpoint.Written, w.live, encoded, w.Now, w.Tool, w.By))
	if err != nil {
		return nil, fmt.Errorf("keeping the sync point: %w", err)
	}
	if note != "" {
		notes = append(notes, note)
	}
	return notes, nil
}

func (w *writing) stage(ctx context.Context) error {
	if w.Repo == nil {
		return &Error{exitcode.Usage, "staging " + workspace.Shorten(w.file) + ": this is no git repository", []string{"git init"}}
	}
	path, err := w.Repo.Rel(w.file)
	if err != nil {
		return err
	}
	err = w.Repo.Stage(ctx, path)
	var ignored *gitrepo.IgnoredError
	var overlooked *gitrepo.OverlookedError
	switch {
	case errors.As(err, &ignored):
		quoted, _ := terminal.Quote("git", "add", "--force", "--", workspace.Shorten(w.file))
		return &Error{exitcode.Usage, "staging " + workspace.Shorten(w.file) + ": it is ignored by git, where a snapshot belongs", []string{quoted}}
	case errors.As(err, &overlooked):
		quoted, _ := terminal.Quote("git", "update-index", "--no-"+overlooked.Flag, "--", workspace.Shorten(w.file))
		msg := fmt.Sprintf("staging %s: git overlooks its changes (%s)", workspace.Shorten(w.file), overlooked.Flag)
		return &Error{exitcode.Usage, msg, []string{quoted, "schemaguard snapshot --stage"}}
	}
	return err
}
