package manager

import (
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Quiet returns the environment ("KEY=value") in which the manager runs nothing for an event but schemaguard, so that
// its hook can be tried. ok is false where it has no such way, or where that leaves something out.
func (m *Found) Quiet(event string) (environ []string, ok bool) {
	data, err := fs.ReadFile(m.root, m.File)
	if err != nil {
		return nil, false
	}
	switch m.kind {
	case preCommit:
		return quietPreCommit(data)
	case lefthook:
		return quietLefthook(data, event)
	case husky, byHand:
	}
	return nil, false
}

// quietPreCommit: SKIP names hooks by id or alias (https://pre-commit.com/#temporarily-disabling-hooks).
func quietPreCommit(data []byte) ([]string, bool) {
	var file struct {
		Repos []struct {
			Hooks []struct {
				ID string `yaml:"id"`
			} `yaml:"hooks"`
		} `yaml:"repos"`
	}
	if yaml.Unmarshal(data, &file) != nil {
		return nil, false
	}
	var others []string
	for _, repo := range file.Repos {
		for _, h := range repo.Hooks {
			if h.ID == "schemaguard" || strings.HasPrefix(h.ID, "schemaguard-") {
				continue
			}
			others = append(others, h.ID)
		}
	}
	return []string{"SKIP=" + strings.Join(others, ",")}, !slices.ContainsFunc(others, func(id string) bool { return strings.Contains(id, ",") })
}

// quietLefthook: LEFTHOOK_EXCLUDE names jobs (https://lefthook.dev/usage/envs/LEFTHOOK_EXCLUDE.html). A job without a
// name cannot be left out, nor what other files bring along.
func quietLefthook(data []byte, event string) ([]string, bool) {
	var file map[string]yaml.Node
	if yaml.Unmarshal(data, &file) != nil {
		return nil, false
	}
	for _, elsewhere := range []string{"extends", "remotes", "remote"} {
		if _, has := file[elsewhere]; has {
			return nil, false
		}
	}
	var hook struct {
		Jobs []struct {
			Name string `yaml:"name"`
		} `yaml:"jobs"`
		Commands map[string]any `yaml:"commands"`
		Scripts  map[string]any `yaml:"scripts"`
	}
	node := file[event]
	if node.Decode(&hook) != nil || len(hook.Scripts) > 0 {
		return nil, false
	}
	var others []string
	for _, job := range hook.Jobs {
		if job.Name == "" {
			return nil, false
		}
		if job.Name != "schemaguard" {
			others = append(others, job.Name)
		}
	}
	for name := range hook.Commands {
		if name != "schemaguard" {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return []string{"LEFTHOOK_EXCLUDE=" + strings.Join(others, ",")}, true
}
