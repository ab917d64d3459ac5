package ledger

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Plan is what it takes to keep the ledger in a table.
type Plan struct {
	Table string
	// Columns says which column of the table has which meaning, in words:
	// "filename names the file, as db-init/001_x.sql".
	Columns []string
	// Add are the columns that are missing, with their types.
	Add []string
	// Kept are the columns of the team's own that nothing is written to.
	Kept []string
	// Backfill are the names of files whose rows get the checksum of the file.
	Backfill []string
	// Unknown are the values of rows that name no file that is there.
	Unknown []string
	add     string // the ALTER TABLE
}

// Needed tells whether there is anything to do.
func (p Plan) Needed() bool { return len(p.Add)+len(p.Backfill) > 0 }

// Adopted tells whether the ledger can be kept in the table as it is.
func (t *Table) Adopted() bool { return !t.Exists || t.problem == "" && len(t.missing()) == 0 }

// Usable returns an [*UnusableError] where the table can't be written even after
// adoption.
func (t *Table) Usable() error {
	switch {
	case t.problem != "":
		return &UnusableError{t.Shown(), t.problem}
	case len(t.unfillable) > 0:
		return &UnusableError{t.Shown(), fmt.Sprintf("needs a value in %s for every row, and nothing is known to write there (give the column a default, or drop its NOT NULL)", strings.Join(t.unfillable, ", "))}
	}
	return nil
}

func (t *Table) missing() []role {
	var missing []role
	for r := range roleCount {
		if t.mapped[r] == nil {
			missing = append(missing, r)
		}
	}
	return missing
}

// Plan says what adopting the table would do.
func (t *Table) Plan(set sqlfile.Set, rows []Row) Plan {
	p := Plan{Table: t.Shown()}
	var add []string
	for _, r := range t.missing() {
		s := specs[r]
		name := s.name
		if t.has(name) {
			name = "schemaguard_" + name
		}
		p.Add = append(p.Add, name+" "+s.typ)
		add = append(add, "ADD COLUMN IF NOT EXISTS "+sqlquote.Identifier(name)+" "+s.typ)
	}
	if len(add) > 0 {
		p.add = "ALTER TABLE " + t.quoted() + " " + strings.Join(add, ", ")
	}
	taken := map[*Column]bool{}
	for r, c := range t.mapped {
		if c == nil {
			continue
		}
		taken[c] = true
		p.Columns = append(p.Columns, fmt.Sprintf("%s holds the %s", c.Name, meanings[r]))
	}
	for i := range t.Columns {
		if !taken[&t.Columns[i]] {
			p.Kept = append(p.Kept, t.Columns[i].Name)
		}
	}
	for _, row := range rows {
		f := set.Get(row.Name)
		switch {
		case f == nil:
			p.Unknown = append(p.Unknown, row.Raw)
		case row.Checksum == "" && row.Applied():
			p.Backfill = append(p.Backfill, f.Name)
		}
	}
	return p
}

var meanings = [...]string{
	roleName: "name of the file", roleChecksum: "checksum", roleStatus: "status", roleStarted: "start", roleFinished: "end",
	roleDuration: "duration", roleError: "error", roleTool: "version of the tool", rolePhase: "phase", roleCount: "",
	roleSuccess: "success", roleActor: "role that ran it",
}

func (t *Table) has(column string) bool {
	for _, c := range t.Columns {
		if c.Name == column {
			return true
		}
	}
	return false
}

// Adopt adds the missing columns and the checksums of rows whose file is there,
// in the transaction that the caller has open. The table must be found anew
// afterwards.
func (t *Table) Adopt(ctx context.Context, conn *pgconn.PgConn, set sqlfile.Set, searchPath []string) error {
	if err := t.Usable(); err != nil {
		return err
	}
	rows, err := t.Rows(ctx, conn, set)
	if err != nil {
		return err
	}
	if p := t.Plan(set, rows); p.add != "" {
		if err := conn.Exec(ctx, p.add).Close(); err != nil {
			return fmt.Errorf("adding columns to %s: %w", t.Shown(), err)
		}
	}
	adopted, err := Find(ctx, conn, t.Shown(), searchPath, set)
	if err != nil {
		return err
	}
	for _, row := range rows {
		f := set.Get(row.Name)
		if f == nil || row.Checksum != "" || !row.Applied() {
			continue
		}
		if err := adopted.SetChecksum(ctx, conn, row.Raw, f.Checksum); err != nil {
			return err
		}
	}
	return nil
}

// createSQL makes the table of our own shape. Two that make it at once are no
// harm where the lock is held; IF NOT EXISTS is for those who don't hold it.
const createSQL = `CREATE TABLE IF NOT EXISTS %[1]s (
  name         text PRIMARY KEY,
  checksum     text NOT NULL,
  status       text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
  started_at   timestamptz NOT NULL,
  finished_at  timestamptz,
  duration_ms  bigint,
  error        text,
  tool_version text NOT NULL,
  phase        text NOT NULL CHECK (phase IN ('pre', 'post'))
);
COMMENT ON TABLE %[1]s IS 'the numbered SQL files that were applied to this database; kept by schemaguard db-init'`

// Create makes the table where there is none.
func (t *Table) Create(ctx context.Context, conn *pgconn.PgConn) error {
	if t.Exists {
		return nil
	}
	if err := conn.Exec(ctx, fmt.Sprintf(createSQL, t.quoted())).Close(); err != nil {
		return fmt.Errorf("creating table %s: %w", t.Shown(), err)
	}
	return nil
}

// Own tells whether the table is of our own shape, made by [Table.Create]: no
// other program reads it.
func (t *Table) Own() bool {
	if len(t.Columns) != int(roleCount) {
		return false
	}
	for r := range roleCount {
		if t.mapped[r] == nil || t.mapped[r].Name != specs[r].name {
			return false
		}
	}
	return t.mapped[roleStatus].NotNull
}
