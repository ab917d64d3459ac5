// Package gitobject reads SHA-1 git objects and references in process.
//
// It uses go-git's storage (packs, deltas, alternates, packed references) without go-git's repository opener, which
// refuses a sparse checkout, and without its object package, which links a whole OpenPGP. It refuses to hand out what
// does not match its id, and it writes nothing.
package gitobject

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
	"unicode"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

const (
	// MaxBlob bounds a file that is read into memory; the largest known snapshot has 3.5 MB.
	MaxBlob = 128 << 20
	// maxPackIndex is the size of all pack indexes from which on a git process (2 to 3 ms) is faster: go-git 5.19.3 reads
	// them whole and builds a map of every object, 4.5 ms for the 0.7 MB of 22,000 objects; git maps them into memory.
	maxPackIndex = 512 << 10
)

var (
	// ErrNotFound says that the object is not in this repository, which is normal in a partial clone.
	ErrNotFound = errors.New("object not found")
	// ErrNoCommit says that an object is neither a commit nor a tag of one.
	ErrNoCommit = errors.New("not a commit")
	// ErrNoReference says that a reference does not exist, or is symbolic and points to nothing.
	ErrNoReference = errors.New("no such reference")
)

// Modes of a tree or index entry; ModeType masks the file type.
const (
	ModeType      = 0o170000
	ModeTree      = 0o040000
	ModeRegular   = 0o100000
	ModeSymlink   = 0o120000
	ModeSubmodule = 0o160000
)

// Store reads the objects and references of one repository. It is safe for concurrent use.
type Store struct {
	mu sync.Mutex // the storage loads its pack index lazily and unguarded
	st *filesystem.Storage
	// objects is the folder of loose objects.
	objects string
}

// Open opens the store of a repository; it reads nothing yet.
func Open(gitDir, commonDir string) *Store {
	fs := dotgit.NewRepositoryFilesystem(osfs.New(gitDir), osfs.New(commonDir))
	return &Store{
		st:      filesystem.NewStorageWithOptions(fs, cache.NewObjectLRU(16*cache.MiByte), filesystem.Options{}),
		objects: filepath.Join(commonDir, "objects"),
	}
}

// Slow says why the git binary would read objects of the repository faster than a Store, or "".
func Slow(commonDir string) string {
	var total int64
	packs, _ := filepath.Glob(filepath.Join(globEscape(commonDir), "objects", "pack", "*.idx"))
	for _, p := range packs {
		if st, err := os.Stat(p); err == nil {
			total += st.Size()
		}
	}
	if total <= maxPackIndex {
		return ""
	}
	return fmt.Sprintf("git searches %d KiB of pack indexes faster", total>>10)
}

func globEscape(p string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(p)
}

// Blob returns the content of a blob. The error wraps [ErrNotFound], or says what is wrong with it.
func (s *Store) Blob(id string) ([]byte, error) { return s.read(plumbing.BlobObject, id) }

// read returns the content of an object, verified against its id.
func (s *Store) read(kind plumbing.ObjectType, id string) (data []byte, err error) {
	if data, ok := s.loose(kind.String(), id); ok {
		return data, nil
	}
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
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	if obj.Size() > MaxBlob {
		return nil, fmt.Errorf("reading %s %s: its %d bytes exceed %d", kind, id, obj.Size(), MaxBlob)
	}
	rd, err := obj.Reader()
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	defer rd.Close()
	data = make([]byte, obj.Size())
	if _, err = io.ReadFull(rd, data); err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", kind, id, err)
	}
	if got := ID(obj.Type().String(), data, len(id)/2); got != id {
		return nil, fmt.Errorf("reading %s %s: its content is damaged", kind, id)
	}
	return data, nil
}

// ID computes the id that git gives data: idLen 20 is SHA-1, 32 is SHA-256.
func ID(kind string, data []byte, idLen int) string {
	h := sha1.New()
	if idLen == sha256.Size {
		h = sha256.New()
	}
	_, _ = fmt.Fprintf(h, "%s %d\x00", kind, len(data))
	_, _ = h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// Commit is the head of a commit object and its subject, without control characters.
type Commit struct {
	Tree          string
	Parents       []string
	Author, Email string
	Time          time.Time // of the committer
	Subject       string
}

// Commit reads a commit, following a tag to the commit that it names.
func (s *Store) Commit(id string) (string, Commit, error) {
	for range 10 {
		data, err := s.read(plumbing.AnyObject, id)
		if err != nil {
			return "", Commit{}, err
		}
		if target, isTag := bytes.CutPrefix(data, []byte("object ")); isTag {
			line, _, _ := bytes.Cut(target, []byte("\n"))
			id = string(line)
			if !IsID(id) {
				break
			}
			continue
		}
		c, err := parseCommit(data)
		if err != nil {
			return "", Commit{}, fmt.Errorf("reading %s: %w", id, err)
		}
		return id, c, nil
	}
	return "", Commit{}, fmt.Errorf("reading %s: it is no commit: %w", id, ErrNoCommit)
}

func parseCommit(data []byte) (Commit, error) {
	var c Commit
	head, body, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author, c.Email, _ = parseIdent(value)
		case "committer":
			_, _, c.Time = parseIdent(value)
		}
	}
	if !IsID(c.Tree) {
		return c, fmt.Errorf("it is no commit: %w", ErrNoCommit)
	}
	// As git's %s: the first paragraph on one line.
	para, _, _ := bytes.Cut(bytes.TrimLeft(body, "\n"), []byte("\n\n"))
	c.Subject = Printable(strings.ReplaceAll(strings.TrimRight(string(para), "\n"), "\n", " "))
	return c, nil
}

// parseIdent splits "Name <email> 1700000000 +0100".
func parseIdent(s string) (name, email string, when time.Time) {
	end := strings.LastIndexByte(s, '>')
	if end < 0 {
		return Printable(s), "", time.Time{}
	}
	name, email, _ = strings.Cut(s[:end], "<")
	stamp, _, _ := strings.Cut(strings.TrimSpace(s[end+1:]), " ")
	if sec, err := strconv.ParseInt(stamp, 10, 64); err == nil {
		when = time.Unix(sec, 0)
	}
	return Printable(strings.TrimSpace(name)), Printable(email), when
}

// Entry is what a tree holds under one name.
type Entry struct {
	Mode uint32
	ID   string
}

// Lookup finds a slash-separated path in a tree. An Entry of mode 0 says that there is none; submodule then names the
// submodule that the path lies in, if any.
func (s *Store) Lookup(tree, path string) (e Entry, submodule string, err error) {
	names := strings.Split(path, "/")
	for i, name := range names {
		data, err := s.read(plumbing.TreeObject, tree)
		if err != nil {
			return Entry{}, "", err
		}
		e, err := findEntry(data, name)
		switch {
		case err != nil:
			return Entry{}, "", fmt.Errorf("reading tree %s: %w", tree, err)
		case i == len(names)-1:
			return e, "", nil
		case e.Mode == ModeSubmodule:
			return Entry{}, strings.Join(names[:i+1], "/"), nil
		case e.Mode != ModeTree:
			return Entry{}, "", nil
		}
		tree = e.ID
	}
	return Entry{}, "", nil
}

// findEntry scans a tree object: octal mode, space, name, NUL, 20 bytes of id.
func findEntry(data []byte, name string) (Entry, error) {
	for len(data) > 0 {
		sp := bytes.IndexByte(data, ' ')
		nul := bytes.IndexByte(data, 0)
		if sp < 0 || nul < sp || len(data) < nul+1+sha1.Size {
			return Entry{}, errors.New("malformed tree")
		}
		if string(data[sp+1:nul]) == name {
			mode, err := strconv.ParseUint(string(data[:sp]), 8, 32)
			if err != nil {
				return Entry{}, errors.New("malformed tree")
			}
			return Entry{Mode: uint32(mode), ID: hex.EncodeToString(data[nul+1 : nul+1+sha1.Size])}, nil
		}
		data = data[nul+1+sha1.Size:]
	}
	return Entry{}, nil
}

// IsID reports whether s is a full SHA-1 or SHA-256 id in lower-case hex.
func IsID(s string) bool {
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
}

// Reference follows a full reference name to an object id. The error wraps [ErrNoReference], or says what is wrong.
func (s *Store) Reference(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 6 {
		ref, err := s.st.Reference(plumbing.ReferenceName(name))
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			return "", fmt.Errorf("%s: %w", Printable(name), ErrNoReference)
		}
		if err != nil {
			return "", fmt.Errorf("reading %s: %w", Printable(name), err)
		}
		if ref.Type() == plumbing.HashReference {
			return ref.Hash().String(), nil
		}
		name = ref.Target().String()
	}
	return "", errors.New("symbolic references form a loop")
}

// References calls f with each reference that is not symbolic.
func (s *Store) References(f func(name, id string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	iter, err := s.st.IterReferences()
	if err != nil {
		return fmt.Errorf("listing references: %w", err)
	}
	return iter.ForEach(func(ref *plumbing.Reference) error {
		if ref.Type() == plumbing.HashReference {
			f(ref.Name().String(), ref.Hash().String())
		}
		return nil
	})
}

// Shallow returns the commits whose parents were left out when the repository was cloned.
func (s *Store) Shallow() (map[string]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.st.Shallow()
	if err != nil {
		return nil, fmt.Errorf("reading shallow: %w", err)
	}
	cut := map[string]bool{}
	for _, h := range list {
		cut[h.String()] = true
	}
	return cut, nil
}

// Printable removes control characters and broken UTF-8: paths, names and subjects are hostile text.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
