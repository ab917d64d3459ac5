package audit

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// fill adds the SQL to a finding.
func (f *Finding) fill() {
	switch f.State {
	case NotInDBInit:
		f.tries = nonEmpty(f.live.Create)
	case NotInLive:
		f.LiveSQL = f.built.Create
		return
	case Unchecked: // is said of a finding later
	case Differs:
		f.tries = changes(f.built, f.live)
		if back := changes(f.live, f.built); len(back) > 0 {
			f.LiveSQL = back[0]
		}
	}
	if len(f.tries) > 0 {
		f.SQL = f.tries[0]
	} else if f.Remark == "" {
		f.Remark = "no SQL can be given for it: write it by hand"
	}
}

func nonEmpty(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// changes returns what may turn an object into another of the same name, best first. What holds rows is
// never dropped to be made again.
func changes(from, to object.Object) []string {
	switch kind := to.Kind; {
	case kind == object.Column:
		return nonEmpty(changeColumn(from, to))
	case kind == object.Enum:
		return nonEmpty(addLabels(from, to))
	case kind == object.Table:
		return nonEmpty(setLogged(from, to))
	case kind.In(object.Partition, object.ForeignTable, object.Schema, object.Composite, object.Domain, object.Range, object.Other,
		object.Extension, object.Sequence, object.SequenceOwner, object.Comment, object.Hypertable):
		return nonEmpty(to.Replace)
	case kind.In(object.RowSecurity, object.Options):
		return nonEmpty(join(from.Drop, to.Create))
	}
	if from.Drop == "" || to.Create == "" {
		return nonEmpty(to.Replace)
	}
	return nonEmpty(to.Replace, from.Drop+"\n"+to.Create)
}

// setLogged is the SQL for two tables that differ in nothing else; "" where they do.
func setLogged(from, to object.Object) string {
	const unlogged = "UNLOGGED"
	bare := func(def string) string { return strings.TrimSpace(strings.TrimPrefix(def, unlogged)) }
	if bare(from.Def) != bare(to.Def) {
		return ""
	}
	word := "LOGGED"
	if strings.HasPrefix(to.Def, unlogged) {
		word = unlogged
	}
	return "ALTER TABLE " + sqlquote.Identifier(to.Schema) + "." + sqlquote.Identifier(to.Name) + " SET " + word + ";"
}

// changeColumn is the SQL that gives a column another type, collation, default and so on; "" where only
// a new column would do.
func changeColumn(from, to object.Object) string {
	a, b := from.Shape, to.Shape
	if a == nil || b == nil {
		return ""
	}
	alter := "ALTER TABLE " + sqlquote.Identifier(to.Schema) + "." + sqlquote.Identifier(to.Table) + " "
	name := sqlquote.Identifier(to.Name)
	column := alter + "ALTER COLUMN " + name + " "
	if a.Generated != b.Generated {
		// A column cannot become a generated one; its values are computed again.
		return join(from.Drop, to.Create)
	}
	var sql []string
	if a.Default != b.Default && a.Default != "" || a.Identity != b.Identity && a.Default != "" {
		sql = append(sql, column+"DROP DEFAULT;")
	}
	if a.Identity != b.Identity && a.Identity != "" {
		sql = append(sql, column+"DROP IDENTITY;")
	}
	if a.Type != b.Type || a.Collation != b.Collation {
		t := b.Type
		if b.Collation != "" {
			t += " " + b.Collation
		}
		sql = append(sql, column+"TYPE "+t+" USING "+name+"::"+b.Type+";")
	}
	if b.NotNull && !a.NotNull {
		sql = append(sql, column+"SET NOT NULL;")
	}
	if b.Default != "" && (a.Default != b.Default || a.Identity != b.Identity) {
		sql = append(sql, column+"SET DEFAULT "+b.Default+";")
	}
	if a.Identity != b.Identity && b.Identity != "" {
		sql = append(sql, column+"ADD "+b.Identity+";")
	}
	if a.NotNull && !b.NotNull {
		sql = append(sql, column+"DROP NOT NULL;")
	}
	return strings.Join(sql, "\n")
}

// columnRemark says what Directus makes of a column on its own.
func columnRemark(live, built object.Object) string {
	if live.Shape == nil || built.Shape == nil {
		return ""
	}
	switch {
	case live.Shape.Type != built.Shape.Type:
		return "Directus makes " + built.Shape.Type + " of it when it applies the snapshot to a new database"
	case live.Shape.Generated != "":
		return "Directus makes an ordinary column of it when it applies the snapshot to a new database"
	}
	return ""
}

// addLabels is the SQL that adds the labels that an enum lacks; "" where one would have to go or to move.
func addLabels(from, to object.Object) string {
	var sql []string
	next := 0
	name := sqlquote.Identifier(to.Schema) + "." + sqlquote.Identifier(to.Name)
	for i, label := range to.Columns {
		if next < len(from.Columns) && from.Columns[next] == label {
			next++
			continue
		}
		add := "ALTER TYPE " + name + " ADD VALUE IF NOT EXISTS " + strings.TrimSpace(object.Literal(label))
		switch {
		case i > 0:
			add += " AFTER " + strings.TrimSpace(object.Literal(to.Columns[i-1]))
		case len(from.Columns) > 0:
			add += " BEFORE " + strings.TrimSpace(object.Literal(from.Columns[0]))
		}
		sql = append(sql, add+";")
	}
	if next < len(from.Columns) {
		return ""
	}
	return strings.Join(sql, "\n")
}
