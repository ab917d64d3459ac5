package overlap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Claims are what the other side says.
type Claims struct {
	// Snapshot is what Directus will apply; nil where there is none to rely on.
	Snapshot *snapshot.Snapshot
	// Schemas are where Directus looks for tables; empty means public. A table that
	// is said to be in another is none of its.
	Schemas []string
	// Tracked are the rows of directus_collections in the database: what Directus
	// may drop.
	Tracked []string
	// Excluded are DB_EXCLUDE_TABLES: what Directus leaves alone.
	Excluded []string
	// Pending tells whether a file is still to be run: what an applied one did is
	// in the database by now, and the check of the schema compares that.
	Pending func(name string) bool
}

// Judge returns what the files and the other side both claim.
func Judge(set sqlfile.Set, c Claims) []sqlfile.Problem {
	if c.Snapshot == nil {
		return nil
	}
	var problems []sqlfile.Problem
	for i := range set.Files {
		f := &set.Files[i]
		for _, s := range f.Statements {
			for _, e := range Effects(s.Text) {
				p := c.judge(f, e)
				if p.Code == "" {
					continue
				}
				p.File, p.Name, p.At = f.Path, f.Name, sqltext.At(f.Text, s.Offset+e.Offset)
				problems = append(problems, p)
			}
		}
	}
	return problems
}

func (c Claims) judge(f *sqlfile.File, e Effect) sqlfile.Problem {
	if e.Schema != "" && !slices.Contains(c.schemas(), e.Schema) {
		return sqlfile.Problem{}
	}
	managed := c.collection(e.Table)
	if e.Kind == CreateTable {
		return c.created(f, e, managed)
	}
	if !managed || !c.Pending(f.Name) || c.agrees(e) {
		return sqlfile.Problem{}
	}
	return sqlfile.Problem{
		Code: sqlfile.Revert, Text: consequence(e),
		Hint: "make the change in Directus and save it: schemaguard snapshot --stage",
	}
}

func (c Claims) schemas() []string {
	if len(c.Schemas) == 0 {
		return []string{"public"}
	}
	return c.Schemas
}

// created judges a table that a file creates. A ghost needs both sides: what
// Directus does not track it does not drop (since 11.10.0), and what it was told
// to leave alone neither.
func (c Claims) created(f *sqlfile.File, e Effect, managed bool) sqlfile.Problem {
	table := terminal.Clean(e.Table)
	switch {
	case managed && !(f.Phase == sqlfile.Post && e.IfNotExists):
		return sqlfile.Problem{
			Code: sqlfile.Creates,
			Text: fmt.Sprintf("it creates table %s, which the snapshot creates too: on a new database \"directus schema apply\" fails (Collection already exists)", table),
			Hint: "leave the table to one of the two: take it out of the file, or out of the snapshot",
		}
	case !c.has(e.Table) && slices.Contains(c.Tracked, e.Table) && !slices.Contains(c.Excluded, e.Table):
		return sqlfile.Problem{
			Code: sqlfile.Ghost,
			Text: fmt.Sprintf("it creates table %s, which Directus tracks in this database and the snapshot lacks: the next \"directus schema apply\" drops it with its rows", table),
			Hint: "add " + table + " to DB_EXCLUDE_TABLES, or save it: schemaguard snapshot --stage",
		}
	}
	return sqlfile.Problem{}
}

// has tells whether the snapshot has the collection in any form: as a folder too.
func (c Claims) has(name string) bool {
	return c.Snapshot.Get(snapshot.Key{Kind: snapshot.Collection, Collection: name}) != nil
}

// collection tells whether the snapshot has it as a table.
func (c Claims) collection(table string) bool {
	item := c.Snapshot.Get(snapshot.Key{Kind: snapshot.Collection, Collection: table})
	return item != nil && !item.Schema().IsNull()
}

// agrees tells whether the snapshot says of the column what the statement makes
// of it.
func (c Claims) agrees(e Effect) bool {
	field := c.Snapshot.Get(snapshot.Key{Kind: snapshot.Field, Collection: e.Table, Field: e.Column})
	known := field != nil && !field.Schema().IsNull()
	switch {
	case e.Kind == DropColumn:
		return !known
	case e.Kind == AddColumn:
		return known
	case !known:
		return e.Kind != RenameTable && e.Kind != DropTable && e.Kind != RenameColumn
	case e.Kind == AlterType:
		return slices.Contains(spellings(field), e.Type)
	case e.Kind == SetNotNull:
		return !field.Schema().Get("is_nullable").Bool()
	case e.Kind == DropNotNull:
		return field.Schema().Get("is_nullable").Bool()
	case e.Kind == SetDefault:
		return strings.EqualFold(e.Default, written(field.Schema().Get("default_value")))
	}
	return false
}

// written is a default of the snapshot as expression has one; "" where there is none.
func written(v jsvalue.Value) string {
	switch text := jsvalue.Text(v); {
	case v.IsNull():
		return ""
	case text == "":
		return emptyText
	case strings.EqualFold(text, "now()"):
		return "CURRENT_TIMESTAMP"
	default:
		return text
	}
}

// spellings are the type of a field, as typeName may have it.
func spellings(field *snapshot.Item) []string {
	s := field.Schema()
	base := s.Get("data_type").Str()
	all := []string{}
	length, precision, scale := s.Get("max_length"), s.Get("numeric_precision"), s.Get("numeric_scale")
	switch {
	case !length.IsNull():
		return append(all, fmt.Sprintf("%s(%.0f)", base, length.Number()))
	case base == "numeric" && !precision.IsNull():
		all = append(all, fmt.Sprintf("numeric(%.0f,%.0f)", precision.Number(), scale.Number()))
		if scale.IsNull() || scale.Number() == 0 {
			all = append(all, fmt.Sprintf("numeric(%.0f)", precision.Number()))
		}
		return all
	}
	return append(all, base)
}

func consequence(e Effect) string {
	table, column := terminal.Clean(e.Table), terminal.Clean(e.Table+"."+e.Column)
	switch e.Kind {
	case AddColumn:
		return fmt.Sprintf("it adds column %s to a table that the snapshot manages, and the snapshot lacks it: the next \"directus schema apply\" drops it with its values", column)
	case DropColumn:
		return fmt.Sprintf("it drops column %s, which the snapshot has: the next \"directus schema apply\" makes it anew, empty", column)
	case RenameColumn:
		return fmt.Sprintf("it renames column %s, which the snapshot manages: the next \"directus schema apply\" drops the new name with its values and makes the old one anew, empty", column)
	case DropTable, RenameTable:
		return fmt.Sprintf("it takes away table %s, which the snapshot manages: the next \"directus schema apply\" makes it anew, empty", table)
	default:
		return fmt.Sprintf("it changes column %s, which the snapshot manages and describes otherwise: the next \"directus schema apply\" changes it back, and cuts values that no longer fit", column)
	}
}
