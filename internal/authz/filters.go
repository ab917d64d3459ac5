package authz

import (
	"encoding/json"
	"slices"
	"strings"
)

// readFilters reads the filters of a request, which come in two forms: {"label": {"a=b": true}} and
// {"label": ["a=b"]}. What is neither the engine refuses.
// https://github.com/moby/moby/blob/v28.5.1/api/types/filters/parse.go (FromJSON)
func readFilters(text string) map[string][]string {
	var sets map[string]map[string]bool
	if json.Unmarshal([]byte(text), &sets) == nil {
		lists := map[string][]string{}
		for name, values := range sets {
			for value, on := range values {
				if on {
					lists[name] = append(lists[name], value)
				}
			}
			slices.Sort(lists[name])
		}
		return lists
	}
	var lists map[string][]string
	if json.Unmarshal([]byte(text), &lists) != nil {
		return nil
	}
	return lists
}

// prunes tells whether a prune takes a volume with some labels.
func (a Action) prunes(labels map[string]string) bool {
	return hasAll(labels, a.Labels) && (len(a.NotLabels) == 0 || !hasAll(labels, a.NotLabels))
}

// hasAll tells whether labels hold all that are asked for: by name, or by name and value.
func hasAll(labels map[string]string, asked []string) bool {
	for _, ask := range asked {
		name, value, valued := strings.Cut(ask, "=")
		if have, ok := labels[name]; !ok || valued && have != value {
			return false
		}
	}
	return true
}
