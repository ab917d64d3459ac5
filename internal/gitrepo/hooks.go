package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// HookFile returns the file that git runs for a hook (core.hooksPath and linked worktrees included), absolute, and its
// content; "" with the path where there is none. A hook that is set in the configuration (git 2.54) has no file.
// It needs the git binary: *[UnsupportedError] without.
func (r *Repo) HookFile(ctx context.Context, hook string) (path, content string, err error) {
	out, err := r.ask(ctx, lookupTimeout, "where hooks are is git's to say", "rev-parse", "--git-path", "hooks/"+hook)
	if err != nil {
		return "", "", fmt.Errorf("looking for the hook %s: %w", hook, err)
	}
	path = filepath.FromSlash(strings.TrimRight(string(out), "\r\n"))
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Root(), path)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, "", nil
	}
	if err != nil {
		return path, "", fmt.Errorf("reading the hook %s: %w", hook, err)
	}
	return path, string(data), nil
}
