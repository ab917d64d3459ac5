// Package sqlfile reads the folders of numbered SQL files: their names, order,
// directives, checksums and statements, and what is wrong with them.
//
// A file is NNN_name.sql; files run in the order of their numbers, 10 after 9.
// Those of the first folder run before Directus, those of the second after it;
// lines before the first statement can say otherwise:
//
//	-- schemaguard:phase post
//	-- schemaguard:no-transaction
//
// It reads and judges files only; it knows no database and changes nothing.
package sqlfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
)

// MaxSize is the largest file that is read, in bytes: larger ones are data, not
// schema, and are loaded by other means.
const MaxSize = 32 << 20

// Phase says when a file runs.
type Phase string

// The phases. All is none of a file: it asks for both.
const (
	Pre  Phase = "pre"  // before Directus makes its tables
	Post Phase = "post" // after the snapshot was applied
	All  Phase = "all"
)

// Includes tells whether a question about phase p is also one about q.
func (p Phase) Includes(q Phase) bool { return p == All || p == q }

// File is one numbered SQL file.
type File struct {
	Name   string // base name, the key in the table: "003_faulty.sql"
	Path   string // as messages name it: "db-init/003_faulty.sql"
	Number uint64
	Width  int // digits of the number as written
	Phase  Phase
	// NoTransaction: statements run one by one, each in its own transaction.
	NoTransaction bool
	// Text is the content that is hashed and executed: without a byte order mark,
	// with \n where the file has \r\n.
	Text string
	// Checksum is the SHA-256 of Text, in lower case hex.
	Checksum   string
	Statements []sqltext.Statement
}

// Set is the files of both folders in the order in which they run.
type Set struct {
	Files []File
	// Folders are those that exist, as messages name them.
	Folders []string
	// Found says how many names with .sql were seen, read or not.
	Found int
	// Passed are files that are not run though the image of Postgres would, from
	// docker-entrypoint-initdb.d: as messages name them.
	Passed []string
}

// Get returns the file of a name, nil where there is none.
func (s Set) Get(name string) *File {
	for i := range s.Files {
		if s.Files[i].Name == name {
			return &s.Files[i]
		}
	}
	return nil
}

// Folder is a folder of files. Shown is how messages name it; its files run in
// Phase unless they say otherwise. A folder that does not exist holds none.
type Folder struct {
	Dir   string
	Shown string
	Phase Phase
}

var namePattern = regexp.MustCompile(`^([0-9]{1,18})_[A-Za-z0-9][A-Za-z0-9._-]*\.sql$`)

// entrypointPattern is what docker-entrypoint.sh of the image of Postgres runs
// beside .sql; scripts only where they are numbered among the files.
var entrypointPattern = regexp.MustCompile(`\.sql\.(gz|xz|zst)$|^[0-9].*\.sh$`)

// Load reads folders. Files with a problem of their own that leaves nothing to
// run (name, encoding, size) are not in the set; all others are. The error is
// for folders and files that cannot be read at all.
func Load(folders ...Folder) (Set, []Problem, error) {
	var set Set
	var problems []Problem
	for _, folder := range folders {
		entries, err := os.ReadDir(folder.Dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Set{}, nil, fmt.Errorf("reading folder %s: %w", folder.Shown, plain(err))
		}
		set.Folders = append(set.Folders, folder.Shown)
		for _, entry := range entries {
			if entrypointPattern.MatchString(entry.Name()) {
				set.Passed = append(set.Passed, folder.Shown+"/"+entry.Name())
			}
			if !strings.HasSuffix(strings.ToLower(entry.Name()), ".sql") {
				continue
			}
			set.Found++
			f, found, err := folder.read(entry)
			if err != nil {
				return Set{}, nil, err
			}
			problems = append(problems, found...)
			if f != nil {
				set.Files = append(set.Files, *f)
			}
		}
	}
	slices.SortStableFunc(set.Files, func(a, b File) int {
		if a.Phase != b.Phase {
			return strings.Compare(string(b.Phase), string(a.Phase)) // "pre" > "post"
		}
		if a.Number != b.Number {
			if a.Number < b.Number {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return set, append(problems, numbering(set.Files)...), nil
}

// plain is an error without the absolute path that os puts into it.
func plain(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// read reads one file; nil where there is nothing to run.
func (d Folder) read(entry fs.DirEntry) (*File, []Problem, error) {
	name := entry.Name()
	at := Problem{File: d.Shown + "/" + name, Name: name}
	match := namePattern.FindStringSubmatch(name)
	if match == nil {
		at.Code, at.Text, at.Hint = BadName, "the name is no NNN_name.sql, so the file has no place in the order", "schemaguard db-init new NAME"
		return nil, []Problem{at}, nil
	}
	number, err := strconv.ParseUint(match[1], 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the number of %s: %w", at.File, err)
	}
	if !entry.Type().IsRegular() && !d.mounted(entry) {
		at.Code, at.Text = NotPlain, "it is a "+form(entry.Type())+", and only plain files of this folder are run"
		return nil, []Problem{at}, nil
	}
	data, found := d.content(name, at)
	if found != nil {
		return nil, found, nil
	}
	f := &File{Name: name, Path: at.File, Number: number, Width: len(match[1]), Phase: d.Phase, Text: Normalize(data)}
	f.Checksum = Checksum(f.Text)
	return f, f.examine(d.Phase), nil
}

// mounted tells a link to a plain file within the folder: as Kubernetes mounts a
// ConfigMap (001_a.sql -> ..data/001_a.sql). One that leads elsewhere is nothing
// that the folder holds.
func (d Folder) mounted(entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	dir, err := filepath.EvalSymlinks(d.Dir)
	if err != nil {
		return false
	}
	target, err := filepath.EvalSymlinks(filepath.Join(d.Dir, entry.Name()))
	if err != nil || !strings.HasPrefix(target, dir+string(filepath.Separator)) {
		return false
	}
	info, err := os.Lstat(target)
	return err == nil && info.Mode().IsRegular()
}

func form(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode.IsDir():
		return "folder"
	}
	return "special file"
}

// content reads the bytes, or says why they are no SQL.
func (d Folder) content(name string, at Problem) ([]byte, []Problem) {
	at.Code = Unreadable
	unreadable := func(err error) []Problem {
		at.Text = "it cannot be read: " + plain(err).Error()
		return []Problem{at}
	}
	f, err := os.Open(filepath.Join(d.Dir, name))
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = f.Close() }()
	data, err := readAtMost(f, MaxSize)
	if err != nil {
		return nil, unreadable(err)
	}
	if len(data) > MaxSize {
		at.Text = fmt.Sprintf("it is larger than %d MiB, which is data and no schema", MaxSize>>20)
		return nil, []Problem{at}
	}
	if bad := undecodable(data); bad >= 0 {
		at.At = sqltext.At(string(data), bad)
		at.Text = "it is not UTF-8"
		if data[bad] == 0 {
			at.Text = "it holds a NUL byte (UTF-16?)"
		}
		at.Hint = "save it as UTF-8"
		return nil, []Problem{at}
	}
	return data, nil
}

// Normalize is the content that counts: without a byte order mark, with \n where
// there was \r\n.
func Normalize(data []byte) string {
	return strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
}

// Checksum returns the SHA-256 of a normalized text, in lower case hex.
func Checksum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
