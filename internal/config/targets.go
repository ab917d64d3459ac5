package config

import (
	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/internal/target/setting"
)

// targetsKey is the one key whose own keys are the user's to name.
const targetsKey = "targets"

// decodeTargets reads the environments of the project.
func (c *Config) decodeTargets(n *yaml.Node) []error {
	targets, problems := setting.Parse(n)
	c.Targets = targets
	var out []error
	for _, p := range problems {
		out = append(out, &Error{File: c.fileInText, Line: p.Line, Key: p.Key, Msg: p.Msg})
	}
	return out
}

// targetsSchema is the JSON Schema of the key.
func targetsSchema() map[string]any {
	text := map[string]any{"type": "string", "minLength": 1}
	return map[string]any{
		"description": "The environments that the project is deployed to, each a database, for `schemaguard status --target`.",
		"type":        []string{"object", "null"},
		"additionalProperties": map[string]any{
			"type": "object", "additionalProperties": false,
			"properties": map[string]any{"url": text, "url_env": text},
			"oneOf":      []any{map[string]any{"required": []string{"url"}}, map[string]any{"required": []string{"url_env"}}},
		},
	}
}
