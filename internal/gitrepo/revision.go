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

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// Resolve returns the id of the commit that rev names. "HEAD", full ids and plain names cost no git process; the rest
// of git's revision syntax is git's to read. Errors: [ErrUnborn] (HEAD only), [ErrUnknownRevision], else not-run.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, "\x00\n") {
		return "", fmt.Errorf("%q: %w", printable(rev), ErrUnknownRevision)
	}
	if r.objects != nil {
		id, err := r.resolveHere(rev)
		if err == nil || errors.Is(err, ErrUnborn) || r.git == nil {
			return id, err
		}
	}
	out, err := r.ask(ctx, lookupTimeout, r.why, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if id := strings.TrimSpace(string(out)); err == nil && isObjectID(id) {
		return id, nil
	}
	var exit *gitexec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return "", fmt.Errorf("resolving %s: %w", printable(rev), err)
	case rev == "HEAD" && r.unborn(ctx):
		return "", fmt.Errorf("HEAD: %w", ErrUnborn)
	case exit != nil && exit.Code != 1 && !strings.Contains(exit.Stderr, "unknown revision"):
		return "", fmt.Errorf("resolving %s: %w", printable(rev), r.unreadable(err, r.why))
	}
	return "", fmt.Errorf("%s: %w", printable(rev), ErrUnknownRevision)
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
	if isObjectID(rev) {
		id, _, err := r.objects.readCommit(rev)
		if errors.Is(err, errNoObject) {
			return "", fmt.Errorf("%s: %w", rev, ErrUnknownRevision)
		}
		return id, err
	}
	names := []string{"HEAD"}
	if rev != "HEAD" {
		if strings.ContainsAny(rev, "~^:@{}*?[\\ ") || strings.Contains(rev, "..") {
			return "", &UnsupportedError{Dir: r.root, Reason: "the revision " + printable(rev) + " is for git to read", Err: gitexec.ErrNoGit}
		}
		names = []string{"refs/tags/" + rev, "refs/heads/" + rev, "refs/remotes/" + rev, "refs/remotes/" + rev + "/HEAD"}
		if strings.HasPrefix(rev, "refs/") {
			names = []string{rev}
		}
	}
	for _, name := range names {
		hash, err := r.objects.reference(name)
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("reading %s: %w", name, err)
		}
		id, _, err := r.objects.readCommit(hash)
		return id, err
	}
	if rev == "HEAD" {
		return "", fmt.Errorf("HEAD: %w", ErrUnborn)
	}
	return "", fmt.Errorf("%s: %w", printable(rev), ErrUnknownRevision)
}

// reference follows name to an object id. The error is plumbing.ErrReferenceNotFound, also when a symbolic reference
// points to nothing.
func (s *objectStore) reference(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 6 {
		ref, err := s.st.Reference(plumbing.ReferenceName(name))
		if err != nil {
			return "", err
		}
		if ref.Type() == plumbing.HashReference {
			return ref.Hash().String(), nil
		}
		name = ref.Target().String()
	}
	return "", errors.New("symbolic references form a loop")
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
	if r.objects == nil {
		return nil, errors.New(r.why)
	}
	r.objects.mu.Lock()
	iter, err := r.objects.st.IterReferences()
	var found []*plumbing.Reference
	if err == nil {
		err = iter.ForEach(func(ref *plumbing.Reference) error {
			found = append(found, ref)
			return nil
		})
	}
	r.objects.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, ref := range found {
		full := ref.Name().String()
		short, ok := wantedRef(full)
		if !ok || ref.Type() != plumbing.HashReference {
			continue
		}
		id := ref.Hash().String()
		if strings.HasPrefix(full, "refs/tags/") { // branches name commits, and need no read
			id, _, err = r.objects.readCommit(id)
			if errors.Is(err, ErrUnknownRevision) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		refs = append(refs, Ref{Name: short, Full: full, Commit: id})
	}
	return refs, nil
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

// Containing returns the references (short names, in git's order) from which the commit is reachable: which branch has
// it. It needs the git binary.
func (r *Repo) Containing(ctx context.Context, id string) ([]string, error) {
	if !isObjectID(id) {
		return nil, fmt.Errorf("%q: %w", printable(id), ErrUnknownRevision)
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
	if r.cfg.reftable { // HEAD is a placeholder there
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
		data, err := readSmall(filepath.Join(r.gitDir, "HEAD"))
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
	return printable(short), nil
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
		_, err := os.Lstat(filepath.Join(r.gitDir, filepath.FromSlash(name)))
		return err == nil
	}
	pseudo := func(name string) bool {
		if has(name) || !r.cfg.reftable { // a reftable keeps all but MERGE_HEAD and FETCH_HEAD in itself
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
		data, _ := readSmall(filepath.Join(r.gitDir, "sequencer", "todo"))
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
	data, err := readSmall(filepath.Join(r.gitDir, "MERGE_HEAD"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading MERGE_HEAD: %w", err)
	}
	var ids []string
	for line := range strings.FieldsSeq(string(data)) {
		if !isObjectID(line) {
			return nil, errors.New("reading MERGE_HEAD: it holds no commit id")
		}
		ids = append(ids, line)
	}
	return ids, nil
}

// Shallow reports whether history was cut off when the repository was cloned, so that what is not found in it may
// still have been there.
func (r *Repo) Shallow() bool {
	st, err := os.Stat(filepath.Join(r.commonDir, "shallow"))
	return err == nil && st.Size() > 0
}
