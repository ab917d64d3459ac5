// Package filelog walks the history of one file: which commits gave it a content that it did not have before.
//
// It prefers `git log`, which needs 40 ms for 10,000 commits where a walk in process takes a second, and remembers what
// it walked. It refuses to follow renames, to guess beyond a shallow clone's cut, and to fetch anything: the trees of a
// treeless clone would come over the network one by one.
package filelog

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/gitrepo/diskcache"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
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

// Log reads histories of one repository.
type Log struct {
	Git       *gitexec.Git     // runs at the top of the working tree; nil: no git binary
	Objects   *gitobject.Store // for want of Git; may be nil
	CommonDir string
	Cache     *diskcache.Dir // nil: nothing is remembered
}

// walkTimeout bounds a walk through the whole history.
const walkTimeout = 2 * time.Minute

// Revisions returns each commit reachable from tips (commit ids) that changed the blob at path, newest first. A merge is
// among them only when its blob differs from that of every parent, since otherwise the blob stands at a parent; so the
// result names every blob that ever stood at path in that history. A renamed file begins anew: renames are not
// followed. In a shallow repository history ends where it was cut off, and the file counts as new there.
//
// The result is cached by path and tips; later tips that contain the earlier ones cost only the commits between.
func (l *Log) Revisions(ctx context.Context, path string, tips []string) ([]Revision, error) {
	tips = slices.Clone(tips)
	slices.Sort(tips)
	tips = slices.Compact(tips)
	if len(tips) == 0 {
		return nil, nil
	}
	past, ok := l.load(path, tips)
	if ok {
		return past.Revisions, nil
	}
	revs, err := l.extend(ctx, path, past, tips)
	if err != nil {
		return nil, err
	}
	l.store(path, walk{Tips: tips, Revisions: revs})
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
func (l *Log) extend(ctx context.Context, path string, past walk, tips []string) ([]Revision, error) {
	if l.Git == nil {
		if l.Objects == nil {
			return nil, gitexec.ErrNoGit
		}
		return l.walkHere(ctx, path, tips)
	}
	if len(past.Tips) > 0 && l.contain(ctx, tips, past.Tips) {
		if revs, err := l.walkByGit(ctx, path, tips, past.Tips); err == nil {
			return newestFirst(append(revs, past.Revisions...)), nil
		}
	}
	return l.walkByGit(ctx, path, tips, nil)
}

// offline keeps a partial clone from fetching the trees of a whole history one by one.
func (l *Log) offline() *gitexec.Git {
	return l.Git.With("GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1")
}

// contain reports whether every commit of old is reachable from tips.
func (l *Log) contain(ctx context.Context, tips, old []string) bool {
	out, err := l.offline().Run(ctx, walkTimeout, revisionInput(old, tips), "rev-list", "--max-count=1", "--stdin")
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
func (l *Log) walkByGit(ctx context.Context, path string, tips, exclude []string) ([]Revision, error) {
	out, err := l.offline().Run(ctx, walkTimeout, revisionInput(tips, exclude),
		"-c", "log.showSignature=false", "-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false",
		"-c", "log.diffMerges=separate", "-c", "diff.relative=false",
		"log", "--stdin", "--full-history", "-m", "--raw", "--no-abbrev", "--no-renames", "--no-color", "--no-notes",
		"--no-ext-diff", "-O/dev/null", "--encoding=UTF-8", "-z", "--format="+logFormat, "--", path)
	if err != nil {
		return nil, err
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
			if len(fields) < i+6 || !gitobject.IsID(f[1:]) {
				return nil, bad
			}
			sec, err := strconv.ParseInt(fields[i+2], 10, 64)
			if err != nil {
				return nil, bad
			}
			if f[1:] != cur.Commit {
				flush()
				parents, seen = len(strings.Fields(fields[i+1])), 0
				cur = Revision{
					Commit: f[1:], Time: time.Unix(sec, 0), Author: gitobject.Printable(fields[i+3]),
					Email: gitobject.Printable(fields[i+4]), Subject: gitobject.Printable(fields[i+5]),
				}
			}
			i += 5
		case f[0] == ':':
			w := strings.Fields(f)
			if len(w) != 5 || len(fields) < i+2 || !gitobject.IsID(w[3]) {
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
func (l *Log) walkHere(ctx context.Context, path string, tips []string) ([]Revision, error) {
	cut, err := l.Objects.Shallow()
	if err != nil {
		return nil, err
	}
	type node struct {
		gitobject.Commit
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
		_, c, err := l.Objects.Commit(id)
		if err != nil {
			return nil, err
		}
		if cut[id] {
			c.Parents = nil
		}
		blob, known := byTree[c.Tree]
		if !known {
			if blob, err = l.blobIn(c.Tree, path); err != nil {
				return nil, err
			}
			byTree[c.Tree] = blob
		}
		seen[id] = &node{c, blob}
		order = append(order, id)
		queue = append(queue, c.Parents...)
	}
	var revs []Revision
	for _, id := range order {
		n := seen[id]
		fresh := len(n.Parents) > 0 || n.blob != ""
		for _, p := range n.Parents {
			fresh = fresh && seen[p].blob != n.blob
		}
		if fresh {
			revs = append(revs, Revision{id, n.blob, n.Time, n.Author, n.Email, n.Subject})
		}
	}
	return newestFirst(revs), nil
}

// blobIn returns the id of the regular file at path in a tree, "" when there is none.
func (l *Log) blobIn(tree, path string) (string, error) {
	e, _, err := l.Objects.Lookup(tree, path)
	if err != nil || e.Mode&gitobject.ModeType != gitobject.ModeRegular {
		return "", err
	}
	return e.ID, nil
}
