package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFolders bounds the folders of references that are watched.
const maxFolders = 512

// plan is what has to be watched now, by canonical paths.
type plan struct {
	files   map[string]Change                 // files, and folders whose coming and going counts
	folders map[string]func(name string) bool // folders of which every matching name counts
	kinds   map[string]Change                 // of folders
	dirs    []string                          // to watch; all of them exist
	joints  map[string]bool                   // folders whose coming and going changes dirs
	index   string                            // git's index; "" for none
}

// kind says what a path is.
func (p *plan) kind(name string) Change {
	c := p.files[name]
	dir, base := filepath.Split(name)
	dir = filepath.Clean(dir)
	if match, ok := p.folders[dir]; ok && match(base) {
		c |= p.kinds[dir]
	}
	return c
}

// plan makes the plan from what exists now.
func (o *Options) plan(l listings) plan {
	p := plan{
		files: map[string]Change{}, folders: map[string]func(string) bool{}, kinds: map[string]Change{}, joints: map[string]bool{},
	}
	root := real(o.Root)
	p.folder(root, Settings, isSetting)
	p.file(o.Snapshot, Snapshot)
	for _, f := range o.More {
		p.file(f, Settings)
	}
	dbinit := o.DBInit
	if dbinit == nil {
		dbinit = []string{filepath.Join(root, "db-init"), filepath.Join(root, "db-init-post")}
	}
	for _, dir := range dbinit {
		dir = real(dir)
		p.folder(dir, DBInit, isContent)
		p.files[dir] |= DBInit
	}
	p.git(o, root, l)
	p.settle()
	return p
}

// file adds a file, and where it is a link what it leads to.
func (p *plan) file(name string, c Change) {
	if name == "" {
		return
	}
	at := filepath.Join(real(filepath.Dir(name)), filepath.Base(name))
	p.files[at] |= c
	p.want(filepath.Dir(at))
	if target := real(at); target != at {
		p.files[target] |= c
		p.want(filepath.Dir(target))
	}
}

// folder adds the names of a folder.
func (p *plan) folder(dir string, c Change, match func(string) bool) {
	if old, ok := p.folders[dir]; ok {
		also := match
		match = func(name string) bool { return old(name) || also(name) }
	}
	p.folders[dir] = match
	p.kinds[dir] |= c
	p.want(dir)
}

func (p *plan) want(dir string) {
	if !slices.Contains(p.dirs, dir) {
		p.dirs = append(p.dirs, dir)
	}
}

// Names below the git folders that say what git has, and what it is doing.
// https://git-scm.com/docs/gitrepository-layout
func ownNames() []string {
	return []string{
		"HEAD", "index", "config.worktree", "MERGE_HEAD", "ORIG_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD",
		"BISECT_LOG", "rebase-merge", "rebase-apply", "sequencer",
	}
}

func sharedNames() []string {
	return []string{"HEAD", "config", "packed-refs", "shallow", "refs", "worktrees", "reftable"}
}

// git adds what is of the repository.
func (p *plan) git(o *Options, root string, l listings) {
	p.files[filepath.Join(root, ".git")] |= Git | Settings
	own := o.GitDir
	if own == "" {
		own = filepath.Join(root, ".git")
	}
	own = real(own)
	shared := own
	if o.CommonDir != "" {
		shared = real(o.CommonDir)
	}
	for _, name := range ownNames() {
		p.files[filepath.Join(own, name)] |= Git
	}
	for _, name := range sharedNames() {
		p.files[filepath.Join(shared, name)] |= Git
	}
	p.want(own)
	p.want(shared)
	p.index = filepath.Join(own, "index")
	if o.IndexFile != "" {
		p.index = filepath.Join(real(filepath.Dir(o.IndexFile)), filepath.Base(o.IndexFile))
		p.file(p.index, Git)
	}
	for _, name := range []string{"worktrees", "reftable"} {
		if dir := filepath.Join(shared, name); isDir(dir) {
			p.folder(dir, Git, isUnlocked)
		}
	}
	p.references(filepath.Join(shared, "refs"), l)
}

// references adds the folders of references, the nearest first.
func (p *plan) references(top string, l listings) {
	queue := []string{top}
	for n := 0; len(queue) > 0 && n < maxFolders; n++ {
		dir := queue[0]
		queue = queue[1:]
		if !isDir(dir) {
			continue
		}
		p.folder(dir, Git, isUnlocked)
		for _, name := range l.of(dir, fs.DirEntry.IsDir) {
			queue = append(queue, filepath.Join(dir, name))
		}
	}
}

// settle replaces the folders that do not exist by the nearest that do, and notes
// every folder on the way.
func (p *plan) settle() {
	wanted := p.dirs
	p.dirs = nil
	for _, dir := range wanted {
		for at := dir; ; at = filepath.Dir(at) {
			p.joints[at] = true
			if at == filepath.Dir(at) {
				break
			}
		}
		for !isDir(dir) && dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
		}
		p.want(dir)
	}
	slices.Sort(p.dirs)
}

// isSetting tells the names in a project's folder that decide on the database and
// the version of Directus.
func isSetting(name string) bool {
	if isScratch(name) {
		return false
	}
	switch name {
	case ".schemaguard.yaml", "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "Dockerfile":
		return true
	}
	if name == ".env" || strings.HasPrefix(name, ".env.") {
		return true
	}
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && (strings.HasPrefix(name, "compose.") || strings.HasPrefix(name, "docker-compose."))
}

// isContent tells a file that somebody means to keep.
func isContent(name string) bool { return !isScratch(name) }

// isUnlocked tells what is none of git's locks.
func isUnlocked(name string) bool { return !strings.HasSuffix(name, ".lock") && !isScratch(name) }

// isScratch tells the files that editors and git make beside what they write.
func isScratch(name string) bool {
	switch {
	case name == "4913", name == ".DS_Store", strings.HasPrefix(name, ".#"), strings.HasPrefix(name, "tmp_"):
		return true
	case strings.HasSuffix(name, "~"), strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#"):
		return true
	}
	switch filepath.Ext(name) {
	case ".swp", ".swo", ".swx", ".swpx", ".tmp", ".temp", ".bak", ".crdownload":
		return true
	}
	return strings.HasSuffix(name, "___jb_tmp___") || strings.HasSuffix(name, "___jb_old___")
}

// real is a path without links, as far as it exists.
func real(path string) string {
	path = filepath.Clean(path)
	rest := ""
	for at := path; ; {
		if found, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(found, rest)
		}
		up := filepath.Dir(at)
		if up == at {
			return path
		}
		rest = filepath.Join(filepath.Base(at), rest)
		at = up
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
