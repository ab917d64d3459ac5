// Package itemlog is the history of a snapshot file in terms of its items: which
// commit created, changed or removed a collection or a field.
//
// It reads commits, one version of the file after the other, newest first, and
// writes nothing. It neither follows a renamed file nor tells whether a change
// was right.
package itemlog

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/gitrepo/filelog"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// ErrNoHistory says that no commit has the snapshot file.
var ErrNoHistory = errors.New("no commit has the snapshot file")

// Query says what to look for.
type Query struct {
	Item string // a collection, or "collection.field"; empty: everything
	All  bool   // in the history of every branch and tag; else of HEAD
	Most int    // commits to tell of; 0: all
}

// History is the history of what was asked for, found and yet to be read.
type History struct {
	repo  *gitrepo.Repo
	path  string
	query Query
	match match
	gone  bool
	revs  []filelog.Revision
	files map[string]*version // the last few, by blob
	order []string            // of files
}

// Log returns what there is to say of the history without reading it.
func (h *History) Log() itemdiff.Log {
	l := itemdiff.Log{File: h.path, Item: h.match.String(), Gone: h.gone}
	if h.repo.Shallow() {
		l.Notes = append(l.Notes, "the clone is shallow: what happened before the commits that it has is not known")
	}
	return l
}

// Open finds the commits that changed the file at path (see [gitrepo.Repo.Rel])
// and, in them, the item. It returns [ErrNoHistory], a *[UnknownItemError], or
// what the repository returns.
func Open(ctx context.Context, repo *gitrepo.Repo, path string, q Query) (*History, error) {
	h := &History{repo: repo, path: path, query: q, files: map[string]*version{}}
	var err error
	if h.revs, err = h.revisions(ctx, q.All); err != nil {
		return nil, err
	}
	if q.Item != "" {
		return h, h.find(ctx)
	}
	if len(h.revs) == 0 {
		return nil, ErrNoHistory
	}
	return h, nil
}

// revisions asks for the commits that changed the file.
func (h *History) revisions(ctx context.Context, all bool) ([]filelog.Revision, error) {
	var tips []string
	head, err := h.repo.Resolve(ctx, "HEAD")
	switch {
	case err == nil:
		tips = append(tips, head)
	case !errors.Is(err, gitrepo.ErrUnborn):
		return nil, fmt.Errorf("reading HEAD: %w", err)
	}
	if all {
		refs, err := h.repo.Refs(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the refs: %w", err)
		}
		for _, ref := range refs {
			tips = append(tips, ref.Commit)
		}
	}
	if len(tips) == 0 {
		return nil, nil
	}
	revs, err := h.repo.Revisions(ctx, h.path, tips)
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", h.path, err)
	}
	return revs, nil
}

// Commits reads the commits that changed what was asked for, newest first. It
// ends with an error where git cannot be asked any more; what came before it
// stands.
func (h *History) Commits(ctx context.Context) iter.Seq2[itemdiff.Commit, error] {
	return func(yield func(itemdiff.Commit, error) bool) {
		told := 0
		for i := range h.revs {
			change, ok, err := h.change(ctx, i)
			if err != nil {
				yield(itemdiff.Commit{}, err)
				return
			}
			if !ok {
				continue
			}
			if told++; !yield(change, nil) || told == h.query.Most {
				return
			}
		}
	}
}

// change reads what one commit changed; ok is false where that is nothing that
// was asked for.
func (h *History) change(ctx context.Context, i int) (c itemdiff.Commit, ok bool, err error) {
	rev := h.revs[i]
	c = itemdiff.Commit{
		ID: rev.Commit, Time: rev.Time.UTC(), Author: rev.Author, Email: rev.Email, Subject: rev.Subject,
		FileRemoved: rev.BlobID == "", Items: []itemdiff.Item{},
	}
	after, err := h.version(ctx, rev.BlobID)
	if err != nil {
		return c, false, err
	}
	parents, err := h.parents(ctx, rev.Commit)
	if err != nil {
		return c, false, err
	}
	var before *version
	if len(parents) > 0 {
		if before, err = h.readable(ctx, parents[0].blob, i); err != nil {
			return c, false, err
		}
	} else {
		before = absent()
	}
	if !h.match.mayBeIn(after) && !h.match.mayBeIn(before) {
		return c, false, nil
	}
	for _, p := range parents[min(1, len(parents)):] {
		c.Merge = append(c.Merge, p.commit)
	}
	if c.NotReadable = after.problem(); c.NotReadable != "" {
		return c, true, nil
	}
	others, err := h.others(ctx, parents)
	if err != nil {
		return c, false, err
	}
	c.Items = h.items(before.snapshot(), after.snapshot(), others)
	if !h.match.everything() {
		return c, len(c.Items) > 0, nil
	}
	if was, is := before.snapshot().Directus, after.snapshot().Directus; was != is && was != "" && is != "" {
		c.Directus = was + " -> " + is
	}
	// What a merge took over as it was, its parents' own commits tell.
	return c, len(c.Merge) == 0 || len(c.Items) > 0, nil
}

// others are the readable versions of a merge's further parents.
func (h *History) others(ctx context.Context, parents []parent) ([]*snapshot.Snapshot, error) {
	var out []*snapshot.Snapshot
	for _, p := range parents[min(1, len(parents)):] {
		v, err := h.version(ctx, p.blob)
		if err != nil {
			return nil, err
		}
		if v.problem() == "" {
			out = append(out, v.snapshot())
		}
	}
	return out, nil
}

// items compares two versions, and leaves out what a further parent has as well.
func (h *History) items(before, after *snapshot.Snapshot, others []*snapshot.Snapshot) []itemdiff.Item {
	out := []itemdiff.Item{}
	for _, item := range itemdiff.Items(before, after) {
		if !h.match.key(item.Key) {
			continue
		}
		taken := false
		for _, other := range others {
			taken = taken || other.Digest(item.Key) == after.Digest(item.Key)
		}
		if !taken {
			out = append(out, item)
		}
	}
	return out
}
