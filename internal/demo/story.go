package demo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// play is the story, a scene each.
func (s *stage) play() error {
	for _, scene := range []func() error{s.allIsWell, s.somebodyAddsCollections, s.itIsSaved, s.aColleaguePushes} {
		if err := scene(); err != nil {
			return err
		}
	}
	s.say("")
	s.say(s.styled("1", "That is the main job. Now on your own database: schemaguard init"))
	return nil
}

func (s *stage) allIsWell() error {
	s.tell("A fleet in Directus. Its snapshot is in git, and the database agrees.")
	return s.guard(0, "check")
}

func (s *stage) somebodyAddsCollections() error {
	s.tell("Anna adds two collections in the admin UI and fills them. Nobody takes a snapshot.")
	if err := s.exec(database, "the two collections", twoCollectionsSQL); err != nil {
		return err
	}
	s.tell("What would the next boot of the container do?")
	if err := s.guard(2, "status"); err != nil {
		return err
	}
	s.tell("A hook, CI or a script asks the same, and gets a no:")
	return s.guard(2, "check")
}

func (s *stage) itIsSaved() error {
	s.tell("The way out is one command, and a commit:")
	if err := s.guard(0, "snapshot", "--stage"); err != nil {
		return err
	}
	if err := s.shell("commit", "--quiet", "-m", "Add routes and stops"); err != nil {
		return err
	}
	if err := s.guard(0, "check"); err != nil {
		return err
	}
	return s.git(s.project, "push", "--quiet")
}

// aColleaguePushes makes a commit on another machine's database and pulls it.
func (s *stage) aColleaguePushes() error {
	s.tell("Ben, on his own database, adds a collection, saves and pushes it. We pull:")
	if err := s.ben(); err != nil {
		return err
	}
	if err := s.shell("pull", "--quiet"); err != nil {
		return err
	}
	s.tell("Now the snapshot is ahead of our database. That is pending, no reason to refuse:")
	if err := s.guard(0, "check", "--against", "HEAD"); err != nil {
		return err
	}
	return s.guard(0, "status")
}

// ben works on a copy of the database and a clone of the repository.
func (s *stage) ben() error {
	if err := s.server.CreateDatabase(s.ctx, "ben", database); err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	if err := s.exec("ben", "the colleague's collection", colleagueSQL); err != nil {
		return err
	}
	clone := filepath.Join(s.dir, "ben")
	if err := s.git(s.dir, "clone", "--quiet", "origin.git", clone); err != nil {
		return err
	}
	env := "DB_CLIENT=pg\nDB_CONNECTION_STRING=" + s.server.DSN("ben") + "\n"
	if err := os.WriteFile(filepath.Join(clone, ".env"), []byte(env), 0o644); err != nil {
		return fmt.Errorf("writing the colleague's settings: %w", err)
	}
	if code, err := s.run(clone, io.Discard, "snapshot", "--stage"); err != nil || code != 0 {
		return fmt.Errorf("taking the colleague's snapshot: exit code %d: %w", code, err)
	}
	for _, args := range [][]string{
		{"commit", "--quiet", "--author", "Ben <ben@example.com>", "-m", "Add maintenance"}, {"push", "--quiet"},
	} {
		if err := s.git(clone, args...); err != nil {
			return err
		}
	}
	return nil
}
