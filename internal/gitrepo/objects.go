package gitrepo

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's object id, not a signature
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

const (
	// maxBlob bounds a file that is read into memory; the largest known snapshot has 3.5 MB.
	maxBlob = 128 << 20
	// maxPackIndex is the size of all pack indexes above which git is asked instead: go-git reads them whole, git maps
	// them.
	maxPackIndex = 48 << 20
)

// errNoObject says that the object is not in this repository, which is normal in a partial clone.
var errNoObject = errors.New("object not found")

// objectStore reads SHA-1 objects and references in process. It uses go-git's storage without its repository opener,
// which refuses a sparse checkout, and without its object package, which links a whole OpenPGP.
type objectStore struct {
	mu sync.Mutex // the storage loads its pack index lazily and unguarded
	st *filesystem.Storage
}

// openObjects returns nil and the reason when the git binary is the better reader.
func openObjects(gitDir, commonDir string, haveGit bool) (*objectStore, string) {
	if haveGit {
		var total int64
		packs, _ := filepath.Glob(filepath.Join(globEscape(commonDir), "objects", "pack", "*.idx"))
		for _, p := range packs {
			if st, err := os.Stat(p); err == nil {
				total += st.Size()
			}
		}
		if total > maxPackIndex {
			return nil, fmt.Sprintf("%d MiB of pack indexes are faster to search for git", total>>20)
		}
	}
	fs := dotgit.NewRepositoryFilesystem(osfs.New(gitDir), osfs.New(commonDir))
	st := filesystem.NewStorageWithOptions(fs, cache.NewObjectLRU(16*cache.MiByte), filesystem.Options{})
	return &objectStore{st: st}, ""
}

func globEscape(p string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(p)
}

// read returns the content of an object, verified against its id. The error is errNoObject, or what is wrong with it.
func (s *objectStore) read(kind plumbing.ObjectType, id string) (data []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A damaged pack must not take the process down.
	defer func() {
		if p := recover(); p != nil {
			data, err = nil, fmt.Errorf("reading object %s: the repository is damaged (%v)", id, p)
		}
	}()
	h := plumbing.NewHash(id)
	obj, err := s.st.EncodedObject(kind, h)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		s.st.Reindex() // packs come and go while a watcher runs
		obj, err = s.st.EncodedObject(kind, h)
	}
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, errNoObject)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	if obj.Size() > maxBlob {
		return nil, fmt.Errorf("reading %s %s: its %d bytes exceed %d", kind, id, obj.Size(), maxBlob)
	}
	rd, err := obj.Reader()
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	defer rd.Close()
	if data, err = io.ReadAll(rd); err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	if got := objectID(obj.Type().String(), data, len(id)/2); got != id {
		return nil, fmt.Errorf("reading %s %s: its content is damaged", kind, id)
	}
	return data, nil
}

// objectID computes the id that git gives data: idLen 20 is SHA-1, 32 is SHA-256.
func objectID(kind string, data []byte, idLen int) string {
	h := sha1.New()
	if idLen == sha256.Size {
		h = sha256.New()
	}
	_, _ = fmt.Fprintf(h, "%s %d\x00", kind, len(data))
	_, _ = h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// commit is the head of a commit object; the rest is not needed.
type commit struct {
	tree          string
	parents       []string
	author, email string
	time          time.Time
	subject       string
}

// readCommit reads a commit, following a tag to the commit that it names.
func (s *objectStore) readCommit(id string) (string, commit, error) {
	for range 10 {
		data, err := s.read(plumbing.AnyObject, id)
		if err != nil {
			return "", commit{}, err
		}
		if target, isTag := bytes.CutPrefix(data, []byte("object ")); isTag {
			line, _, _ := bytes.Cut(target, []byte("\n"))
			id = string(line)
			if !isObjectID(id) {
				break
			}
			continue
		}
		c, err := parseCommit(data)
		if err != nil {
			return "", commit{}, fmt.Errorf("reading %s: %w", id, err)
		}
		return id, c, nil
	}
	return "", commit{}, fmt.Errorf("reading %s: it is no commit: %w", id, ErrUnknownRevision)
}

func parseCommit(data []byte) (commit, error) {
	var c commit
	head, body, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.tree = value
		case "parent":
			c.parents = append(c.parents, value)
		case "author":
			c.author, c.email, _ = parseIdent(value)
		case "committer":
			_, _, c.time = parseIdent(value)
		}
	}
	if !isObjectID(c.tree) {
		return c, fmt.Errorf("it is no commit: %w", ErrUnknownRevision)
	}
	// As git's %s: the first paragraph on one line.
	para, _, _ := bytes.Cut(bytes.TrimLeft(body, "\n"), []byte("\n\n"))
	c.subject = printable(strings.ReplaceAll(strings.TrimRight(string(para), "\n"), "\n", " "))
	return c, nil
}

// parseIdent splits "Name <email> 1700000000 +0100".
func parseIdent(s string) (name, email string, when time.Time) {
	end := strings.LastIndexByte(s, '>')
	if end < 0 {
		return printable(s), "", time.Time{}
	}
	name, email, _ = strings.Cut(s[:end], "<")
	stamp, _, _ := strings.Cut(strings.TrimSpace(s[end+1:]), " ")
	if sec, err := strconv.ParseInt(stamp, 10, 64); err == nil {
		when = time.Unix(sec, 0)
	}
	return printable(strings.TrimSpace(name)), printable(email), when
}

// treeEntry is what a tree holds under one name.
type treeEntry struct {
	mode uint32
	id   string
}

// lookup finds path in a tree. The error is ErrNotTracked, *NotFileError for a path through a submodule, or a failed
// read.
func (s *objectStore) lookup(tree, path, at string) (treeEntry, error) {
	names := strings.Split(path, "/")
	for i, name := range names {
		data, err := s.read(plumbing.TreeObject, tree)
		if err != nil {
			return treeEntry{}, err
		}
		e, ok, err := findEntry(data, name)
		if err != nil {
			return treeEntry{}, fmt.Errorf("reading tree %s: %w", tree, err)
		}
		last := i == len(names)-1
		switch {
		case !ok:
			return treeEntry{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
		case last:
			return e, nil
		case e.mode == modeSubmodule:
			return treeEntry{}, submoduleError(path, strings.Join(names[:i+1], "/"), at)
		case e.mode != modeTree:
			return treeEntry{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
		}
		tree = e.id
	}
	return treeEntry{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
}

// findEntry scans a tree object: octal mode, space, name, NUL, 20 bytes of id.
func findEntry(data []byte, name string) (treeEntry, bool, error) {
	for len(data) > 0 {
		sp := bytes.IndexByte(data, ' ')
		nul := bytes.IndexByte(data, 0)
		if sp < 0 || nul < sp || len(data) < nul+1+sha1.Size {
			return treeEntry{}, false, errors.New("malformed tree")
		}
		if string(data[sp+1:nul]) == name {
			mode, err := strconv.ParseUint(string(data[:sp]), 8, 32)
			if err != nil {
				return treeEntry{}, false, errors.New("malformed tree")
			}
			return treeEntry{mode: uint32(mode), id: hex.EncodeToString(data[nul+1 : nul+1+sha1.Size])}, true, nil
		}
		data = data[nul+1+sha1.Size:]
	}
	return treeEntry{}, false, nil
}

// isObjectID reports whether s is a full SHA-1 or SHA-256 id in lower-case hex.
func isObjectID(s string) bool {
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
}
