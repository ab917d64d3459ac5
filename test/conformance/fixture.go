// Package conformance holds what real Directus installations wrote for databases that are hard to describe, and the tests that
// compare our own snapshots with it, byte by byte. It holds no logic of snapshots.
//
// A fixture is a folder named after a Directus version, with an optional variant after a hyphen:
//
//	db.sql.gz              plain pg_dump of the database; a folder without one uses that of its version
//	settings.sql           optional: run after the restore, for what a dump does not carry (ALTER DATABASE ... SET)
//	env                    optional: NAME=value lines, the environment of Directus (DB_SEARCH_PATH, DB_EXCLUDE_TABLES)
//	snapshot.yaml.gz       what Directus wrote; snapshot.json.gz where that is kept too
//
// "go run -tags tools ./test/conformance/make" rebuilds them.
package conformance

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// dumpFile is the name of the dump in a fixture's folder.
const dumpFile = "db.sql.gz"

// Fixture is one folder.
type Fixture struct {
	// Name is the folder's name, Dir its path, Version the Directus version that it begins with.
	Name, Dir, Version string
	// Env is the environment that Directus ran with.
	Env map[string]string
	// Settings is the SQL to run after the restore.
	Settings []byte

	dump string
}

var fixtureName = regexp.MustCompile(`^([0-9]+\.[0-9]+\.[0-9]+)(-[a-z]+)?$`)

// Fixtures reads the fixtures below root, in the order of their names.
func Fixtures(root string) ([]Fixture, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("listing the fixtures: %w", err)
	}
	var out []Fixture
	for _, e := range entries {
		m := fixtureName.FindStringSubmatch(e.Name())
		if m == nil || !e.IsDir() {
			continue
		}
		f := Fixture{Name: e.Name(), Dir: filepath.Join(root, e.Name()), Version: m[1], Env: map[string]string{}}
		f.dump = filepath.Join(root, f.Version, dumpFile)
		if f.Settings, err = optional(filepath.Join(f.Dir, "settings.sql")); err != nil {
			return nil, err
		}
		env, err := optional(filepath.Join(f.Dir, "env"))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(env)) {
			if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
				f.Env[name] = value
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func optional(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// OwnDump reports whether the dump is the fixture's own and not that of its version.
func (f Fixture) OwnDump() bool { return filepath.Dir(f.dump) == f.Dir }

// Dump returns the SQL of the database.
func (f Fixture) Dump() ([]byte, error) { return readGzip(f.dump) }

// WriteDump keeps the SQL of the database.
func (f Fixture) WriteDump(sql []byte) error { return writeGzip(f.dump, sql) }

// Formats lists the snapshot formats that are kept: yaml, and json where its file is there.
func (f Fixture) Formats() []string {
	if _, err := os.Stat(f.golden("json")); err == nil {
		return []string{"yaml", "json"}
	}
	return []string{"yaml"}
}

func (f Fixture) golden(format string) string {
	return filepath.Join(f.Dir, "snapshot."+format+".gz")
}

// Golden returns what Directus wrote in that format.
func (f Fixture) Golden(format string) ([]byte, error) { return readGzip(f.golden(format)) }

// WriteGolden keeps what Directus wrote in that format.
func (f Fixture) WriteGolden(format string, snapshot []byte) error {
	return writeGzip(f.golden(format), snapshot)
}

func readGzip(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return io.ReadAll(r)
}

// writeGzip writes no name and no time into the file: the same content gives the same bytes.
func writeGzip(path string, content []byte) error {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, buf.Bytes(), 0o644)
}
