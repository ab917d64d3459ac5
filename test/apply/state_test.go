//go:build directus

package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/plan"
)

// state is what a database holds that an apply can change, each thing as one line: "column a.b" -> "integer null".
type state map[string]string

const stateSQL = `
SELECT 'table ' || relname, '' FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'column ' || relname || '.' || attname, format_type(atttypid, atttypmod)
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'notnull ' || relname || '.' || attname, ''
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND attnotnull AND NOT attisdropped
UNION ALL SELECT 'default ' || relname || '.' || attname, trim(both '''' from split_part(pg_get_expr(adbin, adrelid), '::', 1))
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attgenerated = ''
    AND pg_get_expr(adbin, adrelid) NOT LIKE 'NULL::%'
UNION ALL SELECT 'foreign ' || conrelid::regclass || '.' || attname || ' ' || conname, confrelid::regclass || ' ' || confupdtype::text || confdeltype::text
  FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f'
UNION ALL SELECT 'unique ' || conrelid::regclass || '.' || attname || ' ' || conname, ''
  FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'u'
UNION ALL SELECT 'index ' || c.relname || '.' || attname || ' ' || i.relname, '' FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
  JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] WHERE NOT indisunique AND c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'row directus_collections ' || collection, to_jsonb(t)::text FROM directus_collections t
UNION ALL SELECT 'row directus_fields ' || collection || '.' || field, string_agg((to_jsonb(t) - 'id')::text, ' ' ORDER BY id) FROM directus_fields t GROUP BY collection, field
UNION ALL SELECT 'row directus_relations ' || many_collection || '.' || many_field, string_agg((to_jsonb(t) - 'id')::text, ' ' ORDER BY id) FROM directus_relations t GROUP BY many_collection, many_field
UNION ALL SELECT 'presets ' || collection, count(*)::text FROM directus_presets GROUP BY collection`

func stateOf(t *testing.T, conn *pgx.Conn) state {
	t.Helper()
	out := state{}
	rows, err := conn.Query(t.Context(), stateSQL)
	if err != nil {
		t.Fatal(err)
	}
	var key, value *string
	if _, err := pgx.ForEachRow(rows, []any{&key, &value}, func() error {
		out[strings.ReplaceAll(*key, `"`, "")] = *value
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// changed lists what differs between two states: "- key", "+ key value", "~ key".
func changed(before, after state) []string {
	var out []string
	for key, was := range before {
		if is, ok := after[key]; !ok {
			out = append(out, "- "+key)
		} else if is != was {
			out = append(out, "~ "+key)
		}
	}
	for key := range after {
		if _, ok := before[key]; !ok {
			out = append(out, "+ "+key)
		}
	}
	slices.Sort(out)
	return out
}

// predicted is what the effects of a plan make of a state, in the lines of changed.
func predicted(before state, p *plan.Plan) []string {
	after := maps.Clone(before)
	for _, a := range p.Actions {
		for _, e := range a.Effects {
			after.take(e)
		}
	}
	return changed(before, after)
}

func (s state) take(e plan.Effect) {
	column := e.Table + "." + e.Column
	switch e.Op {
	case plan.CreateTable:
		s["table "+e.Table] = ""
	case plan.DropTable:
		s.forget(func(key string) bool {
			_, name, _ := strings.Cut(key, " ")
			return name == e.Table && strings.HasPrefix(key, "table ") || !strings.HasPrefix(key, "row ") &&
				(strings.HasPrefix(name, e.Table+".") || strings.HasPrefix(name, e.Table+" "))
		})
	case plan.AddColumn:
		s["column "+column] = e.To
	case plan.DropColumn:
		for _, what := range []string{"column ", "notnull ", "default "} {
			delete(s, what+column)
		}
		s.forget(func(key string) bool {
			_, name, _ := strings.Cut(key, " ")
			return strings.HasPrefix(name, column+" ") && !strings.HasPrefix(key, "row ")
		})
	case plan.ChangeType, plan.NarrowType:
		s["column "+column] = e.To
	case plan.SetDefault:
		delete(s, "default "+column)
		if e.To != "null" {
			s["default "+column] = e.To
		}
	case plan.SetNotNull:
		s["notnull "+column] = ""
	case plan.DropNotNull:
		delete(s, "notnull "+column)
	case plan.AddForeignKey:
		s["foreign "+column+" "+e.Name] = e.To
	case plan.DropForeignKey:
		delete(s, "foreign "+column+" "+e.Name)
	case plan.ChangeForeignKey:
		s["foreign "+column+" "+e.Name] = e.To
	case plan.AddIndex:
		s["index "+column+" "+e.Name] = ""
	case plan.DropIndex:
		delete(s, "index "+column+" "+e.Name)
	case plan.AddUnique:
		s["unique "+column+" "+e.Name] = ""
	case plan.DropUnique:
		delete(s, "unique "+column+" "+e.Name)
	case plan.AddMetaRow, plan.SetMeta:
		s["row "+e.Table+" "+e.Column] += "*"
	case plan.DeleteMetaRow:
		delete(s, "row "+e.Table+" "+e.Column)
	case plan.PurgeRows:
		s.forget(func(key string) bool {
			return strings.HasPrefix(key, "row "+e.Table+" "+e.Column+".") || e.Table == "directus_presets" && key == "presets "+e.Column
		})
	default:
		panic(fmt.Sprintf("effect %d is not compared", e.Op))
	}
}

func (s state) forget(match func(string) bool) {
	maps.DeleteFunc(s, func(key, _ string) bool { return match(key) })
}

// settled drops lines about new columns that no effect describes: whether they may be null and their defaults.
func settled(lines []string) []string {
	created := map[string]bool{}
	for _, l := range lines {
		if name, ok := strings.CutPrefix(l, "+ column "); ok {
			created[name] = true
		}
	}
	return slices.DeleteFunc(lines, func(l string) bool {
		for _, what := range []string{"+ notnull ", "+ default "} {
			if name, ok := strings.CutPrefix(l, what); ok && created[name] {
				return true
			}
		}
		return false
	})
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
