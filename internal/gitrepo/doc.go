// Package gitrepo reads one file of a git repository: in the working tree, staged, in a commit, and at every commit
// that ever changed it. It can also stage that file.
//
// A guard that reads the wrong bytes is worse than none, so each reader here is held to one rule: the same bytes that
// git would take, or an error. Objects are read in process through go-git's storage; what that cannot read (SHA-256,
// reftable, a split or sparse index, an object directory from the environment, a file behind a filter) is asked of the
// git binary; when that fails too, or is not there, the answer is an error, which callers turn into not-run.
//
// What hooks need is handled once, in [Open]: GIT_INDEX_FILE (`git commit -a` and `git commit -- path` judge another
// index than .git/index), GIT_DIR, linked worktrees, submodules, and variables that belong to another repository.
//
// It refuses to be a git library. Nothing is written except by [Repo.Stage] and below <common dir>/schemaguard, the
// cache; no network is used except by git itself in a partial clone, and never for history; `refs/replace` and grafts
// are ignored, so that an object id always names its own bytes; file names in another unicode form than git's are
// other files. It knows nothing of what the file holds.
//
//	repo, err := gitrepo.Open(ctx, ".", os.Getenv)
//	path, err := repo.Rel("snapshots/schema.yaml")
//	staged, err := repo.Index(ctx, path) // staged.ID costs no read of the content
//	data, err := staged.Data(ctx)
package gitrepo
