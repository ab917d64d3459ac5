//go:build tools

package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

type object = map[string]any

// request is one call to the API of a running Directus.
type request struct {
	path string
	body object
}

// send makes everything that the API can make.
func send(ctx context.Context, s *directuslab.Server) error {
	var all []request
	all = append(all, plainCollections()...)
	all = append(all, typeFields()...)
	all = append(all, interfaceFields()...)
	all = append(all, relational()...)
	for _, r := range all {
		if _, err := s.Call(ctx, http.MethodPost, r.path, r.body); err != nil {
			return fmt.Errorf("making %v%v: %w", r.body["collection"], r.body["field"], err)
		}
	}
	return nil
}

func field(name, typ string, meta, schema object) object {
	f := object{"field": name, "type": typ, "meta": meta}
	if typ != "alias" {
		f["schema"] = schema
		if schema == nil {
			f["schema"] = object{}
		}
	}
	return f
}

func autoKey() object {
	return field("id", "integer", object{"hidden": true, "interface": "input", "readonly": true}, object{"is_primary_key": true, "has_auto_increment": true})
}

func uuidKey() object {
	return field("id", "uuid", object{"hidden": true, "interface": "input", "readonly": true, "special": []string{"uuid"}}, object{"is_primary_key": true, "length": 36, "has_auto_increment": false})
}

func stringKey(name string) object {
	return field(name, "string", object{"interface": "input"}, object{"is_primary_key": true, "length": 255, "has_auto_increment": false})
}

func collection(name string, meta object, fields ...object) request {
	return request{"/collections", object{"collection": name, "meta": meta, "schema": object{}, "fields": fields}}
}

func folder(name, group string) request {
	meta := object{"icon": "folder"}
	if group != "" {
		meta["group"] = group
	}
	return request{"/collections", object{"collection": name, "meta": meta, "schema": nil}}
}

// plainCollections: folders, groups, a singleton, sort and archive fields, keys of every kind that the Data Studio offers.
func plainCollections() []request {
	return []request{
		folder("content", ""),
		folder("content_blog", "content"),
		collection("articles", object{
			"group": "content_blog", "icon": "article", "color": "#6644FF", "note": "Articles: what the site shows", "display_template": "{{title}} – {{author.name}}",
			"archive_field": "status", "archive_value": "archived", "unarchive_value": "draft", "sort_field": "sort", "accountability": "activity", "versioning": true,
			"preview_url": "https://example.com/{{id}}?preview=1", "item_duplication_fields": []string{"title", "author"}, "collapse": "closed",
			"translations": []object{{"language": "en-US", "translation": "Articles", "singular": "Article", "plural": "Articles"}, {"language": "de-DE", "translation": "Beiträge", "singular": "Beitrag", "plural": "Beiträge"}},
		}, autoKey(), statusField(),
			field("sort", "integer", object{"interface": "input", "hidden": true}, nil),
			field("user_created", "uuid", object{"special": []string{"user-created"}, "interface": "select-dropdown-m2o", "options": object{"template": "{{avatar.$thumbnail}} {{first_name}}"}, "display": "user", "readonly": true, "hidden": true, "width": "half"}, nil),
			field("date_created", "timestamp", object{"special": []string{"date-created"}, "interface": "datetime", "readonly": true, "hidden": true, "width": "half", "display": "datetime", "display_options": object{"relative": true}}, nil),
			field("user_updated", "uuid", object{"special": []string{"user-updated"}, "interface": "select-dropdown-m2o", "readonly": true}, nil),
			field("date_updated", "timestamp", object{"special": []string{"date-updated"}, "interface": "datetime", "readonly": true}, nil),
			field("title", "string", object{"interface": "input", "required": true, "options": object{"placeholder": "A title", "trim": true}}, object{"is_nullable": false, "max_length": 120, "default_value": "Untitled"}),
			field("slug", "string", object{"interface": "input", "options": object{"slug": true, "font": "monospace"}}, object{"is_unique": true}),
		),
		collection("authors", object{"sort_field": nil, "accountability": nil}, stringKey("handle"), field("name", "string", object{"interface": "input"}, nil)),
		collection("tags", object{"group": "content"}, autoKey(), field("label", "string", object{"interface": "input"}, object{"is_indexed": true})),
		collection("languages", object{"hidden": true}, stringKey("code"), field("direction", "string", object{"interface": "select-dropdown", "options": object{"choices": []object{{"text": "$t:left_to_right", "value": "ltr"}, {"text": "$t:right_to_left", "value": "rtl"}}}}, object{"default_value": "ltr"})),
		collection("block_hero", object{"hidden": true, "group": "content"}, uuidKey(), field("headline", "string", object{"interface": "input"}, nil)),
		collection("block_text", object{"hidden": true, "group": "content"}, uuidKey(), field("body", "text", object{"interface": "input-rich-text-html"}, nil)),
		collection("site", object{"singleton": true, "icon": "settings"}, autoKey(), field("name", "string", object{"interface": "input"}, nil)),
		collection("big_keys", object{}, field("id", "bigInteger", object{"hidden": true}, object{"is_primary_key": true, "has_auto_increment": true}), field("n", "integer", object{}, object{"default_value": 5, "is_unique": true, "is_indexed": true})),
		collection("categories", object{}, autoKey(), field("name", "string", object{"interface": "input"}, nil)),
		collection("articles_tags", object{"hidden": true, "icon": "import_export"}, autoKey()),
		collection("articles_blocks", object{"hidden": true}, autoKey()),
		collection("articles_translations", object{"hidden": true}, autoKey(), field("headline", "string", object{"interface": "input"}, nil)),
		collection("articles_files", object{"hidden": true}, autoKey()),
		{"/collections", object{"collection": "without_meta", "schema": object{}}},
	}
}

func statusField() object {
	return field("status", "string", object{
		"width": "full", "interface": "select-dropdown", "display": "labels",
		"options":         object{"choices": []object{{"text": "$t:published", "value": "published", "color": "var(--theme--primary)"}, {"text": "$t:draft", "value": "draft"}, {"text": "$t:archived", "value": "archived"}}},
		"display_options": object{"showAsDot": true, "choices": []object{{"text": "$t:published", "value": "published", "foreground": "#FFF", "background": "#0F0"}}},
	}, object{"default_value": "draft", "is_nullable": false})
}

// typeFields: every field type, plain and with what can be set on it.
func typeFields() []request {
	all := []request{collection("all_types", object{"note": "every type"}, uuidKey())}
	for _, typ := range []string{
		"string", "text", "boolean", "integer", "bigInteger", "float", "decimal", "timestamp", "dateTime", "date", "time", "json", "csv", "uuid", "hash",
		"geometry", "geometry.Point", "geometry.LineString", "geometry.Polygon", "geometry.MultiPoint", "geometry.MultiLineString", "geometry.MultiPolygon",
	} {
		name := "t_" + typ
		if len(typ) > 9 && typ[:9] == "geometry." {
			name = "t_geo_" + typ[9:]
		}
		all = append(all, request{"/fields/all_types", field(name, typ, object{"interface": "input", "special": specialOf(typ)}, nil)})
	}
	for _, f := range []object{
		field("d_string", "string", object{}, object{"default_value": "it's \"quoted\"", "max_length": 30}),
		field("d_text", "text", object{}, object{"default_value": "two\nlines"}),
		field("d_boolean", "boolean", object{"special": []string{"cast-boolean"}}, object{"default_value": false, "is_nullable": false}),
		field("d_integer", "integer", object{}, object{"default_value": -7, "is_indexed": true}),
		field("d_bigint", "bigInteger", object{}, object{"default_value": "9007199254740993"}),
		field("d_decimal", "decimal", object{}, object{"default_value": "1.50", "numeric_precision": 12, "numeric_scale": 4}),
		field("d_float", "float", object{}, object{"default_value": 0.5}),
		field("d_timestamp", "timestamp", object{}, object{"default_value": "CURRENT_TIMESTAMP"}),
		field("d_date", "date", object{}, object{"default_value": "2020-01-02"}),
		field("d_json", "json", object{"special": []string{"cast-json"}, "interface": "input-code"}, object{"default_value": `{"b":[3,1,2],"a":{"y":1,"x":2}}`}),
		field("d_csv", "csv", object{"special": []string{"cast-csv"}, "interface": "tags"}, object{"default_value": "a,b"}),
		field("u_string", "string", object{}, object{"is_unique": true, "is_nullable": false}),
	} {
		all = append(all, request{"/fields/all_types", f})
	}
	return all
}

func specialOf(typ string) []string {
	switch {
	case typ == "json", typ == "csv", typ == "boolean":
		return []string{"cast-" + typ}
	case typ == "hash":
		return []string{"hash", "conceal"}
	case typ == "uuid":
		return []string{"uuid"}
	case len(typ) >= 8 && typ[:8] == "geometry":
		return []string{typ}
	}
	return nil
}
