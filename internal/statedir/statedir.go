// Package statedir says where schemaguard keeps on this machine what belongs to
// one user and to no project: what was seen last, what was agreed to.
package statedir

import (
	"os"
	"path/filepath"
	"runtime"
)

// Path returns the folder: $XDG_STATE_HOME/schemaguard, by default in
// ~/.local/state, and where a system has no such folder in that of its caches. It
// is empty where there is none of these. It makes nothing.
func Path(env func(string) string) string {
	dir := env("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		dir = ""
		if home := env("HOME"); runtime.GOOS != "windows" && runtime.GOOS != "darwin" && filepath.IsAbs(home) {
			dir = filepath.Join(home, ".local", "state")
		} else if cache, err := os.UserCacheDir(); err == nil {
			dir = cache
		}
	}
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "schemaguard")
}
