//go:build tools

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// What the installed hooks may add to a commit over an empty hook.
const (
	hookBudget    = 60 * time.Millisecond // 100 collections, nothing unsaved
	nothingBudget = 10 * time.Millisecond // no snapshot in git
)

// measureHooks measures git commit with the hooks that install sets up, beside
// git commit with an empty hook.
func (b *bench) measureHooks(ctx context.Context, r *results, runs int) error {
	for _, m := range []struct {
		what, repository string
		snapshot         bool
		budget           time.Duration
	}{
		{"`git commit` with the hooks over one with an empty hook, 100 collections", "hooked", true, hookBudget},
		{"`git commit` with the hooks over one with an empty hook, no snapshot in git", "unguarded", false, nothingBudget},
	} {
		var commits []command
		for _, hooks := range []bool{true, false} {
			dir := filepath.Join(b.dir, fmt.Sprintf("%s-%t", m.repository, hooks))
			if err := b.commitRepository(ctx, dir, m.snapshot, hooks); err != nil {
				return fmt.Errorf("making a repository with hooks: %w", err)
			}
			env := append([]string{"SCHEMAGUARD_DATABASE_URL=" + b.srv.DSN(databaseOf(smallSize))}, b.env...)
			commits = append(commits, command{dir: dir, env: env, args: []string{"git", "commit", "--quiet", "--allow-empty", "-m", "x"}})
		}
		s, err := alternate(ctx, runs, commits...)
		if err != nil {
			return err
		}
		r.slower(m.what, s[0], s[1], m.budget)
	}
	return nil
}

// commitRepository makes a repository to commit in, with the hooks or with an
// empty one.
func (b *bench) commitRepository(ctx context.Context, dir string, snapshot, hooks bool) error {
	if snapshot {
		if err := os.CopyFS(dir, os.DirFS(b.project(smallSize))); err != nil {
			return err
		}
	} else if err := b.in(ctx, b.dir, "git", "-c", "init.defaultBranch=main", "init", "--quiet", dir); err != nil {
		return err
	}
	for _, setting := range [][2]string{{"user.name", "bench"}, {"user.email", "bench@example.com"}, {"gc.auto", "0"}} {
		if err := b.in(ctx, dir, "git", "config", setting[0], setting[1]); err != nil {
			return err
		}
	}
	if hooks {
		return b.in(ctx, dir, b.guard, "install", "--method", "file")
	}
	hook := filepath.Join(dir, ".git", "hooks", "pre-commit")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		return err
	}
	return os.WriteFile(hook, []byte("#!/bin/sh\nexit 0\n"), 0o755)
}

func (b *bench) in(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = dir, b.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running %s %v: %w: %s", filepath.Base(program), args, err, out)
	}
	return nil
}
