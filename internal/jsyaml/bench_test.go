package jsyaml

import (
	"fmt"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// largeSnapshot returns a snapshot of 300 collections with 17 fields each:
// about 5 MB and 224,000 lines of YAML.
func largeSnapshot() jsvalue.Value {
	object := func(pairs ...any) jsvalue.Value {
		o := jsvalue.NewObject(len(pairs) / 2)
		for i := 0; i < len(pairs); i += 2 {
			v, ok := pairs[i+1].(jsvalue.Value)
			switch x := pairs[i+1].(type) {
			case string:
				v = jsvalue.String(x)
			case int:
				v = jsvalue.Number(float64(x))
			case bool:
				v = jsvalue.Bool(x)
			default:
				if !ok {
					v = jsvalue.Null()
				}
			}
			o.Set(pairs[i].(string), v)
		}
		return jsvalue.FromObject(o)
	}
	var collections, fields []jsvalue.Value
	for c := range 300 {
		name := fmt.Sprintf("vehicle_events_%d", c)
		collections = append(collections, object("collection", name,
			"meta", object("accountability", "all", "collection", name, "group", nil, "hidden", false, "note", "Alles, was ein Fahrzeug gemeldet hat: größer als gedacht", "sort", c),
			"schema", object("name", name)))
		for f := range 17 {
			field := fmt.Sprintf("field_%d", f)
			choices := jsvalue.List(object("text", "$t:yes", "value", "yes"), object("text", "No: never", "value", "no"))
			fields = append(fields, object("collection", name, "field", field, "type", "string",
				"meta", object("collection", name, "conditions", nil, "display", "labels", "display_options", nil, "field", field, "group", nil,
					"hidden", false, "interface", "select-dropdown", "note", nil, "options", object("choices", choices, "iconOn", "check_circle"),
					"readonly", false, "required", true, "sort", f, "special", nil, "translations", nil, "validation", nil, "validation_message", nil, "width", "half"),
				"schema", object("name", field, "table", name, "data_type", "character varying", "default_value", "2020-01-01", "generation_expression", nil,
					"max_length", 255, "numeric_precision", nil, "numeric_scale", nil, "is_generated", false, "is_nullable", true, "is_unique", false,
					"is_indexed", false, "is_primary_key", false, "has_auto_increment", false, "foreign_key_table", nil, "foreign_key_column", nil)))
		}
	}
	return object("version", 1, "directus", "12.4.1", "vendor", "postgres",
		"collections", jsvalue.List(collections...), "fields", jsvalue.List(fields...), "systemFields", jsvalue.List(), "relations", jsvalue.List())
}

func BenchmarkAppend(b *testing.B) {
	v := largeSnapshot()
	dst := Append(nil, v, Dialect43)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst = Append(dst[:0], v, Dialect43)
	}
}

func BenchmarkLoad(b *testing.B) {
	data := Append(nil, largeSnapshot(), Dialect43)
	b.Run("canonical", func(b *testing.B) { benchmarkLoad(b, data) })
	b.Run("other", func(b *testing.B) { benchmarkLoad(b, append([]byte("x: [1]\n"), data...)) })
	b.Run("json", func(b *testing.B) {
		data := jsvalue.AppendJSON(nil, largeSnapshot())
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := LoadJSON(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkLoad(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	doc, err := Load(Append(nil, largeSnapshot(), Dialect43))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if doc.Line("fields", 5000, "meta", "options", "choices", 1, "value") == 0 {
			b.Fatal("not found")
		}
	}
}
