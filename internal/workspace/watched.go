package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Watched returns the files besides the snapshot, absolute and each once, that the
// database and the version of Directus were read from, or would be if they were
// there: settings, .env files, compose files, package.json.
func (w *Workspace) Watched(st *Settings) []string {
	files := []string{w.Config.File}
	root := w.Config.Root
	for at := filepath.Dir(w.File); at != root && at != filepath.Dir(at) && below(root, at); at = filepath.Dir(at) {
		files = append(files, filepath.Join(at, ".env"), filepath.Join(at, "package.json"))
	}
	if f := w.Config.Directus.EnvFile; f.IsSet() {
		files = append(files, w.Config.Abs(f.V))
	}
	if p := w.Compose(); p != nil {
		files = append(append(files, p.Files...), filepath.Join(p.Dir, ".env"))
	}
	if st != nil && st.Directus != nil {
		if b := st.Directus.Service.Build; b != nil {
			files = append(files, filepath.Join(b.Context, "package.json"))
		}
		for _, v := range st.Directus.Environment {
			files = append(files, originFile(v.Origin))
		}
	}
	files = slices.DeleteFunc(files, func(f string) bool { return !filepath.IsAbs(f) })
	slices.Sort(files)
	return slices.Compact(files)
}

func below(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// originFile is the file of an origin FILE:LINE; "" where it names none.
func originFile(origin string) string {
	i := strings.LastIndexByte(origin, ':')
	if i < 0 {
		return ""
	}
	file, err := filepath.Abs(filepath.FromSlash(origin[:i]))
	if err != nil {
		return ""
	}
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return ""
	}
	return file
}
