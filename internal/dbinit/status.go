package dbinit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// State says how a file stands.
type State string

// The states of an entry.
const (
	StatePending     State = "pending"
	StateApplied     State = "applied"
	StateChanged     State = "changed"     // applied, and the file is another now
	StateMissing     State = "missing"     // applied, and the file is gone
	StateInterrupted State = "interrupted" // began without a transaction, and nobody knows how far it came
	StateFailed      State = "failed"      // its last try failed
)

// Commands that problems name.
const (
	applyHint = "schemaguard db-init apply"
	adoptHint = "schemaguard db-init adopt"
)

// Entry is one file, one row, or both.
type Entry struct {
	Name  string
	State State
	File  *sqlfile.File // nil where there is none
	Row   *ledger.Row   // nil where there is none
}

// Phase is the phase of the file, or what the table says of a missing one.
func (e Entry) Phase() sqlfile.Phase {
	if e.File != nil {
		return e.File.Phase
	}
	return sqlfile.Phase(e.Row.Phase)
}

// Status is how files and table stand to each other.
type Status struct {
	Table   string // "public.migrations_applied"
	Exists  bool   // the table
	Adopted bool   // applied files can be recorded in the table as it is
	// Plan is what adopting would do; of use where Adopted is false.
	Plan ledger.Plan
	// Pooled: a pooler is in between; each file then takes the lock for itself.
	Pooled bool
	// Busy says which run holds the lock at this moment, "" where none does.
	Busy string
	// Entries are the files in the order in which they run, then the missing.
	Entries []Entry
	// Problems are all that is wrong, files first. Pending files are among them.
	Problems []sqlfile.Problem
}

// Pending returns the files that a run of a phase would apply, in order.
func (s Status) Pending(phase sqlfile.Phase) []*sqlfile.File {
	var files []*sqlfile.File
	for _, e := range s.Entries {
		if e.File != nil && phase.Includes(e.File.Phase) && (e.Row == nil || !e.Row.Applied()) {
			files = append(files, e.File)
		}
	}
	return files
}

// Blocking returns the problems that stop a run, but for those allowed.
func (s Status) Blocking(allow []sqlfile.Code) []sqlfile.Problem {
	var stop []sqlfile.Problem
	for _, p := range s.Problems {
		switch p.Code {
		case sqlfile.Pending, sqlfile.NoChecksum, sqlfile.Retry:
		default:
			stop = append(stop, p)
		}
	}
	return Without(stop, allow)
}

// Without leaves out the problems that are allowed and [Allowable].
func Without(problems []sqlfile.Problem, allow []sqlfile.Code) []sqlfile.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p sqlfile.Problem) bool {
		return slices.Contains(allow, p.Code) && slices.Contains(Allowable(), p.Code)
	})
}

// Allowable are the problems that a run can be told to live with.
func Allowable() []sqlfile.Code {
	return []sqlfile.Code{sqlfile.Gap, sqlfile.Missing, sqlfile.OutOfOrder}
}

// Allowed returns the problems of the words that settings and flags take: gap,
// missing, out-of-order. Its error names the first word that is none of
// them, and stands behind the name of the flag.
func Allowed(words []string) ([]sqlfile.Code, error) {
	var codes []sqlfile.Code
	for _, word := range words {
		i := slices.IndexFunc(Allowable(), func(code sqlfile.Code) bool { return WordOf(code) == word })
		if i < 0 {
			return nil, fmt.Errorf("takes gap, missing and out-of-order, not %q", word)
		}
		codes = append(codes, Allowable()[i])
	}
	return codes, nil
}

// WordOf is a code as settings and flags take it: out-of-order.
func WordOf(code sqlfile.Code) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(string(code), "DBINIT_"), "_", "-"))
}

// Status reads the table and compares. It changes nothing.
func (r *Runner) Status(ctx context.Context) (Status, error) {
	if err := r.find(ctx); err != nil {
		return Status{}, err
	}
	s := Status{Table: r.Table(), Exists: r.table.Exists, Adopted: r.table.Adopted(), Pooled: r.pooled}
	unusable := r.table.Usable()
	rows, err := r.table.Rows(ctx, r.conn, r.set)
	if err != nil && unusable == nil {
		return Status{}, r.broken(err)
	}
	if s.Busy, err = r.holder(ctx); err != nil {
		return Status{}, err
	}
	s.Plan = r.table.Plan(r.set, rows)
	s.compare(r.set, rows)
	s.judge(r.problems)
	switch {
	case unusable != nil:
		s.Problems = append([]sqlfile.Problem{{Code: sqlfile.BadTable, Text: terminal.Clean(unusable.Error())}}, s.Problems...)
	case !s.Adopted:
		s.Problems = append([]sqlfile.Problem{{
			Code: sqlfile.NotAdopted, Hint: adoptHint,
			Text: fmt.Sprintf("table %s has a shape of its own, and was not adopted yet", s.Table),
		}}, s.Problems...)
	}
	s.onlyHintsThatWork(r.opt.Allow, unusable == nil)
	return s, nil
}

// onlyHintsThatWork takes out what would be refused as things stand.
func (s *Status) onlyHintsThatWork(allow []sqlfile.Code, adoptable bool) {
	stopped := len(s.Blocking(allow)) > 0
	for i := range s.Problems {
		p := &s.Problems[i]
		if p.Hint == applyHint && stopped || p.Hint == adoptHint && !adoptable {
			p.Hint = ""
		}
	}
}

// compare makes the entries.
func (s *Status) compare(set sqlfile.Set, rows []ledger.Row) {
	byName := map[string]*ledger.Row{}
	for i := range rows {
		row := &rows[i]
		if byName[row.Name] != nil {
			s.Problems = append(s.Problems, sqlfile.Problem{
				Code: sqlfile.Twice, Name: row.Name,
				Text: fmt.Sprintf("table %s has two rows for %s", s.Table, terminal.Clean(row.Name)), Hint: "delete the row that is wrong",
			})
			continue
		}
		byName[row.Name] = row
	}
	for i := range set.Files {
		f := &set.Files[i]
		row := byName[f.Name]
		delete(byName, f.Name)
		s.Entries = append(s.Entries, Entry{Name: f.Name, State: stateOf(f, row), File: f, Row: row})
	}
	for i := range rows {
		if row := &rows[i]; byName[row.Name] == row {
			state := StateMissing
			switch {
			case row.Status == ledger.Running:
				state = StateInterrupted
			case !row.Applied():
				state = StateFailed
			}
			s.Entries = append(s.Entries, Entry{Name: row.Name, State: state, Row: row})
		}
	}
}

func stateOf(f *sqlfile.File, row *ledger.Row) State {
	switch {
	case row == nil:
		return StatePending
	case row.Status == ledger.Running:
		return StateInterrupted
	case !row.Applied():
		return StateFailed
	case row.Checksum != "" && row.Checksum != f.Checksum:
		return StateChanged
	}
	return StateApplied
}

// judge says what is wrong, given what is wrong with the files alone.
func (s *Status) judge(files []sqlfile.Problem) {
	states := map[string]State{}
	for _, e := range s.Entries {
		states[e.Name] = e.State
	}
	broken := map[string]bool{} // there, but no file that can be read
	for _, p := range files {
		broken[p.Name] = true
		applied := states[p.Name] == StateApplied || states[p.Name] == StateChanged
		if !p.Statement || !applied {
			s.Problems = append(s.Problems, p)
		}
	}
	highest := map[sqlfile.Phase]*sqlfile.File{}
	renamed := s.renamed()
	for _, e := range s.Entries {
		if e.File != nil && e.Row != nil && e.Row.Applied() {
			highest[e.File.Phase] = e.File
		}
	}
	for _, e := range s.Entries {
		if p := e.problem(highest[e.Phase()]); p.Code != "" && !(p.Code == sqlfile.Missing && broken[e.Name]) {
			if e.State == StateInterrupted && s.Busy != "" {
				p.Text, p.Hint = "a run of db-init is at it at this moment ("+s.Busy+")", "schemaguard db-init status"
			}
			if other, ok := renamed[e.Name]; ok {
				p.Text, p.Hint = other.text, other.hint
			}
			s.Problems = append(s.Problems, p)
		}
	}
}

// renaming is what is said of a file that seems to have got another name.
type renaming struct{ text, hint string }

// renamed finds files that were applied under another name, by their content: to
// run one again is what nobody wants.
func (s *Status) renamed() map[string]renaming {
	gone := map[string]string{}
	for _, e := range s.Entries {
		if e.State == StateMissing && e.Row.Checksum != "" {
			gone[e.Row.Checksum] = e.Name
		}
	}
	found := map[string]renaming{}
	for _, e := range s.Entries {
		if e.State != StatePending {
			continue
		}
		if old, ok := gone[e.File.Checksum]; ok {
			hint := repair(MarkApplied, e.Name)
			found[e.Name] = renaming{fmt.Sprintf("it is not applied yet, and %s, which was, has the same content and is gone: if it was renamed, it must not run again", terminal.Clean(old)), hint}
			found[old] = renaming{fmt.Sprintf("it was applied to this database, and there is no such file, but %s has its content: if it was renamed, say so", terminal.Clean(e.Name)), hint}
			delete(gone, e.File.Checksum)
		}
	}
	return found
}

// repair is the command that makes a repair.
func repair(mend Mend, name string) string {
	line, _ := terminal.Quote("schemaguard", "db-init", "repair", "--"+string(mend), name)
	return line
}

// problem is what is wrong with one entry; last is the last applied file of its
// phase.
func (e Entry) problem(last *sqlfile.File) sqlfile.Problem {
	p := sqlfile.Problem{Name: e.Name, File: e.Name}
	if e.File != nil {
		p.File = e.File.Path
	}
	switch e.State {
	case StateChanged:
		p.Code = sqlfile.Changed
		p.Text = fmt.Sprintf("it was changed after it was applied (checksum %.8s, applied as %.8s)", e.File.Checksum, terminal.Clean(e.Row.Checksum))
		p.Hint = repair(AcceptChecksum, e.Name)
	case StateMissing:
		p.Code, p.Hint = sqlfile.Missing, repair(Forget, e.Name)
		p.Text = "it was applied to this database, and there is no such file"
	case StateInterrupted:
		p.Code, p.Hint = sqlfile.Interrupted, repair(Forget, e.Name)
		p.Text = "it began without a transaction and did not end: nobody knows which of its statements ran"
	case StateFailed:
		if e.File == nil && !halfway(e.Row) {
			return sqlfile.Problem{} // it left nothing behind, and nobody will try it again
		}
		p.Code, p.Text = sqlfile.Retry, "its last try failed, and left nothing behind: "+terminal.Clean(e.Row.Error)
		if halfway(e.Row) {
			p.Code, p.Hint = sqlfile.Failed, repair(Forget, e.Name)
			p.Text = "it stopped half way: " + terminal.Clean(e.Row.Error)
			if e.Row.Foreign() {
				p.Text = "another program recorded that it failed, and nobody knows what it left behind"
			}
		}
	case StatePending:
		p.Code, p.Text, p.Hint = sqlfile.Pending, "it is not applied yet", applyHint
		if last != nil && last.Number > e.File.Number {
			p.Code, p.Hint = sqlfile.OutOfOrder, "give it a number after "+last.Name+", or allow it: --allow out-of-order"
			p.Text = fmt.Sprintf("it is not applied yet, but comes before %s, which is", last.Name)
		}
	case StateApplied:
		if e.Row.Checksum == "" {
			p.Code, p.Hint = sqlfile.NoChecksum, adoptHint
			p.Text = "it was applied, and nobody recorded with which content"
		}
	}
	return p
}

// Verify returns the problems of a [Status]: none where every file is applied,
// unchanged, and nothing else was. The error is for a status that could not be
// had.
func (r *Runner) Verify(ctx context.Context) ([]sqlfile.Problem, error) {
	s, err := r.Status(ctx)
	if err != nil {
		return nil, err
	}
	return s.Problems, nil
}

// Tracked returns the collections that Directus tracks in the database; none where
// there is no Directus. Which schema its tables are in is asked of Directus's search
// path, else of the session's.
func (r *Runner) Tracked(ctx context.Context) ([]string, error) {
	path := "current_schemas(false)"
	for i, name := range r.opt.SearchPath {
		if i == 0 {
			path = "ARRAY[]::text[]"
		}
		path += " || " + sqlquote.Literal(name) + "::text"
	}
	there := "SELECT coalesce((SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN unnest((" + path +
		")::text[]) WITH ORDINALITY AS s(name, place) ON s.name = n.nspname WHERE c.relname = 'directus_collections' ORDER BY s.place LIMIT 1), '')"
	table, err := r.text(ctx, there)
	if err != nil || table == "" {
		return nil, err
	}
	results, err := r.conn.Exec(ctx, "SELECT collection FROM "+table+" ORDER BY 1").ReadAll()
	if err != nil {
		return nil, r.broken(fmt.Errorf("reading directus_collections: %w", err))
	}
	var names []string
	for _, row := range results[0].Rows {
		names = append(names, string(row[0]))
	}
	return names, nil
}
