package hookfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/hookfile/manager"
)

// gitTimeout bounds each question to git; all of them are answered from a few small files.
const gitTimeout = 10 * time.Second

// Version is a version of git, major and minor.
type Version [2]int

// AtLeast tells whether v is other or newer.
func (v Version) AtLeast(other Version) bool {
	return v[0] > other[0] || v[0] == other[0] && v[1] >= other[1]
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

// configHooks is the first git that runs hooks named in the configuration: https://git-scm.com/docs/git-hook/2.54.0
var configHooks = Version{2, 54} //nolint:gochecknoglobals // a constant that is an array

// Script is one file that git runs, or may run.
type Script struct {
	Name   string // an event, hooks.Merge or hooks.Textconv
	Path   string // absolute
	Exists bool   // a symbolic link that leads nowhere exists too
	Mode   fs.FileMode
	Owner  hooks.Owner
	Before bool // the hook that was there before it lies beside it
	Text   string
}

// beside is the path of the hook that was there before.
func (s Script) beside() string { return s.Path + hooks.Before }

// HooksPath is what core.hooksPath says, and what that means.
type HooksPath struct {
	Value  string // empty when not set
	Origin string // the file that says so
	Local  bool   // said by this repository, rather than for all of the user or the machine
	Team   bool   // leads into the working tree, to files that git tracks
}

// Site is a repository as it was found: all that a plan needs to know.
type Site struct {
	Root      string // the top of the working tree
	CommonDir string // the git directory that all working trees share
	Linked    bool   // the working tree is a linked one
	Git       Version
	HooksPath HooksPath
	Hooks     []Script          // where git looks for them, in the order of hooks.Events
	Stray     []Script          // in the folder where git would look without core.hooksPath
	Private   []Script          // our own, below CommonDir: events, then merge and textconv
	Settings  map[string]string // the local git configuration, as far as it may be ours
	Snapshot  string            // the snapshot file as git names it
	Attribute map[string]string // what merge and diff are for it, by git check-attr
	Lines     TextFile          // .gitattributes
	Cached    bool              // git keeps what the diff driver said
	Manager   *manager.Found    // nil when there is none

	git *gitexec.Git
}

// TextFile is a text file of the working tree.
type TextFile struct {
	Path   string
	Exists bool
	Text   string
}

// Look reads what the repository has where hooks and drivers go. snapshot is the snapshot file from the top of the
// working tree, env as for [gitrepo.Open]. It changes nothing.
func Look(ctx context.Context, repo *gitrepo.Repo, env func(string) string, snapshot string) (*Site, error) {
	git, err := gitexec.Find(env)
	if err != nil {
		return nil, &RefusedError{Msg: "hooks need the git program: " + err.Error(), Err: err}
	}
	var ties []string
	if env("GIT_DIR") != "" {
		ties = []string{"GIT_DIR=" + repo.GitDir(), "GIT_WORK_TREE=" + repo.Root()}
	}
	s := &Site{
		Root: repo.Root(), CommonDir: repo.CommonDir(), Linked: repo.GitDir() != repo.CommonDir(), Snapshot: snapshot,
		git: git.In(repo.Root(), ties...),
	}
	for _, step := range []func(context.Context) error{s.readVersion, s.readHooksPath, s.readScripts, s.readSettings, s.readAttributes} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	_, err = s.git.Run(ctx, gitTimeout, nil, "rev-parse", "--verify", "--quiet", textconvCache)
	s.Cached = err == nil
	contents := map[string]string{}
	for _, h := range s.Hooks {
		contents[h.Name] = h.Text
		if h.Owner != hooks.Foreign && h.Before {
			data, _ := os.ReadFile(h.beside())
			contents[h.Name] = string(data)
		}
	}
	s.Manager = manager.Detect(os.DirFS(s.Root), s.HooksPath.Value, contents)
	return s, nil
}

var versionText = regexp.MustCompile(`(\d+)\.(\d+)`)

func (s *Site) readVersion(ctx context.Context) error {
	out, err := s.git.Run(ctx, gitTimeout, nil, "version")
	if err != nil {
		return fmt.Errorf("asking git for its version: %w", err)
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("git names a version that cannot be read: %.60q", out)
	}
	s.Git[0], _ = strconv.Atoi(string(m[1]))
	s.Git[1], _ = strconv.Atoi(string(m[2]))
	return nil
}

// get returns the value of a configuration key, "" where it has none.
func (s *Site) get(ctx context.Context, args ...string) (string, error) {
	out, err := s.git.Run(ctx, gitTimeout, nil, append([]string{"config"}, args...)...)
	if exit, ok := errors.AsType[*gitexec.ExitError](err); ok && exit.Code == 1 {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading git's configuration: %w", err)
	}
	return string(out), nil
}

func (s *Site) readHooksPath(ctx context.Context) error {
	out, err := s.get(ctx, "--show-origin", "--type=path", "-z", "--get", "core.hooksPath")
	if err != nil || out == "" {
		return err
	}
	origin, rest, _ := strings.Cut(out, "\x00")
	value, _, _ := strings.Cut(rest, "\x00")
	h := HooksPath{Value: value, Origin: strings.TrimPrefix(origin, "file:")}
	for _, scope := range []string{"--local", "--worktree"} {
		// --worktree is an error where there is no such file; then it says nothing either.
		out, err := s.get(ctx, scope, "--includes", "--type=path", "-z", "--get", "core.hooksPath")
		said, _, _ := strings.Cut(out, "\x00")
		h.Local = h.Local || err == nil && out != "" && said == value
	}
	if rel, err := filepath.Rel(s.Root, s.abs(value)); err == nil && filepath.IsLocal(rel) {
		tracked, err := s.git.Run(ctx, gitTimeout, nil, "ls-files", "--", filepath.ToSlash(rel))
		if err != nil {
			return fmt.Errorf("asking git whether %s is tracked: %w", rel, err)
		}
		h.Team = len(tracked) > 0
	}
	s.HooksPath = h
	return nil
}

func (s *Site) abs(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(s.Root, p)
}

func (s *Site) readScripts(ctx context.Context) error {
	out, err := s.git.Run(ctx, gitTimeout, nil, "rev-parse", "--git-path", "hooks")
	if err != nil {
		return fmt.Errorf("asking git where hooks are: %w", err)
	}
	dir := s.abs(filepath.FromSlash(strings.TrimRight(string(out), "\r\n")))
	private := filepath.Join(s.CommonDir, "schemaguard", "hooks")
	read := func(into *[]Script, dir string, names ...string) {
		for _, name := range names {
			script, e := readScript(name, filepath.Join(dir, name))
			err = errors.Join(err, e)
			*into = append(*into, script)
		}
	}
	read(&s.Hooks, dir, hooks.Events()...)
	if usual := filepath.Join(s.CommonDir, "hooks"); usual != dir {
		read(&s.Stray, usual, hooks.Events()...)
	}
	read(&s.Private, private, hooks.Events()...)
	read(&s.Private, private, hooks.Merge, hooks.Textconv)
	return err
}

// readScript reads one hook. A path that cannot exist (core.hooksPath=/dev/null) has none.
func readScript(name, path string) (Script, error) {
	s := Script{Name: name, Path: path}
	_, err := os.Lstat(s.beside())
	s.Before = err == nil
	if !isDir(filepath.Dir(path)) {
		return s, nil
	}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("looking for the hook %s: %w", name, err)
	}
	s.Exists = true
	if info.IsDir() {
		return s, fmt.Errorf("%s is a folder, where the hook %s should be", path, name)
	}
	info, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil // a link that leads nowhere
	}
	if err != nil {
		return s, fmt.Errorf("reading the hook %s: %w", name, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("reading the hook %s: %w", name, err)
	}
	s.Mode, s.Text, s.Owner = info.Mode().Perm(), string(data), hooks.OwnerOf(string(data))
	return s, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (s *Site) readSettings(ctx context.Context) error {
	out, err := s.get(ctx, "--local", "-z", "--get-regexp", `^(hook\.schemaguard-[a-z-]+|merge\.schemaguard|diff\.schemaguard)\.`)
	if err != nil {
		return err
	}
	s.Settings = map[string]string{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if key, value, ok := strings.Cut(entry, "\n"); ok {
			s.Settings[key] = value
		}
	}
	return nil
}

func (s *Site) readAttributes(ctx context.Context) error {
	s.Lines.Path = filepath.Join(s.Root, ".gitattributes")
	data, err := os.ReadFile(s.Lines.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading .gitattributes: %w", err)
	}
	s.Lines.Exists, s.Lines.Text = err == nil, string(data)
	out, err := s.git.Run(ctx, gitTimeout, nil, "check-attr", "-z", "merge", "diff", "--", s.Snapshot)
	if err != nil {
		return fmt.Errorf("asking git for the attributes of %s: %w", s.Snapshot, err)
	}
	s.Attribute = map[string]string{}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+2 < len(fields); i += 3 {
		s.Attribute[fields[i+1]] = fields[i+2]
	}
	return nil
}
