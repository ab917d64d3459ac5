package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitindex"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// Blob is one version of the file. It costs no read of the content until Data is called, so that equal ids settle the
// question first.
type Blob struct {
	Path string // relative to the root, slash-separated
	ID   string // git's object id of the content, lower-case hex
	At   string // "the index", "the working tree" or a commit id, for messages

	repo *Repo
	data []byte // of the working tree: already read
}

// Data returns the content: of the index and commits exactly the blob, of the working tree the bytes on disk (before
// git's line end conversion and filters). A Git LFS pointer is refused, since it is not the content.
func (b Blob) Data(ctx context.Context) ([]byte, error) {
	if b.data != nil {
		return b.data, nil
	}
	data, err := b.repo.content(ctx, b.ID)
	if err != nil {
		return nil, fmt.Errorf("reading %s in %s: %w", b.Path, b.At, err)
	}
	if bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/")) {
		return nil, &UnsupportedError{Dir: b.repo.loc.Root, Reason: b.Path + " in " + b.At + " is stored in Git LFS, so git has a pointer and not the file; to keep it in git itself: git lfs untrack " + shellQuote(b.Path)}
	}
	return data, nil
}

// Blob returns the version of path with a known id, for example one of [Repo.Revisions].
func (r *Repo) Blob(path, id string) Blob {
	return Blob{Path: path, ID: id, At: "blob " + id, repo: r}
}

// content reads a blob in process, else through git, and verifies it either way.
func (r *Repo) content(ctx context.Context, id string) ([]byte, error) {
	if !gitobject.IsID(id) || len(id) != 2*r.idLen {
		return nil, fmt.Errorf("%q is no object id of this repository", gitobject.Printable(id))
	}
	why := r.why
	if r.objects != nil {
		data, err := r.objects.Blob(id)
		if err == nil {
			return data, nil
		}
		if r.git == nil {
			return nil, err
		}
		why = err.Error()
	}
	data, err := r.ask(ctx, lookupTimeout, why, "cat-file", "blob", id)
	if err != nil {
		return nil, r.unreadable(err, why)
	}
	if gitobject.ID("blob", data, r.idLen) != id {
		return nil, fmt.Errorf("reading blob %s: its content is damaged", id)
	}
	return data, nil
}

// Index returns the staged version of path from the index that git means (GIT_INDEX_FILE in a hook). Errors:
// [ErrNotTracked] (also after `git add -N`: nothing is staged yet), *[UnmergedError], *[NotFileError], else not-run.
func (r *Repo) Index(ctx context.Context, path string) (Blob, error) {
	if err := checkPath(path); err != nil {
		return Blob{}, err
	}
	res, err := r.indexEntries(ctx, path)
	if err != nil {
		return Blob{}, fmt.Errorf("reading %s in the index: %w", path, err)
	}
	const at = "the index"
	if len(res.Entries) == 0 {
		if res.Submodule != "" {
			return Blob{}, submoduleError(path, res.Submodule, at)
		}
		return Blob{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
	}
	unmerged := &UnmergedError{Path: path}
	for _, e := range res.Entries {
		switch e.Stage {
		case 0:
			if e.IntentToAdd {
				return Blob{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
			}
			return r.blob(path, at, gitobject.Entry{Mode: e.Mode, ID: e.ID})
		case 1:
			unmerged.Base = e.ID
		case 2:
			unmerged.Ours = e.ID
		case 3:
			unmerged.Theirs = e.ID
		}
	}
	return Blob{}, unmerged
}

// indexEntries reads the index file itself, and asks git only where that file is not the whole index.
func (r *Repo) indexEntries(ctx context.Context, path string) (gitindex.Result, error) {
	data, err := os.ReadFile(r.loc.IndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return gitindex.Result{}, nil
	}
	if err != nil {
		return gitindex.Result{}, err
	}
	res, err := gitindex.Lookup(data, path, r.idLen)
	if err == nil {
		return res, nil
	}
	out, gitErr := r.ask(ctx, lookupTimeout, err.Error(), "ls-files", "--stage", "-z", "--full-name", "--", path)
	if gitErr != nil {
		return gitindex.Result{}, r.unreadable(gitErr, err.Error())
	}
	res, err = gitindex.ParseStage(string(out), path)
	if err != nil || len(res.Entries) != 1 || res.Entries[0].ID != gitobject.ID("blob", nil, r.idLen) {
		return res, err
	}
	// Only an empty entry can be one that is merely intended to be added, and only the debug output says so.
	out, gitErr = r.ask(ctx, lookupTimeout, "split index", "ls-files", "--debug", "-z", "--", path)
	if gitErr != nil {
		return gitindex.Result{}, r.unreadable(gitErr, "split index")
	}
	res.Entries[0].IntentToAdd, err = gitindex.IntentFlag(string(out))
	return res, err
}

// TrackedNamed returns the staged files called base, in whatever folder, as paths from the root.
func (r *Repo) TrackedNamed(ctx context.Context, base string) ([]string, error) {
	data, err := os.ReadFile(r.loc.IndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the index: %w", err)
	}
	paths, err := gitindex.Named(data, base, r.idLen)
	if err == nil {
		return paths, nil
	}
	out, gitErr := r.ask(ctx, lookupTimeout, err.Error(), "ls-files", "-z", "--full-name")
	if gitErr != nil {
		return nil, fmt.Errorf("reading the index: %w", r.unreadable(gitErr, err.Error()))
	}
	paths = nil
	for name := range strings.SplitSeq(string(out), "\x00") {
		if name == base || strings.HasSuffix(name, "/"+base) {
			paths = append(paths, name)
		}
	}
	return slices.Compact(paths), nil
}

// At returns path as of a revision: HEAD, a branch, a tag, a commit id, or whatever git's revision syntax allows.
// Errors: [ErrUnborn], [ErrUnknownRevision], [ErrNotTracked], *[NotFileError], else not-run.
func (r *Repo) At(ctx context.Context, rev, path string) (Blob, error) {
	if err := checkPath(path); err != nil {
		return Blob{}, err
	}
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return Blob{}, err
	}
	e, err := r.entryAt(ctx, id, path)
	if err != nil {
		return Blob{}, err
	}
	return r.blob(path, id, e)
}

func (r *Repo) entryAt(ctx context.Context, id, path string) (gitobject.Entry, error) {
	why := r.why
	if r.objects != nil {
		e, sub, err := r.entryHere(id, path)
		switch {
		case err == nil && sub != "":
			return e, submoduleError(path, sub, id)
		case err == nil && e.Mode == 0:
			return e, fmt.Errorf("%s in %s: %w", path, id, ErrNotTracked)
		case err == nil:
			return e, nil
		case r.git == nil:
			return e, fmt.Errorf("reading %s in %s: %w", path, id, err)
		}
		why = err.Error()
	}
	out, err := r.ask(ctx, lookupTimeout, why, append([]string{"ls-tree", "-z", "--full-tree", id, "--"}, prefixes(path)...)...)
	if err != nil {
		return gitobject.Entry{}, fmt.Errorf("reading %s in %s: %w", path, id, r.unreadable(err, why))
	}
	return parseTree(out, path, id)
}

func (r *Repo) entryHere(id, path string) (gitobject.Entry, string, error) {
	_, c, err := r.objects.Commit(id)
	if err != nil {
		return gitobject.Entry{}, "", err
	}
	return r.objects.Lookup(c.Tree, path)
}

// prefixes returns path and each directory above it: a submodule shows itself only under its own name.
func prefixes(path string) []string {
	out := []string{path}
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '/' {
			out = append(out, path[:i])
		}
	}
	return out
}

// parseTree reads `git ls-tree -z`: "100644 blob ID\tPATH\0" for each of prefixes that is there.
func parseTree(out []byte, path, at string) (gitobject.Entry, error) {
	sub := ""
	for rec := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if rec == "" {
			continue
		}
		meta, name, _ := strings.Cut(rec, "\t")
		f := strings.Fields(meta)
		if len(f) != 3 || !gitobject.IsID(f[2]) {
			return gitobject.Entry{}, errors.New("unexpected answer of git ls-tree")
		}
		mode, err := strconv.ParseUint(f[0], 8, 32)
		switch {
		case err != nil:
			return gitobject.Entry{}, errors.New("unexpected answer of git ls-tree")
		case name == path:
			return gitobject.Entry{Mode: uint32(mode), ID: f[2]}, nil
		case mode == gitobject.ModeSubmodule:
			sub = name
		}
	}
	if sub != "" {
		return gitobject.Entry{}, submoduleError(path, sub, at)
	}
	return gitobject.Entry{}, fmt.Errorf("%s in %s: %w", path, at, ErrNotTracked)
}

// blob makes a Blob of an entry that is a regular file.
func (r *Repo) blob(path, at string, e gitobject.Entry) (Blob, error) {
	switch e.Mode & gitobject.ModeType {
	case gitobject.ModeRegular:
		return Blob{Path: path, ID: e.ID, At: at, repo: r}, nil
	case gitobject.ModeSymlink:
		return Blob{}, &NotFileError{Path: path, What: "a symbolic link", At: at}
	case gitobject.ModeSubmodule:
		return Blob{}, &NotFileError{Path: path, What: "a submodule", At: at}
	case gitobject.ModeTree:
		return Blob{}, &NotFileError{Path: path, What: "a directory", At: at}
	}
	return Blob{}, &NotFileError{Path: path, What: "a special file", At: at}
}

func submoduleError(path, sub, at string) error {
	return &NotFileError{Path: path, What: "in the submodule " + sub + ", a repository of its own,", At: at}
}
