package column

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func schema(t *testing.T, json string) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestBuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ, schema, want string
		problem           bool
	}{
		{"string", `{"max_length":10}`, "character varying(10)", false},
		{"string", `{"max_length":null}`, "character varying(255)", false},
		{"string", `{"max_length":-5}`, "character varying", true},
		{"decimal", `{"numeric_precision":12,"numeric_scale":4}`, "numeric(12,4)", false},
		{"decimal", `{}`, "numeric(10,5)", false},
		{"decimal", `{"numeric_precision":2000}`, "numeric(2000,5)", true},
		{"float", `{}`, "real", false},
		{"hash", `{"max_length":20}`, "character varying(255)", false},
		{"geometry.Point", `{}`, "POINT", false},
		{"integer", `{"has_auto_increment":true}`, "integer", false},
		{"bigInteger", `{"has_auto_increment":true}`, "bigint", false},
		{"nonsense", `{}`, "", true},
	} {
		got, ok := Built(c.typ, schema(t, c.schema))
		if !ok || got.String() != c.want || (got.Problem != "") != c.problem {
			t.Errorf("%s %s: %q, problem %q", c.typ, c.schema, got, got.Problem)
		}
	}
	for _, typ := range []string{"alias", "unknown", ""} {
		if _, ok := Built(typ, schema(t, `{}`)); ok {
			t.Errorf("a column is made for the type %q", typ)
		}
	}
}

func TestCastAndNarrows(t *testing.T) {
	t.Parallel()
	of := func(dataType string, length, precision, scale int) Column {
		return Column{DataType: dataType, Length: length, Precision: precision, Scale: scale}
	}
	text, date := of("text", null, null, null), of("date", null, null, null)
	integer, numeric := of("integer", null, 32, 0), of("numeric", null, 10, 2)
	for _, c := range []struct {
		from, to Column
		cast     Castable
		lossy    bool
		length   int
	}{
		{text, of("character varying", 10, null, null), Always, true, 10},
		{of("character varying", 10, null, null), of("character varying", 20, null, null), Always, false, 20},
		{of("character varying", -5, null, null), of("character varying", 20, null, null), Always, true, 20},
		{text, integer, Maybe, false, 0},
		{date, integer, Never, false, 0},
		{numeric, integer, Maybe, true, 0},
		{integer, numeric, Maybe, false, 0},
		{numeric, of("numeric", null, 10, 1), Always, true, 0},
		{of("double precision", null, 53, null), of("real", null, 24, null), Always, true, 0},
		{of("timestamp without time zone", null, null, null), date, Always, true, 0},
		{of("uuid", null, null, null), of("json", null, null, null), Never, false, 0},
		{of("mood", null, null, null), integer, Maybe, false, 0},
	} {
		lossy, length := Narrows(c.from, c.to)
		if got := Cast(c.from, c.to); got != c.cast || lossy != c.lossy || lossy && length != c.length {
			t.Errorf("%s to %s: cast %d, lossy %v, length %d", c.from, c.to, got, lossy, length)
		}
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	text, date := Column{DataType: "text"}, Column{DataType: "date"}
	for _, c := range []struct {
		column          Column
		value           string
		problem, change bool
	}{
		{text, `"x"`, false, false},
		{text, `"it's"`, false, true},
		{text, `"(1 + 1)"`, false, false},
		{date, `"CURRENT_DATE"`, true, false},
		{date, `"now()"`, false, true},
		{date, `"CURRENT_TIMESTAMP"`, false, false},
		{date, `"2020-01-01"`, false, false},
		{date, `null`, false, false},
		{Column{DataType: "uuid"}, `"gen_random_uuid()"`, false, false},
	} {
		problem, change := Default(c.column, schema(t, c.value), false)
		if (problem != "") != c.problem || (change != "") != c.change {
			t.Errorf("%s default %s: problem %q, change %q", c.column, c.value, problem, change)
		}
	}
	if problem, _ := Default(Column{DataType: "uuid"}, jsvalue.String("gen_random_uuid()"), true); problem == "" {
		t.Error("an old version writes gen_random_uuid() as a text, and no problem is seen")
	}
}

// TestIndexName has names that the function of Directus gave (12.4.1, utils/get-default-index-name.js).
func TestIndexName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ collection, field, want string }{
		{"Orders", "customer-id", "orders_customer-id_foreign"},
		{"a.b-c", "d", "a_b_c_d_foreign"},
		{"a_very_long_collection_name_that_goes_on", "and_a_field_name_that_does_too", "a_very_long_collection_name_that_goes_on_a__29058a6a_foreign"},
	} {
		got := IndexName("foreign", c.collection, c.field, 60)
		if got != c.want {
			t.Errorf("%s.%s: %s, not %s", c.collection, c.field, got, c.want)
		}
	}
}
