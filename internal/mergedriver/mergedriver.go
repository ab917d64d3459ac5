// Package mergedriver is what git runs to merge a snapshot file
// (gitattributes(5), "Defining a custom merge driver"): by item, then by path
// inside an item, with git's own conflict marks around what nobody but a person
// can decide.
//
//	outcome, err := mergedriver.Run(ctx, mergedriver.Files{Base: "%O", Ours: "%A", Theirs: "%B", Path: "%P"})
//
// What it writes is what Directus would have written: hand-made formatting,
// comments and keys that no snapshot has do not survive where both sides changed
// the file. It opens no database and no socket. A side that it cannot trust it
// leaves to git's text merge, and what git cannot merge either stays ours, with
// all three versions in the index.
package mergedriver

import (
	"bytes"
	"context"
	"fmt"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/plainfile"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// What git does with a driver's exit status: it is done, it tells of a conflict
// with the file as the driver left it, or the same with the file as it was.
// Above 128 newer gits give up the whole merge (git 2.44, ll-merge.c), which
// serves nobody.
const (
	Merged     = 0
	Conflicted = 1
	Failed     = 2
)

// Files are the arguments of a merge driver, by the placeholders of git.
type Files struct {
	Base   string // %O, a file that is empty where both sides added one
	Ours   string // %A, which becomes the result
	Theirs string // %B
	Path   string // %P, what messages call the file; empty is Ours
	// MarkerSize is %L, the length of a conflict mark; 0 is git's default of 7.
	MarkerSize int
	Labels     Labels
}

// Labels are %S, %X and %Y, which name the versions in the conflict marks. A git
// before 2.44 passes the placeholder itself: such a label is as good as none,
// which is "base", "ours" or "theirs".
type Labels struct{ Base, Ours, Theirs string }

// Outcome is how a merge ended.
type Outcome struct {
	// Status is the exit status for git: [Merged], [Conflicted] or [Failed].
	Status int
	// Lines are for the person, on stderr; safe to print.
	Lines []string
	// AsText tells that the file was merged by git's text merge.
	AsText bool
}

// maxSize is far above any snapshot (500 collections make 5 MB).
const maxSize = 256 << 20

// Run merges the files and leaves the result in f.Ours, which it replaces at
// once or not at all. With an error, Status is Failed and the file as it was.
func Run(ctx context.Context, f Files) (Outcome, error) {
	if f.Path == "" {
		f.Path = f.Ours
	}
	in, err := read(f)
	if err != nil {
		return Outcome{Status: Failed}, err
	}
	var style style
	got := merged(in)
	if got.settled != nil {
		style = styleOf(ctx, f)
		got.mark(style)
	}
	if got.refused != "" {
		return f.asText(ctx, in, got)
	}
	if err := f.write(in, got.data); err != nil {
		return Outcome{Status: Failed}, err
	}
	out := Outcome{Status: Merged}
	if len(got.conflicts) > 0 {
		out.Status, out.Lines = Conflicted, report(f.Path, got.conflicts)
	}
	if got.note != "" {
		out.Lines = append(out.Lines, terminal.Clean(f.Path)+": "+terminal.Clean(got.note))
	}
	if len(out.Lines) > 0 && forAncestor(ctx, f) {
		out.Lines = nil
	}
	return out, nil
}

// sides are the contents of the three files.
type sides struct{ base, ours, theirs []byte }

func read(f Files) (in sides, err error) {
	for _, side := range []struct {
		path string
		name string
		into *[]byte
	}{{f.Base, "the common ancestor", &in.base}, {f.Ours, "our version", &in.ours}, {f.Theirs, "their version", &in.theirs}} {
		data, err := plainfile.Read(side.path, maxSize)
		if err != nil {
			return in, fmt.Errorf("reading %s of %s: %w", side.name, terminal.Clean(f.Path), plainfile.Cause(err))
		}
		*side.into = data
	}
	return in, nil
}

func (f Files) write(in sides, data []byte) error {
	if bytes.Equal(data, in.ours) {
		return nil
	}
	if _, err := atomicfile.Write(f.Ours, data, 0o644); err != nil {
		return fmt.Errorf("writing the merged %s: %w", terminal.Clean(f.Path), err)
	}
	return nil
}

// asText lets git merge what cannot be merged by item.
func (f Files) asText(ctx context.Context, in sides, got *result) (Outcome, error) {
	out := Outcome{Status: Failed, AsText: true, Lines: []string{
		terminal.Clean(f.Path) + ": merged as text and not by item: " + terminal.Clean(got.refused),
	}}
	data, status, err := mergeFile(ctx, f)
	if err != nil {
		return Outcome{Status: Failed}, fmt.Errorf("merging %s by item: %s; as text: %w", terminal.Clean(f.Path), terminal.Clean(got.refused), err)
	}
	if status == Merged && got.sound && !trusted(data) {
		status = Conflicted // two sides that could be read must not become one that cannot
		out.Lines = append(out.Lines, "what came out cannot be read as a snapshot: look at it before git add")
	}
	if err := f.write(in, data); err != nil {
		return Outcome{Status: Failed}, err
	}
	out.Status = status
	return out, nil
}

func styleOf(ctx context.Context, f Files) style {
	return style{
		size:   markerSize(f.MarkerSize),
		labels: f.Labels.orDefault(),
		base:   showsBase(ctx),
	}
}

func markerSize(n int) int {
	if n < 1 || n > 1000 {
		return 7 // DEFAULT_CONFLICT_MARKER_SIZE of git
	}
	return n
}

func (l Labels) orDefault() Labels {
	or := func(label, placeholder, name string) string {
		if label == "" || label == placeholder {
			return name
		}
		return terminal.Clean(label)
	}
	return Labels{Base: or(l.Base, "%S", "base"), Ours: or(l.Ours, "%X", "ours"), Theirs: or(l.Theirs, "%Y", "theirs")}
}
