package findings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// dbinitSituation makes one finding of db-init come, in a project whose only file,
// db-init/001_a.sql, is applied and in order.
type dbinitSituation struct {
	code finding.Code
	make func(*project)
}

// put returns a situation that a file makes.
func put(code finding.Code, name, text string) dbinitSituation {
	return dbinitSituation{code, func(p *project) { p.put(name, text) }}
}

func dbinitSituations() []dbinitSituation {
	const outside = "-- schemaguard:no-transaction\n"
	return []dbinitSituation{
		put(finding.DBInitFileName, "db-init/b.sql", "SELECT 1"),
		{finding.DBInitNotPlain, func(p *project) {
			if err := os.Mkdir(filepath.Join(p.dir, "db-init", "002_b.sql"), 0o755); err != nil {
				p.Fatal(err)
			}
		}},
		put(finding.DBInitUnreadable, "db-init/002_b.sql", "SELECT '\xff'"),
		put(finding.DBInitEmpty, "db-init/002_b.sql", "-- later\n"),
		put(finding.DBInitDirective, "db-init/002_b.sql", "-- schemaguard:phase past\nSELECT 1"),
		put(finding.DBInitDuplicateNumber, "db-init-post/001_b.sql", "SELECT 1"),
		put(finding.DBInitDuplicateName, "db-init-post/001_A.sql", "SELECT 1"),
		put(finding.DBInitGap, "db-init/003_c.sql", "SELECT 1"),
		put(finding.DBInitUnfinished, "db-init/002_b.sql", "SELECT 'x"),
		put(finding.DBInitPsqlCommand, "db-init/002_b.sql", "\\i other.sql\n"),
		put(finding.DBInitCopyStdin, "db-init/002_b.sql", "COPY a FROM stdin;\n1\n\\.\n"),
		put(finding.DBInitTransaction, "db-init/002_b.sql", "BEGIN; SELECT 1; COMMIT;"),
		put(finding.DBInitNoTransaction, "db-init/002_b.sql", "VACUUM a"),
		put(finding.DBInitStrings, "db-init/002_b.sql", "SET standard_conforming_strings = off"),
		put(finding.DBInitChanged, "db-init/001_a.sql", "CREATE TABLE a (n bigint)"),
		{finding.DBInitMissing, func(p *project) { p.remove("db-init/001_a.sql") }},
		put(finding.DBInitPending, "db-init/002_b.sql", "SELECT 1"),
		{finding.DBInitOutOfOrder, func(p *project) {
			p.put("db-init/002_b.sql", "SELECT 1")
			p.run(0, "db-init", "apply")
			p.put("db-init/000_z.sql", "SELECT 1")
		}},
		{finding.DBInitInterrupted, func(p *project) {
			p.put("db-init/002_b.sql", outside+"VACUUM a")
			p.sql(`INSERT INTO migrations_applied (name, checksum, status, started_at, tool_version, phase) VALUES ('002_b.sql', '', 'running', now(), 'test', 'pre')`)
		}},
		{finding.DBInitFailed, func(p *project) {
			p.put("db-init/002_b.sql", outside+"CREATE TABLE b (n int); SELECT nope")
			p.run(6, "db-init", "apply")
		}},
		{finding.DBInitRetry, func(p *project) {
			p.put("db-init/002_b.sql", "CREATE TABLE b (n int); SELECT nope")
			p.run(6, "db-init", "apply")
		}},
		{finding.DBInitNotAdopted, func(p *project) {
			p.sql(`DROP TABLE migrations_applied; CREATE TABLE migrations_applied (filename text PRIMARY KEY); INSERT INTO migrations_applied VALUES ('001_a.sql')`)
		}},
		{finding.DBInitTable, func(p *project) {
			p.sql(`DROP TABLE migrations_applied; CREATE TABLE migrations_applied (ticket text)`)
		}},
		{finding.DBInitNoChecksum, func(p *project) { p.sql(`UPDATE migrations_applied SET checksum = ''`) }},
		{finding.DBInitRecordedTwice, func(p *project) {
			p.sql(`ALTER TABLE migrations_applied DROP CONSTRAINT migrations_applied_pkey; INSERT INTO migrations_applied SELECT * FROM migrations_applied`)
		}},
	}
}

// claimSituations are those in which a Directus and its snapshot are there too.
func claimSituations() []dbinitSituation {
	return []dbinitSituation{
		put(finding.DBInitRevert, "db-init-post/002_b.sql", "ALTER TABLE vehicles ALTER plate TYPE text"),
		put(finding.DBInitCreates, "db-init/002_b.sql", "CREATE TABLE IF NOT EXISTS vehicles (n int)"),
		{finding.DBInitGhost, func(p *project) { p.sql(`INSERT INTO directus_collections (collection) VALUES ('a')`) }},
	}
}

// TestEveryFindingOfDBInitComes makes each on a database of its own, and before it
// sees that db-init has nothing to say.
func TestEveryFindingOfDBInitComes(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	shown := map[finding.Code]bool{
		finding.DBInitLock: true, // needs a pooler: internal/dbinit, TestThroughAPoolerEveryFileTakesTheLock
	}
	start := map[finding.Code]func(t *testing.T) *project{}
	var all []dbinitSituation
	for _, s := range dbinitSituations() {
		all, start[s.code] = append(all, s), func(t *testing.T) *project { return emptyProject(t, bin) }
	}
	for _, s := range claimSituations() {
		all, start[s.code] = append(all, s), func(t *testing.T) *project { return newProject(t, bin, "") }
	}
	for _, s := range all {
		shown[s.code] = true
		t.Run(string(s.code), func(t *testing.T) {
			t.Parallel()
			p := start[s.code](t)
			p.put("db-init/001_a.sql", "CREATE TABLE a (n int)")
			p.run(0, "db-init", "apply")
			if before, exit := p.verifyDBInit(); len(before) > 0 || exit != 0 {
				t.Fatalf("before anything was done: exit code %d, %v", exit, before)
			}
			s.make(p)
			after, exit := p.verifyDBInit()
			if !after[s.code] || exit != 6 {
				t.Errorf("%s: exit code %d, %v", s.code, exit, after)
			}
			for code := range after {
				if info, ok := finding.Lookup(code); !ok || info.Group != finding.DBInit {
					t.Errorf("%s is no code of db-init in the table", code)
				}
			}
			if out := p.run(0, "db-init", "status"); s.code != finding.DBInitPending && !strings.Contains(out, string(s.code)) {
				t.Errorf("status does not name %s:\n%s", s.code, out)
			}
		})
	}
	for _, info := range finding.All() {
		if info.Group == finding.DBInit && !shown[info.Code] {
			t.Errorf("%s was produced by no situation", info.Code)
		}
	}
}

// emptyProject is a repository with an empty database and no snapshot.
func emptyProject(t *testing.T, bin string) *project {
	t.Helper()
	p := &project{T: t, dir: t.TempDir(), bin: bin, dsn: pgtest.Database(t)}
	p.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "GIT_CONFIG_NOSYSTEM=1", "SCHEMAGUARD_DATABASE_URL=" + p.dsn}
	p.git("init", "-q", "-b", "main")
	return p
}

// put writes a file and its folder.
func (p *project) put(name, text string) {
	p.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o755); err != nil {
		p.Fatal(err)
	}
	p.write(name, text)
}

// verifyDBInit returns the codes that db-init verify finds, and its exit code.
func (p *project) verifyDBInit() (map[finding.Code]bool, int) {
	p.Helper()
	out, exit := p.output("db-init", "verify", "--json")
	var v struct {
		Problems []struct{ Code finding.Code }
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.Fatalf("db-init verify: %v\n%s", err, out)
	}
	codes := map[finding.Code]bool{}
	for _, f := range v.Problems {
		codes[f.Code] = true
	}
	return codes, exit
}
