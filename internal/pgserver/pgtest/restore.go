package pgtest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// template is a database made once from a dump; tests get copies of it.
type template struct {
	once sync.Once
	name string
	err  error
}

// Restore returns the DSN of a new database that holds a plain pg_dump (a .sql file, or .sql.gz),
// dropped when the test ends. A dump is loaded once per process, later calls copy the result.
// psql's \connect and \restrict lines are left out; roles that own something are created.
func Restore(t testing.TB, path string) string {
	t.Helper()
	in := need(t)
	dump, err := readDump(path)
	if err != nil {
		t.Fatal(err)
	}
	return in.restored(t, path, dump)
}

// RestoreSQL is [Restore] for a dump that is in memory; several are loaded one after the other.
func RestoreSQL(t testing.TB, dumps ...string) string {
	t.Helper()
	return need(t).restored(t, "the given SQL", []byte(strings.Join(dumps, "\n")))
}

func (in *instance) restored(t testing.TB, origin string, dump []byte) string {
	t.Helper()
	if usesPostGIS(dump) {
		NeedPostGIS(t)
	}
	name, err := in.template(dump)
	if err != nil {
		t.Fatalf("restoring %s: %v", origin, err)
	}
	return in.database(t, name)
}

func readDump(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return data, nil
}

// template returns the name of the database that holds the dump, loading it on the first call.
func (in *instance) template(dump []byte) (string, error) {
	sum := sha256.Sum256(dump)
	key := hex.EncodeToString(sum[:10])
	in.mu.Lock()
	tpl := in.templates[key]
	if tpl == nil {
		tpl = &template{name: "sgtemplate_" + key}
		in.templates[key] = tpl
	}
	in.mu.Unlock()
	tpl.once.Do(func() { tpl.err = in.load(tpl.name, dump) })
	return tpl.name, tpl.err
}

// load makes database name from a dump, unless another process that shares the server has done so.
// It is loaded under another name first: a database of that name is always complete.
func (in *instance) load(name string, dump []byte) error {
	ctx := context.Background()
	return in.admin(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
			return fmt.Errorf("locking %s: %w", name, err)
		}
		var there bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
			return err
		}
		base := ""
		if usesPostGIS(dump) && name != postgisTemplate {
			if err := in.loadPostGIS(); err != nil {
				return err
			}
			base = postgisTemplate
		}
		building := name + "_building"
		if err := pgserver.DropDatabase(ctx, conn, building); err != nil {
			return err
		}
		if err := pgserver.CreateDatabase(ctx, conn, building, base); err != nil {
			return err
		}
		if err := createOwners(ctx, conn, dump); err != nil {
			return err
		}
		if err := in.psql(ctx, building, dump); err != nil {
			return errors.Join(err, pgserver.DropDatabase(ctx, conn, building))
		}
		_, err := conn.Exec(ctx, "ALTER DATABASE "+building+" RENAME TO "+name)
		return err
	})
}

// postgisTemplate holds nothing but the extension, which takes longer to create than most dumps to load.
const postgisTemplate = "sgtemplate_postgis"

var createPostGIS = regexp.MustCompile(`(?m)^CREATE EXTENSION IF NOT EXISTS postgis( WITH SCHEMA public)?;`)

func usesPostGIS(dump []byte) bool { return createPostGIS.Match(dump) }

func (in *instance) loadPostGIS() error {
	in.mu.Lock()
	tpl := in.templates[postgisTemplate]
	if tpl == nil {
		tpl = &template{name: postgisTemplate}
		in.templates[postgisTemplate] = tpl
	}
	in.mu.Unlock()
	tpl.once.Do(func() { tpl.err = in.load(postgisTemplate, []byte("CREATE EXTENSION IF NOT EXISTS postgis;\n")) })
	return tpl.err
}

// psql loads a dump into a database.
func (in *instance) psql(ctx context.Context, database string, dump []byte) error {
	cmd := exec.CommandContext(ctx, in.binaries.Path("psql"), "-X", "-q", "-o", os.DevNull, "-v", "ON_ERROR_STOP=1", "-d", in.dsn(database))
	cmd.Env = append(os.Environ(), "PGCLIENTENCODING=UTF8", "PGOPTIONS=-c client_min_messages=warning")
	cmd.Stdin = bytes.NewReader(withoutMetaCommands(dump))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("running psql: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// withoutMetaCommands leaves out what would take psql to another database, or what older ones do not
// know. Rows of a COPY block are data and stay as they are.
func withoutMetaCommands(dump []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(dump))
	inCopy := false
	for line := range bytes.Lines(dump) {
		switch {
		case inCopy:
			inCopy = string(bytes.TrimRight(line, "\r\n")) != `\.`
		case bytes.HasPrefix(line, []byte("COPY ")):
			inCopy = bytes.HasSuffix(bytes.TrimRight(line, "\r\n"), []byte(" FROM stdin;"))
		case metaCommand.Match(line):
			continue
		}
		out.Write(line)
	}
	return out.Bytes()
}

var (
	metaCommand = regexp.MustCompile(`^(\\(restrict|unrestrict|connect|c) |(CREATE|ALTER|DROP) DATABASE )`)
	ownerLine   = regexp.MustCompile(`^(?:ALTER|GRANT|REVOKE) .* (?:OWNER TO|TO|FROM) ("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*);`)
)

// createOwners makes the roles that a dump hands things to and that the server does not have.
func createOwners(ctx context.Context, conn *pgx.Conn, dump []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(dump))
	lines.Buffer(nil, len(dump)+1)
	seen := map[string]bool{"PUBLIC": true, "public": true, pgserver.SuperUser: true}
	for lines.Scan() {
		m := ownerLine.FindStringSubmatch(lines.Text())
		if m == nil || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		sql := "DO $$ BEGIN CREATE ROLE " + m[1] + "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("creating role %s: %w", m[1], err)
		}
	}
	return lines.Err()
}
