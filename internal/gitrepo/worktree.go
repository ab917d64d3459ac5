package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// Worktree returns path as it lies on disk, with the id that `git add` would give it: after line end conversion
// (core.autocrlf, the text and eol attributes) and filters. Errors: *[MissingError], *[NotFileError] (a symbolic link
// is not followed), *[UnsupportedError] when only git could tell the id and there is no git.
func (r *Repo) Worktree(ctx context.Context, path string) (Blob, error) {
	if err := checkPath(path); err != nil {
		return Blob{}, err
	}
	const at = "the working tree"
	file := filepath.Join(r.loc.Root, filepath.FromSlash(path))
	st, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return Blob{}, r.missing(ctx, path)
	}
	if err != nil {
		return Blob{}, fmt.Errorf("reading %s in %s: %w", path, at, err)
	}
	if !st.Mode().IsRegular() {
		what := "a special file"
		switch {
		case st.IsDir():
			what = "a directory"
		case st.Mode()&fs.ModeSymlink != 0:
			what = "a symbolic link"
		}
		return Blob{}, &NotFileError{Path: path, What: what, At: at}
	}
	if st.Size() > gitobject.MaxBlob {
		return Blob{}, fmt.Errorf("reading %s in %s: its %d bytes exceed %d", path, at, st.Size(), gitobject.MaxBlob)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Blob{}, fmt.Errorf("reading %s in %s: %w", path, at, err)
	}
	id, err := r.worktreeID(ctx, path, data)
	if err != nil {
		return Blob{}, fmt.Errorf("computing the object id of %s: %w", path, err)
	}
	if data == nil {
		data = []byte{}
	}
	return Blob{Path: path, ID: id, At: at, repo: r, data: data}, nil
}

// isNotDir: a file stands where the path wants a directory.
func isNotDir(err error) bool { return err != nil && strings.Contains(err.Error(), "not a directory") }

func (r *Repo) missing(ctx context.Context, path string) error {
	e := &MissingError{Path: path}
	if res, err := r.indexEntries(ctx, path); err == nil {
		for _, entry := range res.Entries {
			e.Sparse = e.Sparse || entry.SkipWorktree
		}
	}
	return e
}

// worktreeID computes the id here when nothing can change the bytes on their way in: no carriage return in them, and
// no configuration in sight that names a filter, an encoding or `ident`. Otherwise git computes it.
func (r *Repo) worktreeID(ctx context.Context, path string, data []byte) (string, error) {
	hasCR := bytes.IndexByte(data, '\r') >= 0
	why := "it holds carriage returns, which line end settings may remove"
	if !hasCR {
		if why = r.filterInSight(path); why == "" {
			return gitobject.ID("blob", data, r.idLen), nil
		}
	}
	if r.git == nil {
		return "", &UnsupportedError{Dir: r.loc.Root, Reason: why, Err: gitexec.ErrNoGit}
	}
	args, err := r.hashArgs(ctx, path, hasCR, why)
	if err != nil {
		return "", err
	}
	// The bytes that were read, not the file, so that the id belongs to Data even while an editor saves.
	out, err := r.git.Run(ctx, lookupTimeout, bytes.NewReader(data), args...)
	if err != nil {
		return "", r.unreadable(err, why)
	}
	id := strings.TrimSpace(string(out))
	if !gitobject.IsID(id) {
		return "", errors.New("unexpected answer of git hash-object")
	}
	return id, nil
}

// hashArgs returns the command that gives standard input the id of path; --path is literal and used for its attributes.
// It adds the one rule of convert.c (crlf_to_git, git 2.39.5) that `git hash-object` cannot know, having no index:
// unless the attribute says `text`, a file that is staged with CRLF keeps them, whatever core.autocrlf says.
func (r *Repo) hashArgs(ctx context.Context, path string, hasCR bool, why string) ([]string, error) {
	plain := []string{"hash-object", "--stdin", "--path=" + path}
	if !hasCR {
		return plain, nil
	}
	out, err := r.ask(ctx, lookupTimeout, why, "ls-files", "--eol", "-z", "--", path)
	if err != nil {
		return nil, r.unreadable(err, why)
	}
	info, _, _ := strings.Cut(string(out), "\t")
	f := strings.Fields(info) // i/crlf w/crlf attr/text=auto eol=lf
	switch {
	case len(f) < 3, f[0] != "i/crlf" && f[0] != "i/mixed", f[2] == "attr/text":
		return plain, nil
	case f[2] != "attr/text=auto":
		return append([]string{"-c", "core.autocrlf=false"}, plain...), nil
	}
	// The attribute cannot be overridden, so with a filter as well no command gives the id.
	if word := r.filterInSight(path); word != "" {
		return nil, &UnsupportedError{Dir: r.loc.Root, Reason: path + " is staged with CRLF under text=auto while " + word +
			"; to settle its line ends: git add --renormalize -- " + shellQuote(path)}
	}
	return []string{"hash-object", "--stdin", "--no-filters"}, nil
}

// filterInSight looks at every file that can attach a filter to path, and says why git has to be asked, or "". It reads
// words, not rules: one too many question to git is cheap, a wrong id is not.
func (r *Repo) filterInSight(path string) string {
	if os.PathSeparator == '\\' || r.env("GIT_CONFIG_PARAMETERS") != "" || r.env("GIT_CONFIG_COUNT") != "" {
		return "git has settings that are not read here"
	}
	configs := []string{filepath.Join(r.loc.CommonDir, "config"), filepath.Join(r.loc.GitDir, "config.worktree")}
	attributes := []string{filepath.Join(r.loc.CommonDir, "info", "attributes")}
	if r.env("GIT_CONFIG_NOSYSTEM") == "" {
		for _, etc := range []string{"/etc", "/usr/local/etc", "/opt/homebrew/etc", "/opt/local/etc"} {
			configs = append(configs, filepath.Join(etc, "gitconfig"))
			attributes = append(attributes, filepath.Join(etc, "gitattributes"))
		}
	}
	configs = append(configs, r.env("GIT_CONFIG_SYSTEM"), r.env("GIT_CONFIG_GLOBAL"))
	home, xdg := r.env("HOME"), r.env("XDG_CONFIG_HOME")
	if xdg == "" && home != "" {
		xdg = filepath.Join(home, ".config")
	}
	if home != "" {
		configs = append(configs, filepath.Join(home, ".gitconfig"))
	}
	if xdg != "" {
		configs = append(configs, filepath.Join(xdg, "git", "config"))
		attributes = append(attributes, filepath.Join(xdg, "git", "attributes"))
	}
	for dir := filepath.FromSlash(path); dir != "."; {
		dir = filepath.Dir(dir)
		attributes = append(attributes, filepath.Join(r.loc.Root, dir, ".gitattributes"))
	}
	if w := firstWord(configs, "attributesfile", "[include"); w != "" {
		return w + " is set in git's configuration"
	}
	if w := firstWord(attributes, "filter", "ident", "working-tree-encoding"); w != "" {
		return "the attribute " + w + " is used"
	}
	return ""
}

// maxConfig bounds a configuration or attributes file.
const maxConfig = 8 << 20

// firstWord returns the first of words that occurs in any of files, in any letter case. A file that cannot be read
// counts as holding one.
func firstWord(files []string, words ...string) string {
	for _, name := range files {
		if name == "" || name == os.DevNull {
			continue
		}
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
			continue
		}
		if err != nil {
			return words[0]
		}
		data, err := io.ReadAll(io.LimitReader(f, maxConfig))
		_ = f.Close()
		if err != nil || len(data) == maxConfig {
			return words[0]
		}
		data = bytes.ToLower(data)
		for _, w := range words {
			if bytes.Contains(data, []byte(w)) {
				return w
			}
		}
	}
	return ""
}
