package outline

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// given returns the value that Directus gives a key where nobody says otherwise
// (the defaults of the columns of directus_collections, directus_fields and
// directus_relations, 12.4.1); ok is false for keys that it does not know. Those
// of a field's schema depend on each other and are told by its first line.
func given(item *snapshot.Item, in section, key string) (v jsvalue.Value, ok bool) {
	switch item.Key.Kind {
	case snapshot.Collection:
		if in == inSchema {
			return jsvalue.String(item.Key.Collection), key == "name"
		}
		return collectionMeta(item, key)
	case snapshot.Field:
		if in == inMeta {
			return fieldMeta(item, key)
		}
	case snapshot.Relation:
		if in == inSchema {
			return relationSchema(item, key)
		}
		return relationMeta(item, key)
	case snapshot.SystemField:
	}
	return jsvalue.Null(), false
}

func collectionMeta(item *snapshot.Item, key string) (v jsvalue.Value, ok bool) {
	switch key {
	case "collection":
		return jsvalue.String(item.Key.Collection), true
	case "accountability":
		return jsvalue.String("all"), true
	case "collapse":
		return jsvalue.String("open"), true
	case "status":
		return jsvalue.String("active"), true
	case "archive_app_filter":
		return jsvalue.Bool(true), true
	case "hidden", "singleton", "versioning":
		return jsvalue.Bool(false), true
	case "archive_field", "archive_value", "autosave_revision_interval", "color", "display_template", "group", "icon",
		"item_duplication_fields", "note", "preview_url", "sort", "sort_field", "translations", "unarchive_value":
		return jsvalue.Null(), true
	}
	return jsvalue.Null(), false
}

func fieldMeta(item *snapshot.Item, key string) (v jsvalue.Value, ok bool) {
	switch key {
	case "collection":
		return jsvalue.String(item.Key.Collection), true
	case "field":
		return jsvalue.String(item.Key.Field), true
	case "width":
		return jsvalue.String("full"), true
	case "searchable":
		return jsvalue.Bool(true), true
	case "hidden", "readonly", "required":
		return jsvalue.Bool(false), true
	case "conditions", "display", "display_options", "group", "interface", "note", "options", "sort", "special",
		"translations", "validation", "validation_message":
		return jsvalue.Null(), true
	}
	return jsvalue.Null(), false
}

func relationMeta(item *snapshot.Item, key string) (v jsvalue.Value, ok bool) {
	switch key {
	case "many_collection":
		return jsvalue.String(item.Key.Collection), true
	case "many_field":
		return jsvalue.String(item.Key.Field), true
	case "one_collection":
		return item.Value.Get("related_collection"), true
	case "one_deselect_action":
		return jsvalue.String("nullify"), true
	case "junction_field", "one_allowed_collections", "one_collection_field", "one_field", "sort_field":
		return jsvalue.Null(), true
	}
	return jsvalue.Null(), false
}

func relationSchema(item *snapshot.Item, key string) (v jsvalue.Value, ok bool) {
	switch key {
	case "table":
		return jsvalue.String(item.Key.Collection), true
	case "column":
		return jsvalue.String(item.Key.Field), true
	case "foreign_key_table":
		return item.Value.Get("related_collection"), true
	case "on_update":
		return jsvalue.String("NO ACTION"), true
	case "constraint_name":
		// Directus: utils/get-default-index-name.js; it shortens longer ones.
		collection := strings.NewReplacer(".", "_", "-", "_").Replace(item.Key.Collection)
		return jsvalue.String(strings.ToLower(collection + "_" + item.Key.Field + "_foreign")), true
	}
	return jsvalue.Null(), false
}

// isFlag tells the keys that stand alone where they are true.
func isFlag(key string) bool {
	return key == "hidden" || key == "readonly" || key == "required" || key == "singleton" || key == "versioning"
}

// isSymbolic tells the keys whose values are names and words, not texts.
func isSymbolic(key string) bool {
	switch key {
	case "interface", "display", "width", "group", "icon", "sort_field", "archive_field", "accountability", "collapse",
		"status", "junction_field", "one_field", "one_collection", "one_collection_field", "one_deselect_action",
		"many_collection", "many_field", "foreign_key_table", "foreign_key_column", "table", "column":
		return true
	}
	return false
}
