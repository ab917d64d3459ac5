package sqlfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folders writes files and returns the two folders.
func folders(t *testing.T, files map[string]string) (root string, both []Folder) {
	t.Helper()
	root = t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root, []Folder{{filepath.Join(root, "db-init"), "db-init", Pre}, {filepath.Join(root, "db-init-post"), "db-init-post", Post}}
}

func load(t *testing.T, files map[string]string) (names, problems []string) {
	t.Helper()
	_, both := folders(t, files)
	set, found, err := Load(both...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Files {
		name := string(f.Phase) + " " + f.Name
		if f.NoTransaction {
			name += " outside"
		}
		names = append(names, name)
	}
	for _, p := range found {
		where := p.File
		if p.At.Line > 0 {
			where += ":" + p.At.String()
		}
		problems = append(problems, string(p.Code)+" "+where)
	}
	return names, problems
}

func TestLoad(t *testing.T) {
	t.Parallel()
	const ok = "SELECT 1"
	for _, c := range []struct {
		why             string
		files           map[string]string
		names, problems []string
	}{
		{"nothing", nil, nil, nil},
		{"numbers, not letters", map[string]string{"db-init/9_a.sql": ok, "db-init/10_b.sql": ok, "db-init/011_c.sql": ok}, []string{"pre 9_a.sql", "pre 10_b.sql", "pre 011_c.sql"}, nil},
		{
			"phases: folder and line",
			map[string]string{"db-init/001_a.sql": "-- licence\n\n-- schemaguard:phase post\n" + ok, "db-init/003_c.sql": ok, "db-init-post/002_b.sql": "--schemaguard:no-transaction\n" + ok},
			[]string{"pre 003_c.sql", "post 001_a.sql outside"[:len("post 001_a.sql")], "post 002_b.sql outside"},
			nil,
		},
		{"a block comment may stand before a line", map[string]string{"db-init/001_a.sql": "/* licence\n-- schemaguard:no-such */\n-- schemaguard:phase post\n" + ok}, []string{"post 001_a.sql"}, nil},
		{"a line in a string is none", map[string]string{"db-init/001_a.sql": "SELECT '\n-- schemaguard:phase post\n', $$\n-- schemaguard:nonsense\n$$"}, []string{"pre 001_a.sql"}, nil},
		{"a line too late", map[string]string{"db-init/001_a.sql": "SELECT 1;\n  -- schemaguard:phase post\n"}, []string{"pre 001_a.sql"}, []string{"DBINIT_DIRECTIVE db-init/001_a.sql:2:1"}},
		{"a line that is misspelt", map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transactions\n" + ok}, []string{"pre 001_a.sql"}, []string{"DBINIT_DIRECTIVE db-init/001_a.sql:1:1"}},
		{"pre in the folder of post", map[string]string{"db-init-post/001_a.sql": "-- schemaguard:phase pre\n" + ok}, []string{"post 001_a.sql"}, []string{"DBINIT_DIRECTIVE db-init-post/001_a.sql:1:1"}},
		{
			"names",
			map[string]string{"db-init/a.sql": ok, "db-init/1a.sql": ok, "db-init/001-a.sql": ok, "db-init/001_a.SQL": ok, "db-init/001_ü.sql": ok, "db-init/99999999999999999999_a.sql": ok, "db-init/README.md": ok, "db-init/001_a.sql.bak": ok},
			nil,
			[]string{"DBINIT_FILE_NAME db-init/001-a.sql", "DBINIT_FILE_NAME db-init/001_a.SQL", "DBINIT_FILE_NAME db-init/001_ü.sql", "DBINIT_FILE_NAME db-init/1a.sql", "DBINIT_FILE_NAME db-init/99999999999999999999_a.sql", "DBINIT_FILE_NAME db-init/a.sql"},
		},
		{"a number twice", map[string]string{"db-init/001_a.sql": ok, "db-init/01_b.sql": ok}, []string{"pre 001_a.sql", "pre 01_b.sql"}, []string{"DBINIT_DUPLICATE_NUMBER db-init/01_b.sql"}},
		{"a number in both folders", map[string]string{"db-init/001_a.sql": ok, "db-init-post/001_b.sql": ok}, []string{"pre 001_a.sql", "post 001_b.sql"}, []string{"DBINIT_DUPLICATE_NUMBER db-init-post/001_b.sql"}},
		{"a name in both folders", map[string]string{"db-init/001_a.sql": ok, "db-init-post/001_a.sql": ok}, []string{"pre 001_a.sql", "post 001_a.sql"}, []string{"DBINIT_DUPLICATE_NAME db-init-post/001_a.sql"}},
		{"a name that differs in case", map[string]string{"db-init/001_a.sql": ok, "db-init/001_A.sql": ok}, []string{"pre 001_A.sql", "pre 001_a.sql"}, []string{"DBINIT_DUPLICATE_NAME db-init/001_a.sql"}},
		{"a gap", map[string]string{"db-init/001_a.sql": ok, "db-init/003_c.sql": ok, "db-init/007_d.sql": ok}, []string{"pre 001_a.sql", "pre 003_c.sql", "pre 007_d.sql"}, []string{"DBINIT_GAP db-init/003_c.sql", "DBINIT_GAP db-init/007_d.sql"}},
		{"a gap that the other phase fills", map[string]string{"db-init/001_a.sql": ok, "db-init/003_c.sql": ok, "db-init-post/002_b.sql": ok}, []string{"pre 001_a.sql", "pre 003_c.sql", "post 002_b.sql"}, nil},
		{"each folder with a range of its own", map[string]string{"db-init/001_a.sql": ok, "db-init/002_b.sql": ok, "db-init-post/100_c.sql": ok, "db-init-post/101_d.sql": ok}, []string{"pre 001_a.sql", "pre 002_b.sql", "post 100_c.sql", "post 101_d.sql"}, nil},
		{"in tens", map[string]string{"db-init/010_a.sql": ok, "db-init/020_b.sql": ok, "db-init/040_c.sql": ok}, []string{"pre 010_a.sql", "pre 020_b.sql", "pre 040_c.sql"}, []string{"DBINIT_GAP db-init/040_c.sql"}},
		{"dates", map[string]string{"db-init/20240101_a.sql": ok, "db-init/20260501_b.sql": ok}, []string{"pre 20240101_a.sql", "pre 20260501_b.sql"}, nil},
		{
			"no SQL",
			map[string]string{"db-init/001_a.sql": "", "db-init/002_b.sql": "-- later\n;\n", "db-init/003_c.sql": "SELECT '\xff'", "db-init/004_d.sql": "S\x00E\x00"},
			[]string{"pre 001_a.sql", "pre 002_b.sql"},
			[]string{"DBINIT_EMPTY db-init/001_a.sql", "DBINIT_EMPTY db-init/002_b.sql", "DBINIT_UNREADABLE db-init/003_c.sql:1:9", "DBINIT_UNREADABLE db-init/004_d.sql:1:2"},
		},
		{
			"what cannot be run",
			map[string]string{
				"db-init/001_a.sql": "SELECT 1;\n\\i other.sql\n", "db-init/002_b.sql": "BEGIN;\nSELECT 1;\nCOMMIT;", "db-init/003_c.sql": "SELECT 1; VACUUM;",
				"db-init/004_d.sql": "COPY t FROM stdin;\n1\tit's\n\\.\nBEGIN;", "db-init/005_e.sql": "SELECT 'x;\n", "db-init/006_f.sql": "SET standard_conforming_strings = off;",
			},
			[]string{"pre 001_a.sql", "pre 002_b.sql", "pre 003_c.sql", "pre 004_d.sql", "pre 005_e.sql", "pre 006_f.sql"},
			[]string{
				"DBINIT_PSQL_COMMAND db-init/001_a.sql:2:1", "DBINIT_TRANSACTION db-init/002_b.sql:1:1", "DBINIT_TRANSACTION db-init/002_b.sql:3:1", "DBINIT_NO_TRANSACTION db-init/003_c.sql:1:11",
				"DBINIT_COPY_STDIN db-init/004_d.sql:1:1", "DBINIT_UNFINISHED db-init/005_e.sql:1:8", "DBINIT_STRINGS db-init/006_f.sql:1:1",
			},
		},
		{"what pg_dump writes", map[string]string{"db-init/001_a.sql": "\\restrict x\nSET standard_conforming_strings = on;\nSELECT pg_catalog.set_config('search_path', '', false);"}, []string{"pre 001_a.sql"}, []string{"DBINIT_PSQL_COMMAND db-init/001_a.sql:1:1"}},
		{"what can be run outside of a transaction", map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transaction\nVACUUM; BEGIN; SELECT 1; COMMIT;"}, []string{"pre 001_a.sql outside"}, nil},
	} {
		names, problems := load(t, c.files)
		if diff := cmp.Diff(c.names, names); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", c.why, diff)
		}
		if diff := cmp.Diff(c.problems, problems); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", c.why, diff)
		}
	}
}

func TestOnlyPlainFilesAreRead(t *testing.T) {
	t.Parallel()
	root, both := folders(t, map[string]string{"db-init/001_a.sql": "SELECT 1", "elsewhere.sql": "SELECT 2"})
	if err := os.Symlink(filepath.Join(root, "elsewhere.sql"), filepath.Join(root, "db-init", "002_b.sql")); err != nil {
		t.Skip("needs symbolic links: ", err)
	}
	if err := os.Mkdir(filepath.Join(root, "db-init", "003_c.sql"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(root, "db-init", "001_a.sql"), MaxSize+1); err != nil {
		t.Fatal(err)
	}
	set, problems, err := Load(both...)
	if err != nil || len(set.Files) > 0 {
		t.Fatalf("%d files, %v", len(set.Files), err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	want := []string{"db-init/001_a.sql: it is larger than 32 MiB, which is data and no schema", "db-init/002_b.sql: it is a symbolic link, and only plain files of this folder are run", "db-init/003_c.sql: it is a folder, and only plain files of this folder are run"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAMountedConfigMapIsRead: its files are links into a folder of its own.
func TestAMountedConfigMapIsRead(t *testing.T) {
	t.Parallel()
	root, both := folders(t, map[string]string{"db-init/..2026/001_a.sql": "SELECT 1", "db-init/..2026/002_b.sql": "SELECT 2", "elsewhere/003_c.sql": "SELECT 3"})
	for link, to := range map[string]string{"..data": "..2026", "001_a.sql": "..data/001_a.sql", "002_b.sql": "..data/002_b.sql", "003_c.sql": "../elsewhere/003_c.sql", "004_d.sql": "nowhere", "005_e.sql": "..data"} {
		if err := os.Symlink(to, filepath.Join(root, "db-init", link)); err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	set, problems, err := Load(both...)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range set.Files {
		names = append(names, f.Name+" "+f.Text)
	}
	for _, p := range problems {
		names = append(names, string(p.Code)+" "+p.Name)
	}
	if diff := cmp.Diff([]string{"001_a.sql SELECT 1", "002_b.sql SELECT 2", "DBINIT_NOT_PLAIN 003_c.sql", "DBINIT_NOT_PLAIN 004_d.sql", "DBINIT_NOT_PLAIN 005_e.sql"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestLineEndsAndAByteOrderMarkAreNoChange(t *testing.T) {
	t.Parallel()
	lf := Checksum(Normalize([]byte("SELECT 1;\nSELECT 'ü';\n")))
	for text, same := range map[string]bool{
		"SELECT 1;\r\nSELECT 'ü';\r\n": true, "\ufeffSELECT 1;\nSELECT 'ü';\n": true, "\ufeffSELECT 1;\r\nSELECT 'ü';\r\n": true,
		"SELECT 1;\rSELECT 'ü';\r": false, "SELECT 1;\nSELECT 'ü';": false, "\ufeff\ufeffSELECT 1;\nSELECT 'ü';\n": false,
	} {
		if got := Checksum(Normalize([]byte(text))) == lf; got != same {
			t.Errorf("%q has the same checksum: %v, want %v", text, got, same)
		}
	}
	// sha256sum of "SELECT 1;\n"
	if got := Checksum("SELECT 1;\n"); got != "b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd" {
		t.Errorf("the checksum is no plain SHA-256: %s", got)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	_, both := folders(t, map[string]string{"db-init/0009_a.sql": "SELECT 1", "db-init-post/0010_b.sql": "SELECT 1"})
	set, _, err := Load(both...)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	names := make([]string, 8)
	for i := range names {
		wg.Go(func() {
			name, err := Create(both[1], set, fmt.Sprintf("Käse & Index %d!", i))
			if err != nil {
				t.Error(err)
			}
			names[i] = name
		})
	}
	wg.Wait()
	again, problems, err := Load(both...)
	if err != nil || len(again.Files) != 10 {
		t.Fatalf("%d files, %v", len(again.Files), err)
	}
	for _, p := range problems {
		if p.Code != Empty && p.Code != DupNumber {
			t.Error(p.Error())
		}
	}
	if !strings.HasPrefix(names[0], "00") || !strings.HasSuffix(names[0], "_k_se_index_0.sql") {
		t.Errorf("it is called %s", names[0])
	}
	if _, err := Create(both[0], set, "!!!"); err == nil {
		t.Error("a file without a name was made")
	}
	entries, err := os.ReadDir(both[1].Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func FuzzExamine(f *testing.F) {
	f.Add("-- schemaguard:phase post\nSELECT 1")
	f.Add("SELECT 1\n-- schemaguard:\n\\x")
	f.Fuzz(func(t *testing.T, text string) {
		file := File{Path: "db-init/001_a.sql", Text: Normalize([]byte(text)), Phase: Pre}
		for _, p := range file.examine(Pre) {
			if p.Text == "" || p.Code == "" {
				t.Errorf("%q: %+v", text, p)
			}
		}
	})
}
