package plan

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/column"
	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// addColumn follows FieldsService.addColumnToTable for a column that is new.
func (s *simulation) addColumn(t *dbstate.Table, key snapshot.Key, item jsvalue.Value, existing bool) {
	schema, typ := item.Get("schema"), item.Get("type").Str()
	c, ok := column.Built(typ, schema)
	if !ok {
		if typ == "unknown" {
			s.diverge("its type is unknown to Directus, which makes no column for it")
		}
		return
	}
	if c.Problem != "" {
		s.fail("column %s cannot be made: %s", key.Name(), c.Problem)
		return
	}
	isKey := schemadiff.Truthy(schema.Get("is_primary_key")) || c.Sequence
	if isKey && t.Key != "" {
		s.fail("table %s cannot get %s as a second primary key", key.Collection, key.Field)
	} else if isKey {
		t.Key = key.Field
	}
	t.Columns = append(t.Columns, key.Field)
	s.effect(Effect{Op: AddColumn, Table: key.Collection, Column: key.Field, To: c.String()})
	def := schema.Get("default_value")
	s.checkDefault(key, c, def)
	s.checkBuilt(c, schema)
	if existing && !t.Empty && schema.Get("is_nullable").Kind() == jsvalue.KindBool && !schema.Get("is_nullable").Bool() && def.IsNull() {
		s.mayFail("rows in %s make it fail, because %s may not be null and has no default", key.Collection, key.Field)
	}
	for _, flag := range []struct {
		key, kind string
		op        Op
	}{{"is_unique", "unique", AddUnique}, {"is_indexed", "index", AddIndex}} {
		if schema.Get(flag.key).Bool() && !isKey && (flag.op != AddIndex || s.rules.HasIsIndexed) {
			s.effect(Effect{Op: flag.op, Table: key.Collection, Column: key.Field, Name: column.IndexName(flag.kind, key.Collection, key.Field, 63)})
		}
	}
}

// checkDefault notes what becomes of a default.
func (s *simulation) checkDefault(key snapshot.Key, c column.Column, def jsvalue.Value) {
	problem, change := column.Default(c, def, s.quirks.QuotesFunctions)
	if problem != "" {
		s.fail("the default of %s %s", key.Name(), problem)
	}
	if change != "" {
		s.diverge("%s", change)
	}
}

// checkBuilt compares the column that Directus makes with the one that the file describes.
func (s *simulation) checkBuilt(c column.Column, schema jsvalue.Value) {
	if change := column.Mismatch(c, schema); change != "" {
		s.diverge("%s", change)
	}
}

// updateColumn follows FieldsService.updateField: where the schema is not quite what the database has, the whole column
// is altered.
func (s *simulation) updateColumn(e *schemadiff.Entry, typ string, schema jsvalue.Value) {
	live := e.Live.Schema()
	if live.IsNull() {
		s.fail("field %s has no column to change", e.Key.Name())
		return
	}
	if live.Get("is_primary_key").Bool() && schema.Get("is_nullable").Bool() {
		s.fail("the primary key %s cannot be null", e.Key.Name())
		return
	}
	if !schemadiff.AltersColumn(e.Live, schema, s.rules) {
		return
	}
	c, ok := column.Built(typ, schema)
	if !ok {
		s.diverge("its type is unknown to Directus, which does not change its column")
		return
	}
	if problem := s.alterProblem(e, c, schema); problem != "" {
		s.fail("column %s cannot be changed: %s", e.Key.Name(), problem)
		return
	}
	s.changeType(e, column.Of(live), c)
	s.changeDefault(e, c, schema)
	s.changeNull(e, schema)
	s.changeIndexes(e, schema)
	s.checkBuilt(c, schema)
	for _, key := range []string{"name", "table", "is_primary_key", "is_generated", "generation_expression", "has_auto_increment"} {
		if !jsvalue.Equal(live.Get(key), schema.Get(key)) {
			s.diverge("Directus does not change the schema's %s", key)
		}
	}
}

func (s *simulation) alterProblem(e *schemadiff.Entry, c column.Column, schema jsvalue.Value) string {
	live, collection, field := column.Of(e.Live.Schema()), e.Key.Collection, e.Key.Field
	if problem := column.AlterProblem(live, c); problem != "" {
		return problem
	}
	switch {
	case schemadiff.Truthy(schema.Get("is_primary_key")):
		return "Directus would make it the primary key a second time"
	case schemadiff.Truthy(e.Live.Schema().Get("is_generated")):
		return "it is generated"
	case s.db.PinnedBy(collection, field) != "":
		return s.db.PinnedBy(collection, field) + " depends on it"
	case column.Family(live.DataType) == column.Family(c.DataType):
		return ""
	}
	if fk := s.db.ForeignKeyAt(collection, field); fk != nil {
		return "the foreign key " + fk.Name + " needs " + live.String()
	}
	return ""
}

func (s *simulation) changeType(e *schemadiff.Entry, from, to column.Column) {
	if from.SameType(to) || strings.EqualFold(from.DataType, to.DataType) && from.Length == to.Length && from.DataType != "numeric" {
		return
	}
	effect := Effect{Op: ChangeType, Table: e.Key.Collection, Column: e.Key.Field, From: from.String(), To: to.String()}
	if lossy, length := column.Narrows(from, to); lossy {
		effect.Op, effect.MaxLength = NarrowType, length
	}
	s.effect(effect)
	s.action().Verb = Update
	if column.Cast(from, to) == column.Maybe && !s.facts.Tables[e.Key.Collection].Empty {
		s.mayFail("values that do not fit %s make it fail", to)
	}
}

func (s *simulation) changeDefault(e *schemadiff.Entry, c column.Column, schema jsvalue.Value) {
	from, to := e.Live.Schema().Get("default_value"), schema.Get("default_value")
	s.checkDefault(e.Key, c, to)
	if strings.ToLower(to.Str()) == "now()" {
		to = jsvalue.String("CURRENT_TIMESTAMP")
	}
	if !jsvalue.Equal(from, to) {
		s.effect(Effect{Op: SetDefault, Table: e.Key.Collection, Column: e.Key.Field, From: schemadiff.JSON(&from), To: schemadiff.JSON(&to)})
		s.action().Verb = Update
	}
}

func (s *simulation) changeNull(e *schemadiff.Entry, schema jsvalue.Value) {
	was, is := column.Nullable(e.Live.Schema()), column.Nullable(schema)
	effect := Effect{Table: e.Key.Collection, Column: e.Key.Field}
	switch {
	case !was && !is && s.quirks.LosesNotNull:
		effect.Op = DropNotNull
		s.diverge("Directus %s loses NOT NULL when it alters a column", s.version)
	case was && !is:
		effect.Op = SetNotNull
		if !s.facts.Tables[e.Key.Collection].Empty {
			s.mayFail("null values make it fail")
		}
	case !was && is:
		effect.Op = DropNotNull
	default:
		return
	}
	s.effect(effect)
	s.action().Verb = Update
}

// changeIndexes adds and drops the unique constraint and the index of a column, by the names that Directus itself would
// have given them.
func (s *simulation) changeIndexes(e *schemadiff.Entry, schema jsvalue.Value) {
	live, t, c := e.Live.Schema(), e.Key.Collection, e.Key.Field
	facts := s.facts.Tables[t]
	flip := func(key string) (on, off bool) {
		now := schema.Get(key)
		return now.Bool() && !live.Get(key).Bool(), now.Kind() == jsvalue.KindBool && !now.Bool() && live.Get(key).Bool()
	}
	unique := column.IndexName("unique", t, c, 63)
	if on, off := flip("is_unique"); on {
		s.effect(Effect{Op: AddUnique, Table: t, Column: c, Name: unique})
		s.action().Verb = Update
		if !facts.Empty {
			s.mayFail("values that occur twice make it fail")
		}
	} else if off {
		if real := facts.Uniques[c]; real != "" && real != unique {
			s.fail("the unique constraint of %s.%s is called %s, and Directus drops it as %s", t, c, real, unique)
		}
		s.effect(Effect{Op: DropUnique, Table: t, Column: c, Name: unique})
		s.action().Verb = Update
	}
	if !s.rules.HasIsIndexed {
		return
	}
	index := column.IndexName("index", t, c, 63)
	if on, off := flip("is_indexed"); on {
		s.effect(Effect{Op: AddIndex, Table: t, Column: c, Name: index})
		s.action().Verb = Update
	} else if off {
		s.dropIndex(t, c, index)
		s.action().Verb = Update
	}
}
