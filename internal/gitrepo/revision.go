package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/filelog"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// Resolve returns the id of the commit that rev names. "HEAD", full ids and plain names cost no git process; the rest
// of git's revision syntax (but for ":/text") is git's to read. Errors: [ErrUnborn] (HEAD only), [ErrUnknownRevision], else not-run.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, "\x00\n") {
		return "", fmt.Errorf("%q: %w", gitobject.Printable(rev), ErrUnknownRevision)
	}
	if r.refs != nil {
		id, err := r.resolveHere(rev)
		if err == nil || errors.Is(err, ErrUnborn) || r.git == nil {
			return id, err
		}
	}
	out, err := r.ask(ctx, lookupTimeout, r.why, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if id := strings.TrimSpace(string(out)); err == nil && gitobject.IsID(id) {
		return id, nil
	}
	var exit *gitexec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return "", fmt.Errorf("resolving %s: %w", gitobject.Printable(rev), err)
	case rev == "HEAD" && r.unborn(ctx):
		return "", fmt.Errorf("HEAD: %w", ErrUnborn)
	case exit != nil && exit.Code != 1 && !strings.Contains(exit.Stderr, "unknown revision"):
		return "", fmt.Errorf("resolving %s: %w", gitobject.Printable(rev), r.unreadable(err, r.why))
	}
	return "", fmt.Errorf("%s: %w", gitobject.Printable(rev), ErrUnknownRevision)
}

// unborn reports, through git, whether HEAD is a branch that does not exist yet. A HEAD that is merely damaged is not.
func (r *Repo) unborn(ctx context.Context) bool {
	out, err := r.ask(ctx, lookupTimeout, r.why, "symbolic-ref", "-q", "HEAD")
	if err != nil {
		return false
	}
	out, err = r.ask(ctx, lookupTimeout, r.why, "for-each-ref", "--format=%(refname)", strings.TrimSpace(string(out)))
	return err == nil && len(out) == 0
}

// resolveHere reads references in process, in git's order (gitrevisions(7)). An abbreviated id is not tried.
func (r *Repo) resolveHere(rev string) (string, error) {
	if gitobject.IsID(rev) {
		return r.commitHere(rev, rev)
	}
	names := []string{"HEAD"}
	if rev != "HEAD" {
		if strings.ContainsAny(rev, "~^:@{}*?[\\ ") || strings.Contains(rev, "..") {
			return "", &UnsupportedError{Dir: r.loc.Root, Reason: "the revision " + gitobject.Printable(rev) + " is for git to read", Err: gitexec.ErrNoGit}
		}
		names = []string{"refs/tags/" + rev, "refs/heads/" + rev, "refs/remotes/" + rev, "refs/remotes/" + rev + "/HEAD"}
		if strings.HasPrefix(rev, "refs/") {
			names = []string{rev}
		}
	}
	for _, name := range names {
		hash, err := r.refs.Reference(name)
		if errors.Is(err, gitobject.ErrNoReference) {
			continue
		}
		if err != nil {
			return "", err
		}
		if name == "HEAD" || strings.HasPrefix(name, "refs/heads/") {
			return hash, nil // git lets nothing but commits stand there
		}
		return r.commitHere(rev, hash)
	}
	if rev == "HEAD" {
		return "", fmt.Errorf("HEAD: %w", ErrUnborn)
	}
	return "", fmt.Errorf("%s: %w", gitobject.Printable(rev), ErrUnknownRevision)
}

func (r *Repo) commitHere(rev, id string) (string, error) {
	if r.objects == nil {
		return "", errors.New(r.why)
	}
	id, _, err := r.objects.Commit(id)
	if errors.Is(err, gitobject.ErrNotFound) || errors.Is(err, gitobject.ErrNoCommit) {
		return "", fmt.Errorf("%s: %w (%w)", gitobject.Printable(rev), ErrUnknownRevision, err)
	}
	return id, err
}

// Ref is one name that keeps commits alive.
type Ref struct {
	Name   string // short: "main", "origin/main", "v1.0", or "HEAD" when detached
	Full   string // "refs/heads/main"
	Commit string // the commit; of an annotated tag, the one it names
}

// Refs returns local branches, remote-tracking branches and tags, sorted by full name, and HEAD first when detached.
// Symbolic references (origin/HEAD) repeat another and are left out, as are tags of something else than a commit. The
// stash is not among them: what lies there is nobody's past.
func (r *Repo) Refs(ctx context.Context) ([]Ref, error) {
	refs, err := r.refsHere()
	if err != nil {
		if refs, err = r.refsByGit(ctx, err); err != nil {
			return nil, fmt.Errorf("listing references: %w", err)
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Full, b.Full) })
	branch, err := r.Branch(ctx)
	if err != nil {
		return nil, err
	}
	if branch == "" {
		id, err := r.Resolve(ctx, "HEAD")
		if err != nil {
			return nil, err
		}
		refs = append([]Ref{{Name: "HEAD", Full: "HEAD", Commit: id}}, refs...)
	}
	return refs, nil
}

func wantedRef(full string) (short string, ok bool) {
	for _, p := range []string{"refs/heads/", "refs/remotes/", "refs/tags/"} {
		if short, ok = strings.CutPrefix(full, p); ok {
			return short, true
		}
	}
	return "", false
}

func (r *Repo) refsHere() ([]Ref, error) {
	if r.refs == nil {
		return nil, errors.New(r.why)
	}
	var refs []Ref
	err := r.refs.References(func(full, id string) {
		if short, ok := wantedRef(full); ok {
			refs = append(refs, Ref{Name: short, Full: full, Commit: id})
		}
	})
	if err != nil {
		return nil, err
	}
	kept := refs[:0]
	for _, ref := range refs {
		if strings.HasPrefix(ref.Full, "refs/tags/") { // branches name commits, and need no read
			ref.Commit, err = r.commitHere(ref.Name, ref.Commit)
			if errors.Is(err, gitobject.ErrNoCommit) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		kept = append(kept, ref)
	}
	return kept, nil
}

func (r *Repo) refsByGit(ctx context.Context, cause error) ([]Ref, error) {
	out, err := r.ask(ctx, lookupTimeout, cause.Error(), "for-each-ref",
		"--format=%(refname)%00%(symref)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)",
		"refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil, r.unreadable(err, cause.Error())
	}
	var refs []Ref
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n") {
		f := strings.Split(line, "\x00")
		if len(f) != 6 || f[1] != "" {
			continue
		}
		short, ok := wantedRef(f[0])
		id := f[3]
		if f[2] == "tag" {
			f[2], id = f[4], f[5]
		}
		if ok && f[2] == "commit" {
			refs = append(refs, Ref{Name: short, Full: f[0], Commit: id})
		}
	}
	return refs, nil
}

// Revisions returns each commit reachable from tips (commit ids) that changed the blob at path, newest first; see
// [filelog.Log.Revisions] for what that means at merges, removals, renames and the end of a shallow clone. The first
// call walks history, later ones read a cache below the common directory.
func (r *Repo) Revisions(ctx context.Context, path string, tips []string) ([]filelog.Revision, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	for _, t := range tips {
		if !gitobject.IsID(t) {
			return nil, fmt.Errorf("reading the history of %s: %q: %w", path, gitobject.Printable(t), ErrUnknownRevision)
		}
	}
	log := filelog.Log{Git: r.git, Objects: r.objects, CommonDir: r.loc.CommonDir, Cache: r.walks}
	revs, err := log.Revisions(ctx, path, tips)
	if errors.Is(err, gitexec.ErrNoGit) {
		return nil, &UnsupportedError{Dir: r.loc.Root, Reason: r.why, Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", path, r.unreadable(err, "the history of a file is asked of git"))
	}
	return revs, nil
}

// Containing returns the references (short names, in git's order) from which the commit is reachable: which branch has
// it. It needs the git binary.
func (r *Repo) Containing(ctx context.Context, id string) ([]string, error) {
	if !gitobject.IsID(id) {
		return nil, fmt.Errorf("%q: %w", gitobject.Printable(id), ErrUnknownRevision)
	}
	out, err := r.ask(ctx, walkTimeout, "which branches hold a commit is asked of git", "for-each-ref",
		"--contains="+id, "--format=%(refname)%00%(symref)", "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("asking which branches hold %s: %w", id, r.unreadable(err, "which branches hold a commit"))
	}
	var names []string
	for line := range strings.SplitSeq(string(out), "\n") {
		full, symref, _ := strings.Cut(line, "\x00")
		if short, ok := wantedRef(full); ok && symref == "" {
			names = append(names, short)
		}
	}
	return names, nil
}

// Branch returns the short name of the current branch, also of an unborn one; "" when HEAD is detached.
func (r *Repo) Branch(ctx context.Context) (string, error) {
	var target string
	if r.loc.Config.Reftable { // HEAD is a placeholder there
		out, err := r.ask(ctx, lookupTimeout, r.why, "symbolic-ref", "-q", "HEAD")
		var exit *gitexec.ExitError
		if errors.As(err, &exit) && exit.Code == 1 {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("reading HEAD: %w", r.unreadable(err, r.why))
		}
		target = strings.TrimSpace(string(out))
	} else {
		data, err := gitdir.ReadSmall(filepath.Join(r.loc.GitDir, "HEAD"))
		if err != nil {
			return "", fmt.Errorf("reading HEAD: %w", err)
		}
		target, _ = strings.CutPrefix(strings.TrimSpace(string(data)), "ref: ")
		target = strings.TrimSpace(target)
	}
	short, ok := strings.CutPrefix(target, "refs/heads/")
	if !ok {
		return "", nil
	}
	return gitobject.Printable(short), nil
}

// State is what git is in the middle of.
type State string

// The states, in the order in which they are looked for: a rebase stops with a CHERRY_PICK_HEAD of its own.
const (
	StateNone       State = "none"
	StateRebase     State = "rebase"
	StateApply      State = "am"
	StateMerge      State = "merge"
	StateCherryPick State = "cherry-pick"
	StateRevert     State = "revert"
	StateBisect     State = "bisect"
)

// State returns what git is in the middle of, as `git status` would say (wt-status.c).
func (r *Repo) State(ctx context.Context) State {
	has := func(name string) bool {
		_, err := os.Lstat(filepath.Join(r.loc.GitDir, filepath.FromSlash(name)))
		return err == nil
	}
	pseudo := func(name string) bool {
		if has(name) || !r.loc.Config.Reftable { // a reftable keeps all but MERGE_HEAD and FETCH_HEAD in itself
			return has(name)
		}
		_, err := r.ask(ctx, lookupTimeout, r.why, "rev-parse", "--verify", "--quiet", name)
		return err == nil
	}
	switch {
	case has("rebase-merge"), has("rebase-apply") && !has("rebase-apply/applying"):
		return StateRebase
	case has("rebase-apply"):
		return StateApply
	case has("MERGE_HEAD"):
		return StateMerge
	case pseudo("CHERRY_PICK_HEAD"):
		return StateCherryPick
	case pseudo("REVERT_HEAD"):
		return StateRevert
	case has("sequencer/todo"):
		data, _ := gitdir.ReadSmall(filepath.Join(r.loc.GitDir, "sequencer", "todo"))
		if strings.HasPrefix(string(data), "revert ") {
			return StateRevert
		}
		return StateCherryPick
	case has("BISECT_LOG"):
		return StateBisect
	}
	return StateNone
}

// MergeParents returns the commits that the merge in progress will add as parents (MERGE_HEAD); none outside a merge.
func (r *Repo) MergeParents() ([]string, error) {
	data, err := gitdir.ReadSmall(filepath.Join(r.loc.GitDir, "MERGE_HEAD"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading MERGE_HEAD: %w", err)
	}
	var ids []string
	for line := range strings.FieldsSeq(string(data)) {
		if !gitobject.IsID(line) {
			return nil, errors.New("reading MERGE_HEAD: it holds no commit id")
		}
		ids = append(ids, line)
	}
	return ids, nil
}

// Shallow reports whether history was cut off when the repository was cloned, so that what is not found in it may
// still have been there.
func (r *Repo) Shallow() bool {
	st, err := os.Stat(filepath.Join(r.loc.CommonDir, "shallow"))
	return err == nil && st.Size() > 0
}
