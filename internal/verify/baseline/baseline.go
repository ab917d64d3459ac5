// Package baseline reads what a branch grew from: the snapshot and the db-init
// files of the commit that production is taken to run.
//
// It reads git and changes nothing.
package baseline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// gitTimeout bounds one question to git.
const gitTimeout = 30 * time.Second

// Baseline is a commit's schema.
type Baseline struct {
	Commit string // full id
	Name   string // "origin/main (1a2b3c4d5e)"
	Data   []byte // the snapshot; nil where the commit has none

	Set      sqlfile.Set
	Problems []sqlfile.Problem
}

// NoneError says that there is no commit to compare with. Wanted tells that
// somebody, a flag or CI, named one.
type NoneError struct {
	Wanted bool
	Msg    string
	Fix    string
}

// Error implements error.
func (e *NoneError) Error() string { return e.Msg }

// Options say what is read.
type Options struct {
	Repo *gitrepo.Repo // nil outside of git
	Path string        // the snapshot, as git names it
	Ref  string        // "" to find out
	// Pre and Post are the db-init folders, absolute.
	Pre, Post string
	Getenv    func(string) string
}

// Read finds the commit and reads it. Where the ref is HEAD itself (a push to the
// main branch), it is HEAD's first parent. Its errors are *[NoneError], and what git
// could not answer.
func Read(ctx context.Context, o Options) (*Baseline, error) {
	if o.Repo == nil {
		return nil, &NoneError{Wanted: o.Ref != "", Msg: "this is no git repository", Fix: "schemaguard verify --no-upgrade"}
	}
	ref, wanted := o.ref()
	git, err := gitexec.Find(o.Getenv)
	if err != nil {
		return nil, &NoneError{Wanted: wanted, Msg: err.Error(), Fix: "schemaguard verify --no-upgrade"}
	}
	git = git.In(o.Repo.Root())
	commit, err := fork(ctx, o.Repo, git, ref)
	if err != nil {
		msg := err.Error()
		if o.Repo.Shallow() {
			msg += ", which is shallow (actions/checkout takes fetch-depth: 0, GitLab GIT_DEPTH: '0')"
		}
		return nil, &NoneError{Wanted: wanted, Msg: msg, Fix: fix(ctx, o.Repo, git, ref)}
	}
	b := &Baseline{Commit: commit, Name: fmt.Sprintf("%s (%s)", ref, commit[:min(len(commit), 10)])}
	blob, err := o.Repo.At(ctx, commit, o.Path)
	switch {
	case errors.Is(err, gitrepo.ErrNotTracked):
		return b, nil
	case err != nil:
		return nil, fmt.Errorf("reading %s of %s: %w", o.Path, b.Name, err)
	}
	if b.Data, err = blob.Data(ctx); err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", o.Path, b.Name, err)
	}
	return b, b.files(ctx, git, o)
}

// ref is the name of the branch that this one is to be merged into, and whether
// somebody named it.
func (o Options) ref() (ref string, wanted bool) {
	if o.Ref != "" {
		return o.Ref, true
	}
	// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
	// https://docs.gitlab.com/ci/variables/predefined_variables/
	for _, name := range []string{"GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"} {
		if branch := o.Getenv(name); branch != "" {
			return "origin/" + branch, true
		}
	}
	return "origin/HEAD", false
}

// fork is the commit at which HEAD left the ref.
func fork(ctx context.Context, repo *gitrepo.Repo, git *gitexec.Git, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is no commit", ref)
	}
	head, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		return "", fmt.Errorf("HEAD has no commit: %w", err)
	}
	if _, err := repo.Resolve(ctx, ref); err != nil {
		return "", fmt.Errorf("%s is no commit of this clone", ref)
	}
	out, err := git.Run(ctx, gitTimeout, nil, "merge-base", head, ref)
	if err != nil {
		return "", fmt.Errorf("HEAD and %s have no commit in common in this clone", ref)
	}
	commit := strings.TrimSpace(string(out))
	if commit != head {
		return commit, nil
	}
	parent, err := repo.Resolve(ctx, head+"^1")
	switch {
	case !errors.Is(err, gitrepo.ErrUnknownRevision):
		return parent, err
	case repo.Shallow(): // it may well have one, that is not here
		return "", fmt.Errorf("what was before %s is not in this clone", ref)
	}
	return head, nil // the first commit
}

// commitID is what looks like the name of a commit rather than of a branch.
var commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// fix is the command after which the ref and the commit in common are there, as far
// as one can tell.
func fix(ctx context.Context, repo *gitrepo.Repo, git *gitexec.Git, ref string) string {
	remote, branch, ok := strings.Cut(ref, "/")
	if _, err := repo.Resolve(ctx, ref); err != nil && !strings.HasPrefix(ref, "-") {
		if _, err := repo.Resolve(ctx, "origin/"+ref); err == nil {
			return command("schemaguard", "verify", "--base", "origin/"+ref)
		}
		if remote != "origin" || !ok {
			remote, branch = "origin", ref
		}
		_, err := git.Run(ctx, gitTimeout, nil, "config", "--get", "remote."+remote+".url")
		switch noBranch := strings.ContainsAny(ref, "~^:@{") || commitID.MatchString(ref); {
		case err != nil:
			return "git branch --all"
		case noBranch && repo.Shallow():
			return "git fetch --unshallow"
		case noBranch:
			return "git log --oneline --all"
		}
		words := []string{"git", "fetch", remote, branch + ":refs/remotes/" + remote + "/" + branch}
		switch {
		case branch == "HEAD":
			return command("git", "remote", "set-head", remote, "--auto")
		case repo.Shallow():
			words = slices.Insert(words, 2, "--unshallow")
		}
		return command(words...)
	}
	if repo.Shallow() {
		return "git fetch --unshallow"
	}
	return "schemaguard verify --no-upgrade"
}

// command is a command line to paste. Names of branches may hold what a shell takes
// apart.
func command(words ...string) string {
	line, ok := terminal.Quote(words...)
	if !ok {
		return "schemaguard verify --no-upgrade"
	}
	return line
}

// files reads the db-init files of the commit, through a folder that is gone
// afterwards.
func (b *Baseline) files(ctx context.Context, git *gitexec.Git, o Options) error {
	dir, err := os.MkdirTemp("", "schemaguard-base-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pre, post := filepath.Base(o.Pre), filepath.Base(o.Post)
	if pre == post {
		post += "-post"
	}
	for name, folder := range map[string]string{pre: o.Pre, post: o.Post} {
		if err := b.folder(ctx, git, o.Repo, folder, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("reading the db-init files of %s: %w", b.Name, err)
		}
	}
	b.Set, b.Problems, err = dbinit.Load(pre, post, dir)
	return err
}

// folder writes the SQL files of a folder, as the commit has them.
func (b *Baseline) folder(ctx context.Context, git *gitexec.Git, repo *gitrepo.Repo, folder, to string) error {
	rel, err := repo.Rel(filepath.Join(folder, "x.sql"))
	if errors.Is(err, gitrepo.ErrOutside) {
		return nil // in no commit
	} else if err != nil {
		return err
	}
	out, err := git.Run(ctx, gitTimeout, nil, "ls-tree", "-z", "--name-only", b.Commit, "--", path.Dir(rel)+"/")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(string(out), "\x00") {
		if !strings.HasSuffix(name, ".sql") {
			continue
		}
		blob, err := repo.At(ctx, b.Commit, name)
		if err != nil {
			return err
		}
		data, err := blob.Data(ctx)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, path.Base(name)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
