package hookfile

import (
	"os"
	"path/filepath"
	"strings"
)

// Program returns the absolute path under which this program is to be found again, for scripts to keep: the name on
// PATH rather than what it links to, so that it outlives an update. It is empty for a program that is about to vanish
// (`go run`, a test), where scripts have to look for it each time.
func Program(env func(string) string) string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	mine, err := os.Stat(self)
	if err != nil {
		return ""
	}
	for _, dir := range filepath.SplitList(env("PATH")) {
		path := filepath.Join(dir, filepath.Base(self))
		if info, err := os.Stat(path); err == nil && filepath.IsAbs(path) && os.SameFile(info, mine) {
			self = path
			break
		}
	}
	if strings.Contains(filepath.ToSlash(self), "/go-build") {
		return ""
	}
	return filepath.ToSlash(self)
}
