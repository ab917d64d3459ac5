package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/history"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// target is a snapshot that a question is asked about.
type target struct {
	check.Target
	rule policy.Rule
	// missing is set where there is no snapshot at that place.
	missing *finding.Finding
}

// target finds the snapshot that a word on the command line means.
func (s *workspace) target(word string) (target, error) {
	switch strings.ToLower(word) {
	case "":
		if s.tracked() {
			return s.fromGit("index")
		}
		return s.fromWorktree()
	case "index", "head":
		return s.fromGit(strings.ToLower(word))
	case "worktree":
		return s.fromWorktree()
	}
	if name, ok := strings.CutPrefix(word, "container:"); ok {
		return s.fromContainer(name)
	}
	if looksLikePath(word) {
		return s.fromFile(word)
	}
	if s.repo == nil {
		return target{}, hintError{code: exitUsage, err: fmt.Errorf("%q is no file, and there is no git repository here to have a commit of that name", word)}
	}
	return s.fromGit(word)
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

// tracked tells whether git has the snapshot staged.
func (s *workspace) tracked() bool {
	if s.repo == nil {
		return false
	}
	_, err := s.repo.Index(s.ctx, s.path)
	return !errors.Is(err, gitrepo.ErrNotTracked) && !errors.Is(err, gitrepo.ErrOutside)
}

// fromGit takes the snapshot of the index, of HEAD or of another commit.
func (s *workspace) fromGit(word string) (target, error) {
	if s.repo == nil {
		return target{}, hintError{code: exitUsage, err: fmt.Errorf("%s: this is no git repository", word), hints: []string{"git init", "schemaguard check --against worktree"}}
	}
	t := target{rule: policy.Commit}
	var blob gitrepo.Blob
	var err error
	switch word {
	case "index":
		blob, err = s.repo.Index(s.ctx, s.path)
		t.Source, t.Editable = policy.Source{Name: "index", Origin: s.path + "@index"}, true
		t.Past = s.heads()
	case "head":
		word = "HEAD"
		fallthrough
	default:
		blob, err = s.repo.At(s.ctx, word, s.path)
		t.Source = policy.Source{Name: word, Origin: s.path + "@" + word}
		if word != "HEAD" {
			t.rule = policy.Boot
		}
		if commit, err := s.repo.Resolve(s.ctx, word); err == nil {
			t.Past, t.Source.Detail = []string{commit}, commit[:min(10, len(commit))]
		}
	}
	t.File = s.path
	if err == nil {
		t.Data, err = blob.Data(s.ctx)
	}
	return t.orMissing(err)
}

// heads are the commits whose ancestors are the past of the index and the
// worktree: HEAD, and in a merge its other parents.
func (s *workspace) heads() []string {
	var past []string
	if head, err := s.repo.Resolve(s.ctx, "HEAD"); err == nil {
		past = append(past, head)
	}
	if parents, err := s.repo.MergeParents(); err == nil {
		past = append(past, parents...)
	}
	return past
}

func (s *workspace) fromWorktree() (target, error) {
	t := target{rule: policy.Commit}
	t.Source = policy.Source{Name: "worktree", Origin: s.name}
	t.File, t.Editable = s.name, s.repo != nil
	if s.repo != nil {
		t.Past = s.heads()
	}
	data, err := os.ReadFile(s.file)
	t.Data = data
	return t.orMissing(err)
}

// fromFile takes any file. Its past is that of the commit that has it, if any.
func (s *workspace) fromFile(name string) (target, error) {
	t := target{rule: policy.Boot}
	t.Source, t.File = policy.Source{Name: name}, name
	data, err := os.ReadFile(name)
	if err != nil {
		return t, hintError{code: exitUsage, err: fmt.Errorf("reading the snapshot: %w", err)}
	}
	t.Data = data
	return s.withHolder(t)
}

// withHolder gives a snapshot from outside git the past of the commit that has
// the same content.
func (s *workspace) withHolder(t target) (target, error) {
	if s.repo == nil {
		return t, nil
	}
	commit, err := s.history().Holder(s.ctx, t.Data)
	if err != nil {
		return t, err
	}
	if commit != "" {
		t.Past, t.Source.Detail = []string{commit}, "the snapshot of "+commit[:10]
	}
	return t, nil
}

func (s *workspace) history() history.Repository {
	return history.Repository{Repo: s.repo, Path: s.path}
}

// orMissing turns the errors of a snapshot that is not there into a finding.
func (t target) orMissing(err error) (target, error) {
	var missing *gitrepo.MissingError
	var unmerged *gitrepo.UnmergedError
	switch {
	case err == nil:
		return t, nil
	case errors.As(err, &unmerged):
		t.missing = &finding.Finding{Code: finding.ConflictMarkers, Severity: finding.Invalid, File: t.File, Line: 1,
			Message: t.File + " is unmerged in the index", Fix: "schemaguard snapshot --stage"}
	case errors.Is(err, gitrepo.ErrNotTracked), errors.Is(err, gitrepo.ErrUnborn), errors.Is(err, fs.ErrNotExist), errors.As(err, &missing):
		t.missing = &finding.Finding{Code: finding.SnapshotMissing, Severity: finding.Invalid, File: t.File, Line: 1,
			Message: "there is no snapshot at " + t.Source.Origin, Fix: "schemaguard snapshot --stage"}
	case errors.Is(err, gitrepo.ErrUnknownRevision):
		return t, hintError{code: exitUsage, err: fmt.Errorf("%q is neither a file nor a commit", t.Source.Name)}
	default:
		return t, err
	}
	return t, nil
}
