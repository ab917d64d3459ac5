// Package history says what git knows of the versions of snapshot items: which
// versions lie in a target's own past, and which some branch has.
//
// It reads the revisions of the snapshot file newest first and stops as soon as
// everything asked for is found. What a blob holds is cached by its id, and the
// answer to a whole question by the refs it was asked of; without the caches the
// answers are the same, later.
package history

import (
	"bytes"
	"context"
	"crypto/sha1" // what git names objects by
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Index is what [threeway.Past] names as the branch of a version that is staged
// and in no commit.
const Index = "the index"

// Wanted is one version of an item to look for.
type Wanted struct {
	Key    snapshot.Key
	Digest snapshot.Digest
}

// Look asks the history of the file at path (see [gitrepo.Repo.Rel]) for
// versions of items. The past of the target are the commits from which past is
// reached, themselves included; everything else that any local or
// remote-tracking branch or the index has is known. Versions that are nowhere
// are left out of the answer.
//
// An error means that the history could not be read: nothing is known then, and
// unknown is not "nowhere".
func Look(ctx context.Context, repo *gitrepo.Repo, path string, past []string, wanted []Wanted) (map[Wanted]threeway.Past, error) {
	if len(wanted) == 0 {
		return map[Wanted]threeway.Past{}, nil
	}
	refs, err := repo.Refs(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the refs: %w", err)
	}
	refs = slices.DeleteFunc(refs, func(r gitrepo.Ref) bool { return strings.HasPrefix(r.Full, "refs/tags/") })
	s := &search{repo: repo, path: path, refs: refs, found: map[Wanted]threeway.Past{}}
	s.open = append(s.open, wanted...)
	if s.current, err = repo.Branch(ctx); err != nil {
		return nil, fmt.Errorf("reading which branch is current: %w", err)
	}
	staged, err := repo.Index(ctx, path)
	if err != nil && !errors.Is(err, gitrepo.ErrNotTracked) {
		if _, ok := errors.AsType[*gitrepo.UnmergedError](err); !ok {
			return nil, fmt.Errorf("reading the index: %w", err)
		}
	}
	name := s.questionName(past, staged.ID)
	if s.recall(name, wanted) {
		return s.found, nil
	}
	if err := s.run(ctx, past, staged); err != nil {
		return nil, err
	}
	s.remember(name, wanted)
	return s.found, nil
}

// search is one run through the revisions.
type search struct {
	repo *gitrepo.Repo
	path string
	refs []gitrepo.Ref
	// current is the current branch; empty where HEAD is detached.
	current string
	open    []Wanted
	found   map[Wanted]threeway.Past
	seen    map[string]bool // blobs already looked into
}

func (s *search) run(ctx context.Context, past []string, staged gitrepo.Blob) error {
	s.seen = map[string]bool{}
	if len(past) > 0 {
		revs, err := s.repo.Revisions(ctx, s.path, past)
		if err != nil {
			return fmt.Errorf("reading the history of %s: %w", s.path, err)
		}
		for i, rev := range revs {
			behind := func() threeway.Past { return threeway.Past{Behind: true, Known: true, Tip: i == 0} }
			if err := s.lookInto(ctx, rev.BlobID, behind); err != nil {
				return err
			}
		}
	}
	if len(s.open) == 0 {
		return nil
	}
	if err := s.lookAtBranches(ctx, past); err != nil {
		return err
	}
	// The index comes last: what a branch has as well is better named by it, and
	// is no edit by hand.
	return s.lookInto(ctx, staged.ID, func() threeway.Past { return threeway.Past{Known: true, Branch: Index} })
}

// lookAtBranches looks into every revision that a branch has, the current
// branch first: of several that have a version it is the one to name.
func (s *search) lookAtBranches(ctx context.Context, past []string) error {
	var tips []string
	for _, ref := range s.refs {
		tips = append(tips, ref.Commit)
		if ref.Full != "refs/heads/"+s.current || slices.Contains(past, ref.Commit) {
			continue
		}
		if err := s.lookFrom(ctx, []string{ref.Commit}, func(string) string { return s.current }); err != nil {
			return err
		}
	}
	return s.lookFrom(ctx, tips, func(commit string) string { return s.branchOf(ctx, commit) })
}

// lookFrom looks into every revision that is reached from the tips. The branch
// of a commit is asked for only where the commit settles something.
func (s *search) lookFrom(ctx context.Context, tips []string, branch func(commit string) string) error {
	if len(s.open) == 0 || len(tips) == 0 {
		return nil
	}
	revs, err := s.repo.Revisions(ctx, s.path, tips)
	if err != nil {
		return fmt.Errorf("reading the history of %s: %w", s.path, err)
	}
	for _, rev := range revs {
		known := func() threeway.Past { return threeway.Past{Known: true, Branch: branch(rev.Commit)} }
		if err := s.lookInto(ctx, rev.BlobID, known); err != nil {
			return err
		}
	}
	return nil
}

// branchOf names a ref that has the commit; its short id where none can be told.
func (s *search) branchOf(ctx context.Context, commit string) string {
	names, err := s.repo.Containing(ctx, commit)
	if err != nil || len(names) == 0 {
		return commit[:min(len(commit), 10)]
	}
	return names[0]
}

// lookInto settles what the blob holds of the open versions. A blob that is no
// snapshot, or not to be had in a partial clone's reach, holds none.
func (s *search) lookInto(ctx context.Context, blob string, past func() threeway.Past) error {
	if blob == "" || s.seen[blob] || len(s.open) == 0 {
		return nil
	}
	s.seen[blob] = true
	items, ok := s.cached(blob)
	if !ok {
		data, err := s.repo.Blob(s.path, blob).Data(ctx)
		if err != nil {
			return fmt.Errorf("reading %s as of blob %s: %w", s.path, blob[:min(len(blob), 10)], err)
		}
		if !s.mayHold(data) {
			return nil
		}
		items = itemsOf(data)
		s.repo.Store(itemsName(blob), slices.Concat(items...))
	}
	var left []Wanted
	for _, w := range s.open {
		mark := markOf(w)
		if _, has := slices.BinarySearchFunc(items, mark[:], bytes.Compare); has {
			s.found[w] = past()
		} else {
			left = append(left, w)
		}
	}
	s.open = left
	return nil
}

// mayHold tells whether the text names any item that is looked for. Names of
// plain letters stand in YAML and JSON as they are, so a text without the name
// has no such item and need not be parsed.
func (s *search) mayHold(data []byte) bool {
	for _, w := range s.open {
		if nameIn(data, w.Key.Collection) && nameIn(data, w.Key.Field) {
			return true
		}
	}
	return false
}

func nameIn(data []byte, name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return true // may be escaped: only parsing tells
		}
	}
	return bytes.Contains(data, []byte(name))
}

// markSize is the size of what stands for one version of one item.
const markSize = 16

// markOf condenses a version of an item.
func markOf(w Wanted) [markSize]byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s\x00%x", w.Key.Kind, w.Key.Collection, w.Key.Field, w.Digest[:]))
	return [markSize]byte(sum[:markSize])
}

// itemsOf returns the sorted marks of everything a snapshot file holds; none
// where it cannot be trusted.
func itemsOf(data []byte) [][]byte {
	file := snapshot.Decode("", data)
	if !file.Trusted() {
		return [][]byte{}
	}
	marks := make([][]byte, 0, file.Snapshot.Len())
	for key, digest := range file.Snapshot.Digests() {
		mark := markOf(Wanted{key, digest})
		marks = append(marks, mark[:])
	}
	slices.SortFunc(marks, bytes.Compare)
	return marks
}

// cacheVersion is part of every cache name: what a digest covers may change.
const cacheVersion = "3"

func itemsName(blob string) string { return "items-" + cacheVersion + "-" + blob }

func (s *search) cached(blob string) ([][]byte, bool) {
	data, ok := s.repo.Cache(itemsName(blob))
	if !ok || len(data)%markSize != 0 {
		return nil, false
	}
	return slices.Collect(slices.Chunk(data, markSize)), true
}

// questionName stands for the state of git that a whole answer depends on.
func (s *search) questionName(past []string, staged string) string {
	h := sha256.New()
	fmt.Fprintln(h, s.path, past, staged, s.current)
	for _, ref := range s.refs {
		fmt.Fprintln(h, ref.Full, ref.Commit)
	}
	return "history-" + cacheVersion + "-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// answer is one entry of the cached answer; what was found nowhere is kept too.
type answer struct {
	Mark string
	threeway.Past
}

// recall answers from the cache, if it has an answer to everything.
func (s *search) recall(name string, wanted []Wanted) bool {
	data, ok := s.repo.Cache(name)
	var answers []answer
	if !ok || json.Unmarshal(data, &answers) != nil {
		return false
	}
	byMark := map[string]threeway.Past{}
	for _, a := range answers {
		byMark[a.Mark] = a.Past
	}
	found := map[Wanted]threeway.Past{}
	for _, w := range wanted {
		mark := markOf(w)
		past, ok := byMark[hex.EncodeToString(mark[:])]
		if !ok {
			return false
		}
		if past.Known {
			found[w] = past
		}
	}
	s.found = found
	return true
}

func (s *search) remember(name string, wanted []Wanted) {
	answers := make([]answer, len(wanted))
	for i, w := range wanted {
		mark := markOf(w)
		answers[i] = answer{hex.EncodeToString(mark[:]), s.found[w]}
	}
	if data, err := json.Marshal(answers); err == nil {
		s.repo.Store(name, data)
	}
}

// Repository is the history of one file of one repository, in the form that a
// check asks for.
type Repository struct {
	Repo *gitrepo.Repo
	Path string // as [gitrepo.Repo.Rel] gives it
}

// Look is [Look] for this file.
func (r Repository) Look(ctx context.Context, past []string, wanted []Wanted) (map[Wanted]threeway.Past, error) {
	return Look(ctx, r.Repo, r.Path, past, wanted)
}

// Committed tells whether one of the commits from which past is reached, or past
// itself, has exactly this content.
func (r Repository) Committed(ctx context.Context, past []string, data []byte) (bool, error) {
	commit, err := r.holder(ctx, past, data)
	return commit != "", err
}

// Holder returns the newest commit on any branch that has exactly this content
// at the path: the past of a file that was found outside git. It is empty where
// none has.
func (r Repository) Holder(ctx context.Context, data []byte) (string, error) {
	refs, err := r.Repo.Refs(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the refs: %w", err)
	}
	var tips []string
	for _, ref := range refs {
		tips = append(tips, ref.Commit)
	}
	return r.holder(ctx, tips, data)
}

func (r Repository) holder(ctx context.Context, tips []string, data []byte) (string, error) {
	if len(tips) == 0 {
		return "", nil
	}
	revs, err := r.Repo.Revisions(ctx, r.Path, tips)
	if err != nil {
		return "", fmt.Errorf("reading the history of %s: %w", r.Path, err)
	}
	object := append(fmt.Appendf(nil, "blob %d\x00", len(data)), data...)
	old, young := sha1.Sum(object), sha256.Sum256(object)
	ids := []string{hex.EncodeToString(old[:]), hex.EncodeToString(young[:])}
	for _, rev := range revs {
		if slices.Contains(ids, rev.BlobID) {
			return rev.Commit, nil
		}
	}
	return "", nil
}

// Shallow tells whether the history was cut off by a shallow clone.
func (r Repository) Shallow() bool { return r.Repo.Shallow() }
