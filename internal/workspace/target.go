package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Target is a snapshot that a question is asked about.
type Target struct {
	check.Target
	// Rule is the one by which it is judged unless the caller says otherwise.
	Rule policy.Rule
	// Missing is set where there is no snapshot at that place.
	Missing *finding.Finding

	blob string            // git's id of the content; empty for what is not from git
	lost []finding.Finding // what the merge in progress lost
	// inHead says that the last commit has the file, of a target that does not.
	inHead bool
}

// Problems decodes the target and returns what is wrong with it, as far as that
// can be told without a database.
func (t Target) Problems() []finding.Finding {
	if t.Missing != nil {
		return []finding.Finding{*t.Missing}
	}
	return append(slices.Clone(t.lost), snapshot.Decode(t.File, t.Data).Problems...)
}

// Target finds the snapshot that a word on the command line means: index, HEAD,
// worktree, container:NAME, a file or a commit; empty for the staged one, or the
// one on disk where git has none. It returns a *UsageError where there is no
// such thing.
func (w *Workspace) Target(ctx context.Context, word string) (Target, error) {
	switch strings.ToLower(word) {
	case "":
		if w.Tracked(ctx) {
			return w.fromGit(ctx, "index")
		}
		return w.fromWorktree(ctx)
	case "index", "head":
		return w.fromGit(ctx, strings.ToLower(word))
	case "worktree":
		return w.fromWorktree(ctx)
	}
	if name, ok := strings.CutPrefix(word, "container:"); ok {
		return w.fromContainer(ctx, name)
	}
	if looksLikePath(word) {
		return w.fromFile(ctx, word)
	}
	if w.Repo == nil {
		return Target{}, &UsageError{Msg: fmt.Sprintf("%q is no file, and there is no git repository here to have a commit of that name", word)}
	}
	return w.fromGit(ctx, word)
}

// looksLikePath tells a file from a revision: what exists, or is written as
// one, is a file.
func looksLikePath(word string) bool {
	if info, err := os.Stat(word); err == nil {
		return !info.IsDir()
	}
	switch strings.ToLower(filepath.Ext(word)) {
	case ".yaml", ".yml", ".json":
		return !strings.Contains(word, ":")
	}
	return strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") || filepath.IsAbs(word)
}

// fromGit takes the snapshot of the index, of HEAD or of another commit.
func (w *Workspace) fromGit(ctx context.Context, word string) (Target, error) {
	if w.Repo == nil {
		return Target{}, &UsageError{Msg: word + ": this is no git repository", Hints: []string{"git init", "schemaguard check --against worktree"}}
	}
	t := Target{Rule: policy.Commit}
	var blob gitrepo.Blob
	var err error
	switch word {
	case "index":
		blob, err = w.Repo.Index(ctx, w.Path)
		t.Source = policy.Source{Name: "index", Origin: w.Path + "@index"}
		t.Editable, t.Staged = true, !w.Joining(ctx)
		t.Past = w.Heads(ctx)
		if errors.Is(err, gitrepo.ErrNotTracked) {
			_, missing := w.Repo.At(ctx, "HEAD", w.Path)
			t.inHead = missing == nil
		}
	case "head":
		word = "HEAD"
		fallthrough
	default:
		blob, err = w.Repo.At(ctx, word, w.Path)
		t.Source = policy.Source{Name: word, Origin: w.Path + "@" + word}
		if word != "HEAD" {
			t.Rule = policy.Boot
		}
		if commit, err := w.Repo.Resolve(ctx, word); err == nil {
			t.Past, t.Source.Detail = []string{commit}, commit[:min(10, len(commit))]
		}
	}
	t.File = w.Path
	if err == nil {
		t.blob = blob.ID
		if t.Data, err = w.data(ctx, blob); blob.ID == w.last.id {
			t.Decoded = w.last.decoded
		}
	}
	if t, err = t.orMissing(err); err == nil && t.Editable && !t.Staged {
		t.lost = w.lostInMerge(ctx, t)
	}
	return t, err
}

func (w *Workspace) fromWorktree(ctx context.Context) (Target, error) {
	t := Target{Rule: policy.Commit}
	t.Source = policy.Source{Name: "worktree", Origin: w.Name}
	t.File, t.Editable = w.Name, w.Repo != nil
	if w.Repo != nil {
		t.Past = w.Heads(ctx)
	}
	data, err := w.ReadFile()
	t.Data = data
	if w.last.id != "" && w.Name == w.Path && bytes.Equal(data, w.last.data) {
		t.blob, t.Decoded = w.last.id, w.last.decoded
	}
	return t.orMissing(err)
}

// fromFile takes any file. Its past is that of the commit that has it, if any.
func (w *Workspace) fromFile(ctx context.Context, name string) (Target, error) {
	t := Target{Rule: policy.Boot}
	t.Source, t.File = policy.Source{Name: name}, name
	data, err := os.ReadFile(name)
	if err != nil {
		return t, &UsageError{Msg: fmt.Sprintf("reading the snapshot: %v", err), Err: err}
	}
	t.Data = data
	return w.withHolder(ctx, t)
}

// withHolder gives a snapshot from outside git the past of the commit that has
// the same content.
func (w *Workspace) withHolder(ctx context.Context, t Target) (Target, error) {
	if w.Repo == nil {
		return t, nil
	}
	commit, err := w.History().Holder(ctx, t.Data)
	if err != nil {
		return t, err
	}
	if commit != "" {
		t.Past, t.Source.Detail = []string{commit}, "the snapshot of "+commit[:10]
	}
	return t, nil
}

// orMissing turns the errors of a snapshot that is not there into a finding.
func (t Target) orMissing(err error) (Target, error) {
	var missing *gitrepo.MissingError
	var unmerged *gitrepo.UnmergedError
	switch {
	case err == nil:
		return t, nil
	case errors.As(err, &unmerged):
		t.Missing = &finding.Finding{
			Code: finding.ConflictMarkers, Severity: finding.Invalid, File: t.File, Line: 1,
			Message: t.File + " is unmerged in the index: decide what is marked in it, then stage it", Fix: "git add " + t.File,
		}
	case t.Editable && t.Source.Name == "index" && errors.Is(err, gitrepo.ErrNotTracked) && t.inHead:
		t.Missing = &finding.Finding{
			Code: finding.SnapshotMissing, Severity: finding.Invalid, File: t.File, Line: 1,
			Message: t.File + " is taken out of git by this commit: a boot without a snapshot cannot be foretold", Fix: "git checkout HEAD -- " + t.File,
		}
	case errors.Is(err, gitrepo.ErrNotTracked), errors.Is(err, gitrepo.ErrUnborn), errors.Is(err, fs.ErrNotExist), errors.As(err, &missing):
		t.Missing = &finding.Finding{
			Code: finding.SnapshotMissing, Severity: finding.Invalid, File: t.File, Line: 1,
			Message: "there is no snapshot at " + t.Source.Origin, Fix: "schemaguard snapshot --stage",
		}
	case errors.Is(err, gitrepo.ErrUnknownRevision):
		return t, &UsageError{Msg: fmt.Sprintf("%q is neither a file nor a commit", t.Source.Name), Err: err}
	default:
		return t, err
	}
	return t, nil
}
