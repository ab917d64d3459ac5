package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// Revision is one commit that gave the file a content that none of its parents had.
type Revision struct {
	Commit  string
	BlobID  string    // "" when the commit removed the file
	Time    time.Time // of the commit, not of its author: it orders history
	Author  string    // name, without control characters
	Email   string
	Subject string
}

// Revisions returns each commit reachable from tips (commit ids) that changed the blob at path, newest first. A merge is
// among them only when its blob differs from that of every parent, since otherwise the blob stands at a parent; so the
// result names every blob that ever stood at path in that history. A renamed file begins anew: renames are not
// followed. In a shallow repository ([Repo.Shallow]) history ends where it was cut off, and the file counts as new there.
//
// The result is cached by path and tips; later tips that contain the earlier ones cost only the commits between.
func (r *Repo) Revisions(ctx context.Context, path string, tips []string) ([]Revision, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	tips = slices.Clone(tips)
	slices.Sort(tips)
	tips = slices.Compact(tips)
	for _, t := range tips {
		if !isObjectID(t) {
			return nil, fmt.Errorf("reading the history of %s: %q: %w", path, printable(t), ErrUnknownRevision)
		}
	}
	if len(tips) == 0 {
		return nil, nil
	}
	past, ok := r.loadWalk(path, tips)
	if ok {
		return past.Revisions, nil
	}
	revs, err := r.extend(ctx, path, past, tips)
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", path, err)
	}
	r.storeWalk(path, walk{Tips: tips, Revisions: revs})
	return revs, nil
}

// Introduced returns the oldest of revs (newest first) that has the blob: who brought this content, and when.
func Introduced(revs []Revision, blobID string) (Revision, bool) {
	for _, rev := range slices.Backward(revs) {
		if rev.BlobID == blobID {
			return rev, true
		}
	}
	return Revision{}, false
}

// extend walks what past does not cover, or everything when tips do not contain past.
func (r *Repo) extend(ctx context.Context, path string, past walk, tips []string) ([]Revision, error) {
	if r.git == nil {
		if r.objects == nil {
			return nil, &UnsupportedError{Dir: r.root, Reason: r.why, Err: gitexec.ErrNoGit}
		}
		return r.walkHere(ctx, path, tips)
	}
	if len(past.Tips) > 0 && r.contain(ctx, tips, past.Tips) {
		if revs, err := r.walkByGit(ctx, path, tips, past.Tips); err == nil {
			return newestFirst(append(revs, past.Revisions...)), nil
		}
	}
	return r.walkByGit(ctx, path, tips, nil)
}

// offline keeps a partial clone from fetching the trees of a whole history one by one.
func (r *Repo) offline() *gitexec.Git {
	return r.git.In(r.root, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1")
}

// contain reports whether every commit of old is reachable from tips.
func (r *Repo) contain(ctx context.Context, tips, old []string) bool {
	out, err := r.offline().Run(ctx, walkTimeout, revisionInput(old, tips), "rev-list", "--max-count=1", "--stdin")
	return err == nil && len(out) == 0
}

// revisionInput names commits for --stdin: command lines are too short for thousands of references.
func revisionInput(include, exclude []string) *strings.Reader {
	var b strings.Builder
	for _, id := range include {
		b.WriteString(id + "\n")
	}
	for _, id := range exclude {
		b.WriteString("^" + id + "\n")
	}
	return strings.NewReader(b.String())
}

// walkByGit asks `git log`. Settings that would change its output are overridden; --full-history -m shows a merge once
// for each parent that it differs from.
func (r *Repo) walkByGit(ctx context.Context, path string, tips, exclude []string) ([]Revision, error) {
	git := r.offline()
	in := git.In(r.root, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_LITERAL_PATHSPECS=1")
	out, err := in.Run(ctx, walkTimeout, revisionInput(tips, exclude),
		"-c", "log.showSignature=false", "-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false",
		"-c", "log.diffMerges=separate", "-c", "diff.relative=false",
		"log", "--stdin", "--full-history", "-m", "--raw", "--no-abbrev", "--no-renames", "--no-color", "--no-notes",
		"--no-ext-diff", "-O/dev/null", "--encoding=UTF-8", "-z", "--format="+logFormat, "--", path)
	if err != nil {
		return nil, r.unreadable(err, "the history of a file is asked of git")
	}
	return parseLog(out, path)
}

// logFormat: a mark that no id begins with, then what Revision needs, NUL-separated and closed by a NUL.
const logFormat = "%x01%H%x00%P%x00%ct%x00%an%x00%ae%x00%s"

// parseLog reads the output of walkByGit: six header fields, an empty one that ends the format, then for each changed
// path (only one is asked for) a line of modes, ids and status, and the path.
func parseLog(out []byte, path string) ([]Revision, error) {
	fields := strings.Split(string(out), "\x00")
	var revs []Revision
	var cur Revision
	var parents, seen int
	flush := func() {
		if cur.Commit != "" && seen == max(parents, 1) {
			revs = append(revs, cur)
		}
	}
	bad := errors.New("unexpected answer of git log")
	for i := 0; i < len(fields); i++ {
		f := strings.TrimPrefix(fields[i], "\n")
		switch {
		case f == "":
		case f[0] == 1:
			if len(fields) < i+6 || !isObjectID(f[1:]) {
				return nil, bad
			}
			sec, err := strconv.ParseInt(fields[i+2], 10, 64)
			if err != nil {
				return nil, bad
			}
			if f[1:] != cur.Commit {
				flush()
				parents, seen = len(strings.Fields(fields[i+1])), 0
				cur = Revision{Commit: f[1:], Time: time.Unix(sec, 0), Author: printable(fields[i+3]),
					Email: printable(fields[i+4]), Subject: printable(fields[i+5])}
			}
			i += 5
		case f[0] == ':':
			w := strings.Fields(f)
			if len(w) != 5 || len(fields) < i+2 || !isObjectID(w[3]) {
				return nil, bad
			}
			if i++; fields[i] == path { // below a path that once was a folder lie other files
				seen += changed(&cur, w)
			}
		default:
			return nil, bad
		}
	}
	flush()
	return newestFirst(revs), nil
}

// changed takes the blob of a raw line into rev and returns 1 when it differs from the parent's: a change of
// permissions alone is none, and a symbolic link or submodule is not the file.
func changed(rev *Revision, w []string) int {
	before, after := "", ""
	if strings.HasPrefix(w[0], ":100") {
		before = w[2]
	}
	if strings.HasPrefix(w[1], "100") {
		after = w[3]
	}
	if before == after {
		return 0
	}
	rev.BlobID = after
	return 1
}

// newestFirst sorts by time, and keeps the walk's order, children first, within a second.
func newestFirst(revs []Revision) []Revision {
	slices.SortStableFunc(revs, func(a, b Revision) int { return b.Time.Compare(a.Time) })
	return revs
}

// walkHere is walkByGit without git: every commit's blob against its parents'.
func (r *Repo) walkHere(ctx context.Context, path string, tips []string) ([]Revision, error) {
	cut := map[string]bool{}
	if r.Shallow() {
		r.objects.mu.Lock()
		shallow, err := r.objects.st.Shallow()
		r.objects.mu.Unlock()
		if err != nil {
			return nil, err
		}
		for _, h := range shallow {
			cut[h.String()] = true
		}
	}
	type node struct {
		commit
		blob string
	}
	seen := map[string]*node{}
	byTree := map[string]string{}
	var order []string
	for queue := slices.Clone(tips); len(queue) > 0; {
		id := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[id] != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, c, err := r.objects.readCommit(id)
		if err != nil {
			return nil, err
		}
		if cut[id] {
			c.parents = nil
		}
		blob, known := byTree[c.tree]
		if !known {
			if blob, err = r.blobIn(c.tree, path); err != nil {
				return nil, err
			}
			byTree[c.tree] = blob
		}
		seen[id] = &node{c, blob}
		order = append(order, id)
		queue = append(queue, c.parents...)
	}
	var revs []Revision
	for _, id := range order {
		n := seen[id]
		fresh := len(n.parents) > 0 || n.blob != ""
		for _, p := range n.parents {
			fresh = fresh && seen[p].blob != n.blob
		}
		if fresh {
			revs = append(revs, Revision{id, n.blob, n.time, n.author, n.email, n.subject})
		}
	}
	return newestFirst(revs), nil
}

// blobIn returns the id of the regular file at path in a tree, "" when there is none.
func (r *Repo) blobIn(tree, path string) (string, error) {
	e, err := r.objects.lookup(tree, path, tree)
	var notFile *NotFileError
	if errors.Is(err, ErrNotTracked) || errors.As(err, &notFile) {
		return "", nil
	}
	if err != nil || e.mode&modeType != modeRegular {
		return "", err
	}
	return e.id, nil
}
