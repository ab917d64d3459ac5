package directusenv

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseFile reads an environment file by its extension, as Directus does.
func parseFile(path, shown string, data []byte) ([]Var, error) {
	switch strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")) {
	case "js", "mjs", "cjs":
		return nil, errors.New("it is JavaScript, which is not run here: give the database with --dsn or SCHEMAGUARD_DATABASE_URL")
	case "json":
		return parseJSON(shown, data)
	case "yaml", "yml":
		return parseYAML(shown, data)
	}
	return parseDotenv(shown, data), nil
}

// parseJSON keeps the types of the values by writing them with their prefix.
func parseJSON(shown string, data []byte) ([]Var, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	tok, err := dec.Token()
	if err != nil {
		return nil, errors.New("it is not valid JSON")
	}
	if tok != json.Delim('{') {
		return nil, errors.New("it does not hold a JSON object")
	}
	var out []Var
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		name, _ := tok.(string)
		lineNo := 1 + bytes.Count(data[:dec.InputOffset()], []byte("\n"))
		var v any
		if err := dec.Decode(&v); err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		out = append(out, Var{Name: name, Value: typed(v), Origin: shown + ":" + strconv.Itoa(lineNo)})
	}
	return out, nil
}

func parseYAML(shown string, data []byte) ([]Var, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, errors.New("it is not valid YAML")
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it does not hold a mapping")
	}
	var out []Var
	m := doc.Content[0].Content
	for i := 0; i+1 < len(m); i += 2 {
		if m[i].Kind != yaml.ScalarNode || !concerns(m[i].Value) {
			continue
		}
		var v any
		if m[i+1].Kind == yaml.AliasNode || m[i+1].Decode(&v) != nil {
			return nil, errors.New("line " + strconv.Itoa(m[i].Line) + " is not a plain value")
		}
		out = append(out, Var{Name: m[i].Value, Value: typed(v), Origin: shown + ":" + strconv.Itoa(m[i].Line)})
	}
	return out, nil
}

// typed writes a typed value so that cast finds its type again. A string goes
// through the same guessing as in a .env file, as in Directus.
func typed(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return "json:" + string(b)
}
