package config

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Schema returns the JSON Schema (draft 2020-12) of the settings file, indented,
// with a final newline. It is published as docs/config.schema.json, so that an
// editor completes and checks the file.
func Schema() ([]byte, error) {
	type object map[string]any
	root := object{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                FileName,
		"description":          "Settings of schemaguard. See docs/configuration.md.",
		"type":                 "object",
		"additionalProperties": false,
	}
	properties := object{}
	root["properties"] = properties
	properties[targetsKey] = targetsSchema()
	for _, k := range keys() {
		section, leaf, nested := strings.Cut(k.name, ".")
		if !nested {
			properties[k.name] = k.schema()
			continue
		}
		if properties[section] == nil {
			properties[section] = object{"type": []string{"object", "null"}, "additionalProperties": false, "properties": object{}}
		}
		properties[section].(object)["properties"].(object)[leaf] = k.schema()
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(root)
	return b.Bytes(), err
}

// schema is the JSON Schema of one key.
func (k key) schema() map[string]any {
	s := map[string]any{"description": k.doc}
	switch k.kind {
	case list:
		s["type"] = "array"
		items := map[string]any{"type": "string", "minLength": 1}
		if k.choices != nil {
			items = map[string]any{"enum": k.choices}
		}
		s["items"] = items
	case duration:
		s["type"] = "string"
		s["pattern"] = `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))*$`
	case size:
		s["type"] = []string{"string", "integer"}
		s["pattern"] = `^ *([0-9]+(\.[0-9]*)?|\.[0-9]+) *([kKmMgGtT]?[bB])? *$`
		s["minimum"] = 0
	case span:
		s["type"] = []string{"string", "integer"}
		s["pattern"] = `^(0|[0-9]+d|\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$`
		s["minimum"], s["maximum"] = 0, 0
	case choice:
		s["enum"] = k.choices
	case version:
		s["type"] = "string"
		s["pattern"] = `^v?[0-9]+\.[0-9]+\.[0-9]+(-.*)?$`
	case text:
		s["type"] = "string"
	case boolean:
		s["type"] = "boolean"
		s["default"] = k.def == "true"
		return s
	}
	if k.def != "" {
		s["default"] = k.def
	}
	return s
}
