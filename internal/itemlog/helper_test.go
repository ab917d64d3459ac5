package itemlog

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
)

const file = "snapshots/schema.yaml"

// repository is a real git repository whose commits are a minute apart.
type repository struct {
	t     *testing.T
	dir   string
	clock int
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	r := &repository{t: t, dir: t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repository) env() []string {
	date := fmt.Sprintf("2026-11-24T08:%02d:%02d Z", r.clock/60%60, r.clock%60)
	return append(os.Environ(), "HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
}

func (r *repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = r.dir, r.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// write puts a file into the working tree; no text removes it.
func (r *repository) write(text string) {
	r.t.Helper()
	name := filepath.Join(r.dir, filepath.FromSlash(file))
	if text == "" {
		if err := os.Remove(name); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits a version of the file.
func (r *repository) commit(subject, text string) string {
	r.t.Helper()
	r.write(text)
	r.clock++
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", subject)
	return r.git("rev-parse", "HEAD")
}

func (r *repository) open() *gitrepo.Repo {
	r.t.Helper()
	repo, err := gitrepo.Open(r.t.Context(), r.dir, os.Getenv)
	if err != nil {
		r.t.Fatal(err)
	}
	return repo
}

// log returns the log as lines: the subject, then the items, "~ field a.x".
func (r *repository) log(q Query) []string {
	r.t.Helper()
	h, err := Open(r.t.Context(), r.open(), file, q)
	if err != nil {
		return []string{err.Error()}
	}
	var lines []string
	if h.Log().Gone {
		lines = append(lines, h.Log().Item+" is gone")
	}
	for c, err := range h.Commits(r.t.Context()) {
		if err != nil {
			r.t.Fatal(err)
		}
		line := c.Subject
		for _, extra := range []struct {
			is   bool
			word string
		}{{c.FileRemoved, " [file removed]"}, {c.Directus != "", " [" + c.Directus + "]"}, {len(c.Merge) > 0, " [merge]"}, {c.NotReadable != "", " [not readable: " + c.NotReadable + "]"}} {
			if extra.is {
				line += extra.word
			}
		}
		for _, item := range c.Items {
			sign := map[itemdiff.Presence]string{itemdiff.OnlyA: "-", itemdiff.OnlyB: "+", itemdiff.Both: "~"}[item.Where]
			line += "; " + sign + " " + item.Kind + " " + item.Name
		}
		lines = append(lines, line)
	}
	return lines
}

// schema writes a snapshot of collections and fields, "a", "a.x", "a.x=note".
func schema(items ...string) string { return schemaOf("12.4.1", items...) }

func schemaOf(version string, items ...string) string {
	var collections, fields strings.Builder
	slices.Sort(items)
	for _, item := range items {
		name, note, _ := strings.Cut(item, "=")
		collection, field, isField := strings.Cut(name, "/")
		if !isField {
			fmt.Fprintf(&collections, "  - collection: %s\n    meta: {collection: %s, note: '%s'}\n    schema: {name: %s}\n", collection, collection, note, collection)
			continue
		}
		fmt.Fprintf(&fields, "  - collection: %s\n    field: %s\n    type: text\n    meta: {note: '%s'}\n    schema: {name: %s, data_type: text}\n", collection, field, note, field)
	}
	text := "version: 1\ndirectus: " + version + "\nvendor: postgres\ncollections:\n" + collections.String() + "fields:\n" + fields.String() + "relations: []\n"
	return strings.ReplaceAll(text, "fields:\nrelations", "fields: []\nrelations")
}

func unknown(err error) *UnknownItemError {
	e, _ := errors.AsType[*UnknownItemError](err)
	return e
}
