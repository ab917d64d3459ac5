package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// compressionSince is the first server whose columns have a compression.
const compressionSince = 140000

// query is readSQL for a server and a table.
func query(version, oid string) string {
	compression := "''"
	if n, err := strconv.Atoi(version); err == nil && n >= compressionSince {
		compression = "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE '' END"
	}
	return strings.NewReplacer("{{oid}}", oid, "{{compression}}", compression,
		"{{table}}", "pg_catalog.format('%I.%I', n.nspname, c.relname)").Replace(readSQL)
}

// Qualified is the table's quoted name with its schema.
func (t *Table) Qualified() string { return statement.Qualified(t.Schema, t.Name) }

// Create returns the statements that make the table without what hangs on it:
// sequences, columns, comments. Rows come next, then [Table.Attach].
func (t *Table) Create() []string {
	var out []string
	for _, s := range t.Sequences {
		if !s.Identity {
			out = append(out, "CREATE SEQUENCE "+statement.Qualified(s.Schema, s.Name)+s.options())
		}
	}
	columns := make([]string, len(t.Columns))
	for i := range t.Columns {
		columns[i] = t.columnSQL(&t.Columns[i], true)
	}
	kind := "CREATE TABLE "
	if t.Unlogged {
		kind = "CREATE UNLOGGED TABLE "
	}
	create := kind + t.Qualified() + " (" + strings.Join(columns, ", ") + ")"
	if len(t.Options) > 0 {
		create += " WITH (" + strings.Join(t.Options, ", ") + ")"
	}
	out = append(out, create)
	out = append(out, t.owned(t.Sequences)...)
	for i := range t.Columns {
		out = append(out, t.columnExtras(&t.Columns[i])...)
	}
	if t.Comment != "" {
		out = append(out, "COMMENT ON TABLE "+t.Qualified()+" IS "+statement.Value(t.Comment))
	}
	return out
}

// AddColumn returns the statements that add one of the columns again, nullable
// until its values are in.
func (t *Table) AddColumn(name string) []string {
	c := t.Column(name)
	var out []string
	for _, s := range t.SequencesOf(name) {
		if !s.Identity {
			out = append(out, "CREATE SEQUENCE "+statement.Qualified(s.Schema, s.Name)+s.options())
		}
	}
	// An identity column cannot be null: its rows are numbered and then overwritten.
	out = append(out, "ALTER TABLE "+t.Qualified()+" ADD COLUMN "+t.columnSQL(c, c.Identity != ""))
	out = append(out, t.owned(t.SequencesOf(name))...)
	return append(out, t.columnExtras(c)...)
}

// SequencesOf returns the sequences that a column owns.
func (t *Table) SequencesOf(column string) []Sequence {
	var of []Sequence
	for _, s := range t.Sequences {
		if s.Column == column {
			of = append(of, s)
		}
	}
	return of
}

func (t *Table) owned(sequences []Sequence) []string {
	var out []string
	for _, s := range sequences {
		name := statement.Qualified(s.Schema, s.Name)
		if !s.Identity {
			out = append(out, "ALTER SEQUENCE "+name+" OWNED BY "+t.Qualified()+"."+statement.Name(s.Column))
		}
		if s.Comment != "" {
			out = append(out, "COMMENT ON SEQUENCE "+name+" IS "+statement.Value(s.Comment))
		}
	}
	return out
}

func (s Sequence) options() string {
	cycle := " NO CYCLE"
	if s.Cycle {
		cycle = " CYCLE"
	}
	return " AS " + s.Type + s.numbers() + cycle
}

func (s Sequence) numbers() string {
	return " INCREMENT BY " + s.Increment + " MINVALUE " + s.Min + " MAXVALUE " + s.Max + " START WITH " + s.Start + " CACHE " + s.Cache
}

// Advance returns the query that moves a sequence of the table to where it was, or
// past the highest number that its column has.
func (t *Table) Advance(s Sequence) string {
	name := statement.Value(statement.Qualified(s.Schema, s.Name))
	highest, pick := "max", "greatest"
	if strings.HasPrefix(s.Increment, "-") {
		highest, pick = "min", "least"
	}
	last, there := "NULL", "NULL"
	if s.Last != "" {
		last = s.Last
	}
	// A column may make something else of the number: 'INV-' || nextval(...).
	if c := t.Column(s.Column); c != nil && slices.Contains([]string{"smallint", "integer", "bigint"}, c.Type) {
		there = "(SELECT " + highest + "(" + statement.Name(s.Column) + ")::bigint FROM " + t.Qualified() + ")"
	}
	return fmt.Sprintf("SELECT pg_catalog.setval(%s, v) FROM (SELECT %s(%s::bigint, %s::bigint) AS v) x WHERE v BETWEEN %s AND %s",
		name, pick, last, there, s.Min, s.Max)
}

// columnSQL writes a column. Its NOT NULL is left out where values come later.
func (t *Table) columnSQL(c *Column, notNull bool) string {
	var b strings.Builder
	b.WriteString(statement.Name(c.Name) + " " + c.Type)
	if c.Compress != "" {
		b.WriteString(" COMPRESSION " + c.Compress)
	}
	if c.Collation != "" {
		b.WriteString(" COLLATE " + c.Collation)
	}
	switch {
	case c.Generated == "v":
		b.WriteString(" GENERATED ALWAYS AS (" + c.Default + ") VIRTUAL")
	case c.Generated != "":
		b.WriteString(" GENERATED ALWAYS AS (" + c.Default + ") STORED")
	case c.Identity != "":
		how := "BY DEFAULT"
		if c.Identity == "a" {
			how = "ALWAYS"
		}
		b.WriteString(" GENERATED " + how + " AS IDENTITY")
		for _, s := range t.SequencesOf(c.Name) {
			if s.Identity {
				b.WriteString(" (SEQUENCE NAME " + statement.Qualified(s.Schema, s.Name) + s.numbers() + map[bool]string{true: " CYCLE"}[s.Cycle] + ")")
			}
		}
	case c.Default != "":
		b.WriteString(" DEFAULT " + c.Default)
	}
	if c.NotNull && notNull {
		b.WriteString(" NOT NULL")
	}
	return b.String()
}

func (t *Table) columnExtras(c *Column) []string {
	alter := "ALTER TABLE " + t.Qualified() + " ALTER COLUMN " + statement.Name(c.Name)
	var out []string
	if c.Storage != "" {
		out = append(out, alter+" SET STORAGE "+c.Storage)
	}
	if c.Statistics >= 0 {
		out = append(out, alter+" SET STATISTICS "+strconv.Itoa(c.Statistics))
	}
	if c.Options != "" {
		out = append(out, alter+" SET ("+c.Options+")")
	}
	if c.Comment != "" {
		out = append(out, "COMMENT ON COLUMN "+t.Qualified()+"."+statement.Name(c.Name)+" IS "+statement.Value(c.Comment))
	}
	return out
}

// Attachment is one thing that hangs on a table, and the statements that make it.
type Attachment struct {
	What string // "index orders_sent", for people
	SQL  string
	// Soft tells that the table is whole without it: a grant to a role that is gone.
	Soft bool
}

// Attach returns what hangs on the table but for foreign keys, in the order to make
// it in, once the rows are in. With columns, only what depends on one of those.
func (t *Table) Attach(columns ...string) []Attachment {
	var out []Attachment
	add := func(what string, objects []Object, soft bool, comment string) {
		for _, o := range objects {
			if len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(o.Columns, c) }) {
				continue
			}
			sql := o.SQL
			if o.Comment != "" && comment != "" {
				sql += "; COMMENT ON " + strings.NewReplacer("{name}", statement.Name(o.Name), "{qualified}", statement.Qualified(o.Schema, o.Name), "{table}", t.Qualified()).Replace(comment) + " IS " + statement.Value(o.Comment)
			}
			if what == "trigger" && o.Kind != "" && o.Kind != "O" {
				sql += "; ALTER TABLE " + t.Qualified() + " " + TriggerState(o.Kind) + " " + statement.Name(o.Name)
			}
			out = append(out, Attachment{what + " " + o.Name, sql, soft})
		}
	}
	add("constraint", t.Constraints, false, "CONSTRAINT {name} ON {table}")
	add("index", t.Indexes, false, "INDEX {qualified}")
	add("statistics", t.Statistics, true, "STATISTICS {qualified}")
	add("trigger", t.Triggers, true, "TRIGGER {name} ON {table}")
	add("rule", t.Rules, true, "RULE {name} ON {table}")
	add("policy", t.Policies, true, "POLICY {name} ON {table}")
	if len(columns) == 0 {
		out = append(out, t.security()...)
		add("publication", t.Publication, true, "")
	}
	add("grant to", t.Grants, true, "")
	for _, s := range t.Sequences {
		if len(columns) > 0 && !slices.Contains(columns, s.Column) {
			continue
		}
		for _, g := range s.Grants {
			out = append(out, Attachment{"grant on sequence " + s.Name + " to " + g.Name, g.SQL, true})
		}
	}
	if len(columns) == 0 {
		out = append(out, Attachment{"owner " + t.Owner, "ALTER TABLE " + t.Qualified() + " OWNER TO " + statement.Name(t.Owner), true})
	}
	return out
}

// TriggerState is the word of ALTER TABLE for a pg_trigger.tgenabled.
func TriggerState(enabled string) string {
	switch enabled {
	case "D":
		return "DISABLE TRIGGER"
	case "R":
		return "ENABLE REPLICA TRIGGER"
	case "A":
		return "ENABLE ALWAYS TRIGGER"
	}
	return "ENABLE TRIGGER"
}

// security is who sees which rows; a table without it would show too much.
func (t *Table) security() []Attachment {
	var out []Attachment
	if t.RowSecurity {
		out = append(out, Attachment{"row level security", "ALTER TABLE " + t.Qualified() + " ENABLE ROW LEVEL SECURITY", false})
	}
	if t.ForcedRows {
		out = append(out, Attachment{"forced row level security", "ALTER TABLE " + t.Qualified() + " FORCE ROW LEVEL SECURITY", false})
	}
	if t.Identity == "f" {
		out = append(out, Attachment{"replica identity", "ALTER TABLE " + t.Qualified() + " REPLICA IDENTITY FULL", true})
	}
	if t.Identity == "n" {
		out = append(out, Attachment{"replica identity", "ALTER TABLE " + t.Qualified() + " REPLICA IDENTITY NOTHING", true})
	}
	if t.Identity == "i" {
		out = append(out, Attachment{"replica identity", "ALTER TABLE " + t.Qualified() + " REPLICA IDENTITY USING INDEX " + statement.Name(t.ReplicaBy), true})
	}
	if t.ClusterBy != "" {
		out = append(out, Attachment{"clustering", "ALTER TABLE " + t.Qualified() + " CLUSTER ON " + statement.Name(t.ClusterBy), true})
	}
	return out
}

// SQL is the statements that made the table, or a column with what depends on it, for a
// person to read; empty without a table.
func (t *Table) SQL(column string) []string {
	if t == nil {
		return nil
	}
	sql, attached, foreign := t.Create(), t.Attach(), t.Foreign
	if column != "" {
		sql, attached, foreign = t.AddColumn(column), t.Attach(column), Of(foreign, column)
	}
	for _, a := range attached {
		sql = append(sql, a.SQL)
	}
	for _, o := range foreign {
		sql = append(sql, o.SQL)
	}
	return sql
}

// Strangers is the query for the statements that take away what the server's default
// privileges gave to others on tables and sequences that were just made. Without them
// a table would come back open to more people than it was.
func Strangers(relations ...string) string {
	return `SELECT DISTINCT pg_catalog.format('REVOKE ALL ON %s %s FROM %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass,
  CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END)
FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x
WHERE x.grantee <> c.relowner AND c.oid IN (SELECT pg_catalog.to_regclass(n) FROM unnest(ARRAY[` + statement.Values(relations) + `]::text[]) n)`
}

// Owned are the qualified names of sequences.
func Owned(sequences []Sequence) []string {
	var names []string
	for _, s := range sequences {
		names = append(names, statement.Qualified(s.Schema, s.Name))
	}
	return names
}
