package plan

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// addColumn follows FieldsService.addColumnToTable for a column that is new.
func (s *simulation) addColumn(t *table, key snapshot.Key, item jsvalue.Value, existing bool) {
	schema, typ := item.Get("schema"), item.Get("type").Str()
	c, ok := built(typ, schema)
	if !ok {
		if typ == "unknown" {
			s.diverge("its type is unknown to Directus, which makes no column for it")
		}
		return
	}
	if c.problem != "" {
		s.fail("column %s cannot be made: %s", key.Name(), c.problem)
		return
	}
	isKey := truthy(schema.Get("is_primary_key")) || c.sequence
	if isKey && t.key != "" {
		s.fail("table %s cannot get %s as a second primary key", key.Collection, key.Field)
	} else if isKey {
		t.key = key.Field
	}
	t.columns = append(t.columns, key.Field)
	s.effect(Effect{Op: AddColumn, Table: key.Collection, Column: key.Field, To: c.String()})
	def := schema.Get("default_value")
	s.checkDefault(key, c, def)
	s.checkBuilt(c, schema)
	if existing && !t.facts.Empty && schema.Get("is_nullable").Kind() == jsvalue.KindBool && !schema.Get("is_nullable").Bool() && def.IsNull() {
		s.mayFail("rows in %s make it fail, because %s may not be null and has no default", key.Collection, key.Field)
	}
	for _, flag := range []struct {
		key, kind string
		op        Op
	}{{"is_unique", "unique", AddUnique}, {"is_indexed", "index", AddIndex}} {
		if schema.Get(flag.key).Bool() && !isKey && (flag.op != AddIndex || s.rules.HasIsIndexed) {
			s.effect(Effect{Op: flag.op, Table: key.Collection, Column: key.Field, Name: defaultIndexName(flag.kind, key.Collection, key.Field, 63)})
		}
	}
}

// checkDefault tells what becomes of a default: Directus writes a string as a
// literal unless it is one of the few functions it knows.
func (s *simulation) checkDefault(key snapshot.Key, c column, def jsvalue.Value) {
	text := def.Str()
	switch {
	case def.Kind() != jsvalue.KindString || c.sequence:
		return
	case strings.ToLower(text) == "now()":
		s.diverge("Directus writes its default now() as CURRENT_TIMESTAMP")
		return
	case text == "CURRENT_TIMESTAMP", strings.Contains(text, "CURRENT_TIMESTAMP(") && strings.Contains(text, ")"):
		return
	case text == "gen_random_uuid()" && !s.quirks.quotesFunctions:
		return
	}
	if family(c.dataType) == "text" || c.dataType == "bytea" {
		if strings.Contains(text, "'") || strings.Contains(text, "::") {
			s.diverge("Directus does not read a default with quotes or :: as it writes it")
		}
		return
	}
	if strings.Contains(text, "(") || strings.HasPrefix(text, "CURRENT_") || strings.HasPrefix(text, "LOCALTIME") {
		s.fail("the default %s of %s is written as a text, which is no %s", text, key.Name(), c.dataType)
	}
}

// checkBuilt compares the column that Directus makes with the one that the file
// describes.
func (s *simulation) checkBuilt(c column, schema jsvalue.Value) {
	want := columnOf(schema)
	if schema.Get("data_type").IsNull() || c.sequence {
		return
	}
	if c.dataType != want.dataType && !strings.EqualFold(c.dataType, want.dataType) || c.length != want.length ||
		c.precision != want.precision || c.scale != want.scale {
		s.diverge("Directus makes it %s, the file says %s", c, want)
	}
	if truthy(schema.Get("is_generated")) {
		s.diverge("Directus makes no generated columns")
	}
}

// updateColumn follows FieldsService.updateField: where the schema is not quite
// what the database has, the whole column is altered.
func (s *simulation) updateColumn(e *entry, typ string, schema jsvalue.Value) {
	live := e.live.Schema()
	if live.IsNull() {
		s.fail("field %s has no column to change", e.key.Name())
		return
	}
	if live.Get("is_primary_key").Bool() && schema.Get("is_nullable").Bool() {
		s.fail("the primary key %s cannot be null", e.key.Name())
		return
	}
	if !s.alters(e, schema) {
		return
	}
	c, ok := built(typ, schema)
	if !ok {
		s.diverge("its type is unknown to Directus, which does not change its column")
		return
	}
	if problem := s.alterProblem(e, c, schema); problem != "" {
		s.fail("column %s cannot be changed: %s", e.key.Name(), problem)
		return
	}
	s.changeType(e, columnOf(live), c)
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

// alters tells whether Directus alters the column. It compares the file's schema
// with what the database reports, where a default is still text: a default that is
// a number, a boolean or JSON never equals it, so such a column is altered with
// every change of its field, even of a note.
func (s *simulation) alters(e *entry, schema jsvalue.Value) bool {
	switch e.live.Schema().Get("default_value").Kind() {
	case jsvalue.KindNull, jsvalue.KindString:
	default:
		return true
	}
	pick := pickedOf(snapshot.Field, s.rules)
	return !jsvalue.Equal(pick.of(e.live.Value, true).Get("schema"), pick.of(jsvalue.FromObject(e.live.Value.Object().With("schema", schema)), true).Get("schema"))
}

func (s *simulation) alterProblem(e *entry, c column, schema jsvalue.Value) string {
	live := columnOf(e.live.Schema())
	collection, field := e.key.Collection, e.key.Field
	switch {
	case c.problem != "":
		return c.problem
	case c.sequence:
		return "Postgres has no type serial for an existing column"
	case truthy(schema.Get("is_primary_key")):
		return "Directus would make it the primary key a second time"
	case truthy(e.live.Schema().Get("is_generated")):
		return "it is generated"
	case s.db.pinned(collection, field) != "":
		return s.db.pinned(collection, field) + " depends on it"
	case cast(live, c) == castNever:
		return "there is no cast from " + live.String() + " to " + c.String()
	case live.length == -5 && c.length < 1 && c.dataType == "character varying":
		return "it has no length limit, which Directus cannot write"
	}
	if family(live.dataType) == family(c.dataType) {
		return ""
	}
	for _, fk := range s.db.foreign {
		if fk.Table == collection && fk.Column == field || fk.ForeignTable == collection && fk.ForeignColumn == field {
			return "the foreign key " + fk.Name + " needs " + live.String()
		}
	}
	return ""
}

func (s *simulation) changeType(e *entry, from, to column) {
	if from.sameType(to) || strings.EqualFold(from.dataType, to.dataType) && from.length == to.length && from.dataType != "numeric" {
		return
	}
	effect := Effect{Op: ChangeType, Table: e.key.Collection, Column: e.key.Field, From: from.String(), To: to.String()}
	if lossy, length := narrows(from, to); lossy {
		effect.Op, effect.MaxLength = NarrowType, length
	}
	s.effect(effect)
	s.action().Verb = Update
	if cast(from, to) == castMay && !s.facts.Tables[e.key.Collection].Empty {
		s.mayFail("values that do not fit %s make it fail", to)
	}
}

func (s *simulation) changeDefault(e *entry, c column, schema jsvalue.Value) {
	from, to := e.live.Schema().Get("default_value"), schema.Get("default_value")
	s.checkDefault(e.key, c, to)
	if strings.ToLower(to.Str()) == "now()" {
		to = jsvalue.String("CURRENT_TIMESTAMP")
	}
	if !jsvalue.Equal(from, to) {
		s.effect(Effect{Op: SetDefault, Table: e.key.Collection, Column: e.key.Field, From: jsonText(&from), To: jsonText(&to)})
		s.action().Verb = Update
	}
}

func (s *simulation) changeNull(e *entry, schema jsvalue.Value) {
	was, is := nullable(e.live.Schema()), nullable(schema)
	effect := Effect{Table: e.key.Collection, Column: e.key.Field}
	switch {
	case !was && !is && s.quirks.losesNotNull:
		effect.Op = DropNotNull
		s.diverge("Directus %s loses NOT NULL when it alters a column", s.version)
	case was && !is:
		effect.Op = SetNotNull
		if !s.facts.Tables[e.key.Collection].Empty {
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

func nullable(schema jsvalue.Value) bool {
	v, ok := schema.Object().Get("is_nullable")
	return !ok || v.IsNull() || truthy(v)
}

// changeIndexes adds and drops the unique constraint and the index of a column,
// by the names that Directus itself would have given them.
func (s *simulation) changeIndexes(e *entry, schema jsvalue.Value) {
	live, t, c := e.live.Schema(), e.key.Collection, e.key.Field
	facts := s.facts.Tables[t]
	flip := func(key string) (on, off bool) {
		now := schema.Get(key)
		return now.Bool() && !live.Get(key).Bool(), now.Kind() == jsvalue.KindBool && !now.Bool() && live.Get(key).Bool()
	}
	unique := defaultIndexName("unique", t, c, 63)
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
	index := defaultIndexName("index", t, c, 63)
	if on, off := flip("is_indexed"); on {
		s.effect(Effect{Op: AddIndex, Table: t, Column: c, Name: index})
		s.action().Verb = Update
	} else if off {
		s.dropIndex(t, c, index)
		s.action().Verb = Update
	}
}

// metaKeys returns the keys that the meta of a kind has in this database: the
// columns of its table. Nil where that cannot be known.
func (s *simulation) metaKeys(k snapshot.Kind) []string {
	if keys, ok := s.facts.MetaKeys[k]; ok {
		return keys
	}
	for i := range s.live.Items(k) {
		if meta := s.live.Items(k)[i].Meta(); !meta.IsNull() {
			return meta.Object().Keys()
		}
	}
	return nil
}

// checkMeta compares the keys of an item's meta with those that the database
// knows, and tells whether writing it changes anything: a key that the file lacks
// is left as it is, one that the database lacks is dropped in silence.
func (s *simulation) checkMeta(k snapshot.Kind, meta, live jsvalue.Value) bool {
	keys, changed := s.metaKeys(k), false
	if keys == nil {
		return true
	}
	for _, key := range keys {
		v, ok := meta.Object().Get(key)
		if !ok {
			s.diverge("its meta lacks %s, which the database has and keeps", key)
		} else if !jsvalue.Equal(v, live.Get(key)) {
			if s.rules.SortsArrays && equalUnordered(v, live.Get(key)) {
				s.diverge("Directus %s lists its %s in another order than the file", s.version, key)
			} else {
				changed = true
			}
		}
	}
	for _, key := range meta.Object().Keys() {
		if !slices.Contains(keys, key) {
			s.diverge("its meta has %s, for which the database has no column", key)
		}
	}
	return changed
}

// equalUnordered tells whether two values are equal but for the order of lists.
func equalUnordered(a, b jsvalue.Value) bool {
	if a.Kind() != jsvalue.KindList || b.Kind() != jsvalue.KindList {
		return jsvalue.Equal(a, b)
	}
	sorted := func(v jsvalue.Value) []string {
		out := make([]string, 0, len(v.List()))
		for _, e := range v.List() {
			out = append(out, jsonText(&e))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(sorted(a), sorted(b))
}

// merged is a meta after the file's keys were written over it.
func merged(live, file jsvalue.Value) jsvalue.Value {
	out := live.Object().Without()
	for i := range file.Object().Len() {
		out.Set(file.Object().At(i))
	}
	return jsvalue.FromObject(out)
}
