package mergedriver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// gitTimeout bounds a git that hangs: a text merge of megabytes takes less than
// a second.
const gitTimeout = time.Minute

// runGit runs git as a child of the git that called: in its folder and with its
// environment, settings from its command line included.
func runGit(ctx context.Context, args ...string) ([]byte, error) {
	git, err := gitexec.Find(os.Getenv)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, git.Path(), args...)
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("running git %s: %w", args[0], ctx.Err())
	}
	if err != nil {
		return out, fmt.Errorf("running git %s: %w: %s", args[0], err, terminal.Shorten(terminal.Clean(strings.TrimSpace(stderr.String())), 200))
	}
	return out, nil
}

// showsBase tells whether the user wants to see the common ancestor in conflicts
// (git-config(1), merge.conflictStyle).
func showsBase(ctx context.Context) bool {
	out, err := runGit(ctx, "config", "--get", "merge.conflictStyle")
	style := strings.TrimSpace(string(out))
	return err == nil && (style == "diff3" || style == "zdiff3")
}

// forAncestor tells whether git merges several common ancestors into one, which
// nobody gets to see: then the marks are longer by two and more, so that they do
// not end those of the merge proper (git 2.39, merge-ort.c, merge_3way).
func forAncestor(ctx context.Context, f Files) bool {
	const attribute = "conflict-marker-size"
	size := markerSize(0)
	if f.MarkerSize < size+2 {
		return false
	}
	out, err := runGit(ctx, "check-attr", attribute, "--", f.Path)
	_, value, _ := strings.Cut(string(out), attribute+": ")
	if n, bad := strconv.Atoi(strings.TrimSpace(value)); err == nil && bad == nil {
		size = n
	}
	return f.MarkerSize >= size+2
}

// mergeFile merges the files as git itself would (git-merge-file(1)) and returns
// the text and [Merged] or [Conflicted].
func mergeFile(ctx context.Context, f Files) ([]byte, int, error) {
	l := f.Labels.orDefault()
	out, err := runGit(ctx, "merge-file", "-p", "--marker-size="+strconv.Itoa(markerSize(f.MarkerSize)),
		"-L", l.Ours, "-L", l.Base, "-L", l.Theirs, "--", f.Ours, f.Base, f.Theirs)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out, Merged, nil
	case errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128: // the number of conflicts
		return out, Conflicted, nil
	}
	return nil, Failed, err
}
