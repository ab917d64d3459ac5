package filelog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
)

// walk is a finished walk through history, as cached. History behind a commit id never changes, except that a shallow
// repository may be deepened, which is why the cut is part of the name.
type walk struct {
	Tips      []string
	Revisions []Revision
}

// recentWalks bounds how many earlier tip sets of a path are tried as a beginning: all branches and HEAD alternate.
const recentWalks = 4

// load returns the cached walk of exactly these tips and true, else the most fitting earlier one (or none).
func (l *Log) load(path string, tips []string) (walk, bool) {
	base := l.walkName(path)
	if w, ok := l.read(base + walkKey(tips)); ok && slices.Equal(w.Tips, tips) {
		return w, true
	}
	var best walk
	shared := -1
	for _, key := range l.recent(base) {
		w, ok := l.read(base + key)
		if !ok || len(w.Tips) == 0 {
			continue
		}
		// Most references stand still between two runs: the set that shares most of them is the one that grew.
		n := -len(w.Tips)
		for _, t := range w.Tips {
			if _, ok := slices.BinarySearch(tips, t); ok {
				n += 2
			}
		}
		if shared == -1 || n > shared {
			best, shared = w, n
		}
	}
	return best, false
}

func (l *Log) store(path string, w walk) {
	data, err := json.Marshal(w)
	if err != nil {
		return
	}
	base, key := l.walkName(path), walkKey(w.Tips)
	l.Cache.Store(base+key, data)
	keys := append([]string{key}, slices.DeleteFunc(l.recent(base), func(k string) bool { return k == key })...)
	l.Cache.Store(base, []byte(strings.Join(keys[:min(len(keys), recentWalks)], "\n")))
}

// recent lists the keys of the latest walks of a path, newest first.
func (l *Log) recent(base string) []string {
	data, ok := l.Cache.Load(base)
	if !ok {
		return nil
	}
	return strings.Split(string(data), "\n")
}

func (l *Log) read(name string) (walk, bool) {
	var w walk
	data, ok := l.Cache.Load(name)
	if !ok || json.Unmarshal(data, &w) != nil {
		return walk{}, false
	}
	return w, true
}

func (l *Log) walkName(path string) string {
	cut, _ := gitdir.ReadSmall(filepath.Join(l.CommonDir, "shallow"))
	sum := sha256.Sum256(cut)
	return "walk 1\n" + path + "\n" + hex.EncodeToString(sum[:8]) + "\n"
}

func walkKey(tips []string) string {
	sum := sha256.Sum256([]byte(strings.Join(tips, "\n")))
	return hex.EncodeToString(sum[:])
}
