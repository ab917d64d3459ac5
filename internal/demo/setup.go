package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard"
)

// The database of the story: the tables of a bootstrapped Directus 12.4.1, the
// collections of the example project with their meta rows, and some rows.
// test/example makes them with a real Directus.
var (
	//go:embed data/directus-12.4.1.sql.gz
	systemSQL []byte
	//go:embed data/example.sql.gz
	exampleSQL []byte
	//go:embed data/rows.sql
	rowsSQL string
	//go:embed data/two-collections.sql
	twoCollectionsSQL string
	//go:embed data/colleague.sql
	colleagueSQL string
)

// database is the name of the story's database.
const database = "fleet"

// setUp makes the database and the repository that the story starts from.
func (s *stage) setUp() error {
	if err := s.server.CreateDatabase(s.ctx, database, ""); err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	s.dsn = s.server.DSN(database)
	if err := s.load(database); err != nil {
		return err
	}
	s.environ = clean(s.Environ, s.dir)
	s.project = filepath.Join(s.dir, "fleet")
	if err := s.writeProject(); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "origin.git"},
		{"-c", "init.defaultBranch=main", "init", "--quiet", "fleet"},
	} {
		if err := s.git(s.dir, args...); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"add", "."},
		{"commit", "--quiet", "-m", "The fleet, as it runs"},
		{"branch", "-M", "main"},
		{"remote", "add", "origin", filepath.Join(s.dir, "origin.git")},
		{"push", "--quiet", "-u", "origin", "main"},
	} {
		if err := s.git(s.project, args...); err != nil {
			return err
		}
	}
	return nil
}

// load fills a database.
func (s *stage) load(name string) error {
	texts, err := Fixture()
	if err != nil {
		return err
	}
	for _, sql := range texts {
		if err := s.exec(name, "the example's database", sql); err != nil {
			return err
		}
	}
	return nil
}

// Fixture returns the SQL of the example's database, to be run in this order
// in an empty one: db-init, the tables of a bootstrapped Directus 12.4.1, the
// example's collections with their meta rows, and some rows. Tests use it too.
func Fixture() ([]string, error) {
	names, err := fs.Glob(schemaguard.Example, "db-init/*.sql")
	if err != nil {
		return nil, fmt.Errorf("listing db-init: %w", err)
	}
	var texts []string
	for _, file := range names {
		sql, err := schemaguard.Example.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		texts = append(texts, string(sql))
	}
	for _, packed := range [][]byte{systemSQL, exampleSQL} {
		sql, err := unpack(packed)
		if err != nil {
			return nil, fmt.Errorf("unpacking the example's database: %w", err)
		}
		texts = append(texts, sql)
	}
	return append(texts, rowsSQL), nil
}

func unpack(data []byte) (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	sql, err := io.ReadAll(z)
	return string(sql), err
}

// exec runs SQL text of any number of statements.
func (s *stage) exec(database, what, sql string) error {
	conn, err := pgx.Connect(s.ctx, s.server.DSN(database))
	if err != nil {
		return fmt.Errorf("connecting to the demo's database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(s.ctx)) }()
	if err := conn.PgConn().Exec(s.ctx, sql).Close(); err != nil {
		return fmt.Errorf("loading %s: %w", what, err)
	}
	return nil
}

// writeProject writes the files of the repository.
func (s *stage) writeProject() error {
	files := map[string][]byte{
		".env":       []byte("DB_CLIENT=pg\nDB_CONNECTION_STRING=" + s.dsn + "\n"),
		".gitignore": []byte(".env\n"),
		"../gitconfig": []byte("[user]\n\tname = Anna\n\temail = anna@example.com\n[init]\n\tdefaultBranch = main\n" +
			"[commit]\n\tgpgSign = false\n[pull]\n\tff = only\n"),
	}
	err := fs.WalkDir(schemaguard.Example, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = schemaguard.Example.ReadFile(name)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the example project: %w", err)
	}
	for name, data := range files {
		file := filepath.Join(s.project, filepath.FromSlash(path.Clean(name)))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("writing the example project: %w", err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return fmt.Errorf("writing the example project: %w", err)
		}
	}
	return nil
}
