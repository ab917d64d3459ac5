package inventory

import (
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// ReadProjectYAML reads the answer of version 1's `config`, which is a compose file: mounts are short texts
// there, and it has no name: that has to be known.
func ReadProjectYAML(data []byte, name, separator string) (*Project, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("reading the project from compose config: %w", err)
	}
	services, _ := doc["services"].(map[string]any)
	for _, s := range services {
		service, ok := s.(map[string]any)
		if !ok {
			continue
		}
		service["environment"], service["labels"] = texts(service["environment"]), texts(service["labels"])
		service["volumes"] = longMounts(service["volumes"])
		if deps, ok := service["depends_on"].([]any); ok {
			long := map[string]any{}
			for _, d := range deps {
				long[fmt.Sprint(d)] = map[string]any{}
			}
			service["depends_on"] = long
		}
		if context, ok := service["build"].(string); ok {
			service["build"] = map[string]any{"context": context}
		}
	}
	asJSON, err := json.Marshal(map[string]any{"name": name, "services": services, "volumes": doc["volumes"]})
	if err != nil {
		return nil, fmt.Errorf("reading the project from compose config: %w", err)
	}
	return ReadProject(asJSON, separator)
}

// texts makes a map of texts of what is one, or a list of NAME=VALUE.
func texts(v any) map[string]string {
	out := map[string]string{}
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if value != nil {
				out[name] = fmt.Sprint(value)
			}
		}
	case []any:
		for _, entry := range v {
			if name, value, ok := strings.Cut(fmt.Sprint(entry), "="); ok {
				out[name] = value
			}
		}
	}
	return out
}

// longMounts reads SOURCE:TARGET[:MODE], where a source that is a path makes a bind.
func longMounts(v any) []map[string]string {
	list, _ := v.([]any)
	var out []map[string]string
	for _, entry := range list {
		if m, ok := entry.(map[string]any); ok {
			out = append(out, texts(m))
			continue
		}
		text := strings.TrimSuffix(strings.TrimSuffix(fmt.Sprint(entry), ":rw"), ":ro")
		source, target, named := strings.Cut(text, ":")
		switch {
		case !named:
			out = append(out, map[string]string{"type": "volume", "target": source})
		case strings.HasPrefix(source, "/") || strings.HasPrefix(source, ".") || strings.HasPrefix(source, "~"):
			out = append(out, map[string]string{"type": "bind", "source": source, "target": target})
		default:
			out = append(out, map[string]string{"type": "volume", "source": source, "target": target})
		}
	}
	return out
}
