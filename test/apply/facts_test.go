//go:build directus

package apply

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/plan"
)

// factsOf reads what a plan needs to know of a database, without the code of the product that does the same.
func factsOf(t *testing.T, conn *pgx.Conn) plan.Facts {
	t.Helper()
	no := false
	f := plan.Facts{Tables: map[string]plan.Table{}, ForeignKeys: []plan.ForeignKey{}, FieldRows: map[string][]string{}, Licensed: &no}
	each := func(sql string, into ...any) func(func()) {
		return func(use func()) {
			rows, err := conn.Query(t.Context(), sql)
			if err == nil {
				_, err = pgx.ForEachRow(rows, into, func() error { use(); return nil })
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var name, column, other string
	each(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`, &name)(func() {
		f.Tables[name] = plan.Table{Indexes: map[string]string{}, Uniques: map[string]string{}, Pinned: map[string]string{}}
	})
	each(`SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY 1, attnum`, &name, &column)(func() {
		table := f.Tables[name]
		table.Columns = append(table.Columns, column)
		f.Tables[name] = table
	})
	each(`SELECT relname, attname FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
		WHERE indisprimary AND indnatts = 1 AND relnamespace = 'public'::regnamespace`, &name, &column)(func() {
		table := f.Tables[name]
		table.PrimaryKey = column
		f.Tables[name] = table
	})
	each(`SELECT c.relname, attname, i.relname FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
		JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] WHERE NOT indisunique AND indnatts = 1 AND c.relnamespace = 'public'::regnamespace`,
		&name, &column, &other)(func() { f.Tables[name].Indexes[column] = other })
	each(`SELECT relname, attname, conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
		WHERE contype = 'u' AND array_length(conkey, 1) = 1 AND relnamespace = 'public'::regnamespace`, &name, &column, &other)(func() { f.Tables[name].Uniques[column] = other })
	each(`SELECT DISTINCT c.relname, attname, v.relname FROM pg_depend JOIN pg_rewrite r ON r.oid = objid JOIN pg_class v ON v.oid = ev_class
		JOIN pg_class c ON c.oid = refobjid JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
		WHERE classid = 'pg_rewrite'::regclass AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`, &name, &column, &other)(func() {
		f.Tables[name].Pinned[""], f.Tables[name].Pinned[column] = "the view "+other, "the view "+other
	})
	each(`SELECT t.relname, ta.attname, g.attname FROM pg_depend d JOIN pg_attrdef x ON x.oid = d.objid JOIN pg_attribute g ON g.attrelid = adrelid AND g.attnum = adnum
		JOIN pg_class t ON t.oid = refobjid JOIN pg_attribute ta ON ta.attrelid = refobjid AND ta.attnum = refobjsubid
		WHERE classid = 'pg_attrdef'::regclass AND g.attgenerated = 's' AND ta.attnum <> g.attnum`, &name, &column, &other)(func() {
		f.Tables[name].Pinned[column] = "the generated column " + other
	})
	var fk plan.ForeignKey
	each(`SELECT conname, conrelid::regclass::text, a.attname, confrelid::regclass::text, b.attname, `+rule("confupdtype")+`, `+rule("confdeltype")+`
		FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1] JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
		WHERE contype = 'f' AND array_length(conkey, 1) = 1 ORDER BY pg_constraint.oid`,
		&fk.Name, &fk.Table, &fk.Column, &fk.ForeignTable, &fk.ForeignColumn, &fk.OnUpdate, &fk.OnDelete)(func() { f.ForeignKeys = append(f.ForeignKeys, fk) })
	each(`SELECT collection, field FROM directus_fields`, &name, &column)(func() { f.FieldRows[name] = append(f.FieldRows[name], column) })
	return f
}

func rule(column string) string {
	return "(CASE " + column + " WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END)"
}
