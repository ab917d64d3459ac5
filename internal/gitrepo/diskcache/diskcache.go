// Package diskcache keeps small results in a folder, bounded in size, for a reader that is correct without them.
//
// Everything about it is best effort: a folder that cannot be written, a file that was cut, swapped or flipped, a
// concurrent writer or a `kill -9` all look like "not cached". Entries are written to a temporary file and renamed,
// and carry a checksum over their name and content. It refuses to be a database: no listing, no fsync (a lost entry is
// computed again, a torn one fails its checksum), and no error ever reaches the caller.
package diskcache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	header    = "schemaguard-cache 1\n"
	suffix    = ".entry"
	tmpPrefix = ".tmp-"
	// staleTemp is the age at which a temporary file is taken for one that a killed process left behind.
	staleTemp = time.Hour
	// touchAfter is how old an entry's time stamp may grow before a read renews it: eviction goes by that stamp, and
	// a read should not cost a write each time.
	touchAfter = time.Hour
)

// Dir is a cache in one folder. Its zero value holds nothing and keeps nothing. It is safe for concurrent use, also by
// several processes.
type Dir struct {
	path     string
	maxTotal int64
	mu       sync.Mutex
	counted  bool
	total    int64 // bytes in the folder, as far as this process knows
}

// New returns the cache in the folder path (made when first written to) that keeps at most maxTotal bytes; a single
// entry may take a quarter of it.
func New(path string, maxTotal int64) *Dir { return &Dir{path: path, maxTotal: maxTotal} }

// Load returns what was stored under name, and false when there is nothing whole.
func (d *Dir) Load(name string) ([]byte, bool) {
	if d == nil || d.path == "" {
		return nil, false
	}
	file := d.file(name)
	st, err := os.Lstat(file)
	if err != nil || !st.Mode().IsRegular() || st.Size() > d.maxTotal {
		return nil, false
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	head, data := raw[:min(len(raw), len(header)+sha256.Size)], []byte(nil)
	if len(raw) >= len(header)+sha256.Size {
		data = raw[len(header)+sha256.Size:]
	}
	if !bytes.Equal(head, seal(name, data)) {
		return nil, false
	}
	if now := time.Now(); now.Sub(st.ModTime()) > touchAfter {
		_ = os.Chtimes(file, now, now)
	}
	return data, true
}

// Store keeps data under name, dropping the entries used longest ago when the folder is full.
func (d *Dir) Store(name string, data []byte) {
	if d == nil || d.path == "" || int64(len(data)) > d.maxTotal/4 {
		return
	}
	if os.MkdirAll(d.path, 0o755) != nil {
		return
	}
	tmp, err := os.CreateTemp(d.path, tmpPrefix+"*")
	if err != nil {
		return
	}
	_, err = tmp.Write(append(seal(name, data), data...))
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil { // CreateTemp's 0600 would hide the entry from the other users of a shared repository
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), d.file(name))
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return
	}
	d.bound(int64(len(data) + len(header) + sha256.Size))
}

func (d *Dir) file(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(d.path, hex.EncodeToString(sum[:16])+suffix)
}

// seal returns what stands before data: the format and a checksum that ties the content to its name.
func seal(name string, data []byte) []byte {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write(data)
	return h.Sum([]byte(header))
}

// bound keeps the folder within its size. It lists the folder once per process and then only when that looks full,
// so that storing three hundred entries does not list it three hundred times.
func (d *Dir) bound(added int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.total += added
	if d.counted && d.total <= d.maxTotal {
		return
	}
	d.counted = true
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return
	}
	var kept []fs.FileInfo
	d.total = 0
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		if strings.HasPrefix(e.Name(), tmpPrefix) && time.Since(info.ModTime()) > staleTemp {
			_ = os.Remove(filepath.Join(d.path, e.Name()))
			continue
		}
		if strings.HasSuffix(e.Name(), suffix) {
			kept = append(kept, info)
			d.total += info.Size()
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	limit := d.maxTotal
	if d.total > limit {
		limit = limit / 10 * 9 // so that a full folder is not listed again at the very next entry
	}
	for _, info := range kept {
		if d.total <= limit {
			break
		}
		if os.Remove(filepath.Join(d.path, info.Name())) == nil {
			d.total -= info.Size()
		}
	}
}
