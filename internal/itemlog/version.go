package itemlog

import (
	"context"
	"errors"
	"fmt"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// keptVersions is how many versions are kept: in a history without branches a
// commit's parent is the next to be looked at.
const keptVersions = 4

// version is one version of the file, decoded when somebody asks.
type version struct {
	name    string
	data    []byte
	refused string // why there is no data
	missing bool   // the file was not there
	file    *snapshot.File
}

func absent() *version { return &version{missing: true} }

// decoded returns the file, nil where it was not there or cannot be had.
func (v *version) decoded() *snapshot.File {
	if v.file == nil && !v.missing && v.refused == "" {
		v.file = snapshot.Decode(v.name, v.data)
	}
	return v.file
}

// problem says why the version cannot be compared; empty where it can.
func (v *version) problem() string {
	switch file := v.decoded(); {
	case v.refused != "":
		return v.refused
	case file == nil || file.Trusted():
		return ""
	case len(file.Problems) > 0:
		return file.Problems[len(file.Problems)-1].Message
	}
	return v.name + " is no snapshot"
}

// snapshot returns the items; none of a file that was not there.
func (v *version) snapshot() *snapshot.Snapshot {
	if file := v.decoded(); file != nil && file.Trusted() {
		return file.Snapshot
	}
	return snapshot.New(snapshot.FormatFull, "", "")
}

// version reads a version of the file. What cannot be had (a blob that a partial
// clone lacks, a pointer of Git LFS) is a version that cannot be compared; only
// a stop from outside is an error.
func (h *History) version(ctx context.Context, blob string) (*version, error) {
	if blob == "" {
		return absent(), nil
	}
	if v, ok := h.files[blob]; ok {
		return v, nil
	}
	v := &version{name: h.path}
	data, err := h.repo.Blob(h.path, blob).Data(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("reading %s as of blob %s: %w", h.path, blob[:min(len(blob), 10)], ctx.Err())
	}
	if err != nil {
		v.refused = err.Error()
	}
	v.data = data
	if len(h.order) == keptVersions {
		delete(h.files, h.order[0])
		h.order = h.order[1:]
	}
	h.files[blob], h.order = v, append(h.order, blob)
	return v, nil
}

// readable is version, or, of one that cannot be compared, the one before it:
// what a commit changed is told from the last version that can.
func (h *History) readable(ctx context.Context, blob string, i int) (*version, error) {
	v, err := h.version(ctx, blob)
	if err != nil || v.problem() == "" {
		return v, err
	}
	for j := i + 1; j < len(h.revs); j++ {
		if h.revs[j].BlobID != blob {
			continue
		}
		parents, err := h.parents(ctx, h.revs[j].Commit)
		if err != nil {
			return nil, err
		}
		if len(parents) > 0 {
			return h.readable(ctx, parents[0].blob, j)
		}
	}
	return absent(), nil
}

// parent is a parent of a commit, and its version of the file.
type parent struct{ commit, blob string }

// parents returns the parents of a commit. At the end of a shallow clone there
// are none: what is there counts as new, as for git.
func (h *History) parents(ctx context.Context, commit string) ([]parent, error) {
	var all []parent
	for n := 1; ; n++ {
		rev := fmt.Sprintf("%s^%d", commit, n)
		id, err := h.repo.Resolve(ctx, rev)
		if errors.Is(err, gitrepo.ErrUnknownRevision) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the parents of %s: %w", commit[:min(len(commit), 10)], err)
		}
		blob, err := h.repo.At(ctx, id, h.path)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("reading the parents of %s: %w", commit[:min(len(commit), 10)], ctx.Err())
		}
		if err != nil { // not there, or no file
			blob = gitrepo.Blob{}
		}
		all = append(all, parent{id, blob.ID})
	}
}
