package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// maxNames bounds the names of one folder that are compared.
const maxNames = 4096

// signature is what changes when a file does.
type signature struct {
	modified int64 // nanoseconds
	size     int64 // of a file
	id       uint64
	mode     fs.FileMode
}

// signatures are those of all that is there, by path.
type signatures map[string]signed

type signed struct {
	signature
	kind Change
}

// differs returns the kinds of what came, went or changed.
func (s signatures) differs(now signatures) Change {
	c := s.common(now)
	for name, a := range s {
		if _, there := now[name]; !there {
			c |= a.kind
		}
	}
	for name, b := range now {
		if _, there := s[name]; !there {
			c |= b.kind
		}
	}
	return c
}

// common returns the kinds of what both have and is another now.
func (s signatures) common(now signatures) Change {
	var c Change
	for name, a := range s {
		if b, there := now[name]; there && a.signature != b.signature {
			c |= a.kind | b.kind
		}
	}
	return c
}

// sign takes the signatures of everything planned.
func (p *plan) sign(l listings) signatures {
	out := signatures{}
	add := func(name string, c Change) {
		info, err := os.Lstat(name)
		if err != nil {
			return
		}
		s := signature{modified: info.ModTime().UnixNano(), id: fileID(info), mode: info.Mode()}
		if info.Mode().IsRegular() {
			s.size = info.Size()
		}
		if old, ok := out[name]; ok {
			c |= old.kind
		}
		out[name] = signed{s, c}
	}
	for name, c := range p.files {
		add(name, c)
	}
	for dir, match := range p.folders {
		if p.kinds[dir] == Git {
			add(dir, Git) // git replaces files, which changes their folder
			continue
		}
		for _, name := range l.of(dir, func(e fs.DirEntry) bool { return match(e.Name()) }) {
			add(filepath.Join(dir, name), p.kinds[dir])
		}
	}
	// A folder that only holds what is planned does not count by itself: whatever
	// is made beside it changes it.
	for name, s := range out {
		if s.mode.IsDir() && s.kind != Git {
			s.modified = 0
			out[name] = s
		}
	}
	return out
}

// listings remember the names in folders for as long as the folders stay as they
// are.
type listings map[string]*listing

type listing struct {
	id       uint64
	modified time.Time
	read     time.Time
	names    []string
	used     bool
}

// settled is how old a change of a folder must be for its names to be remembered:
// clocks of file systems are coarse.
const settled = 2 * time.Second

// of returns the names in a folder that somebody wants; none where it cannot be
// read.
func (l listings) of(dir string, want func(fs.DirEntry) bool) []string {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil
	}
	old := l[dir]
	if old != nil && old.id == fileID(info) && old.modified.Equal(info.ModTime()) && old.read.Sub(old.modified) > settled {
		old.used = true
		return old.names
	}
	now := time.Now()
	names := readNames(dir, want)
	l[dir] = &listing{id: fileID(info), modified: info.ModTime(), read: now, names: names, used: true}
	return names
}

// readNames reads a folder piece by piece, for it may be large, and keeps a
// bounded number of names.
func readNames(dir string, want func(fs.DirEntry) bool) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	var names []string
	for len(names) < maxNames {
		part, err := f.ReadDir(512)
		for _, e := range part {
			if want(e) {
				names = append(names, e.Name())
			}
		}
		if err != nil {
			break
		}
	}
	return names
}

// sweep forgets the folders that nobody asked for since the last time.
func (l listings) sweep() {
	for dir, e := range l {
		if !e.used {
			delete(l, dir)
			continue
		}
		e.used = false
	}
}
