package hooks

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/hook"
	"github.com/schemaguard/schemaguard/internal/hookfile"
)

// offer is one entry of .pre-commit-hooks.yaml.
type offer struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	About    string   `yaml:"description"`
	Entry    string   `yaml:"entry"`
	Language string   `yaml:"language"`
	Names    *bool    `yaml:"pass_filenames"`
	Always   bool     `yaml:"always_run"`
	Serial   bool     `yaml:"require_serial"`
	Stages   []string `yaml:"stages"`
	Verbose  bool     `yaml:"verbose"` // else a warning of a commit that passes is not shown
	Oldest   string   `yaml:"minimum_pre_commit_version"`
}

// TestManifest: a hook that was passed file names, or that ran only for some files, would not look at the rest.
func TestManifest(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var offers []offer
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&offers); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range offers {
		ids = append(ids, o.ID)
		event, ok := strings.CutPrefix(o.Entry, "schemaguard hook ")
		if !ok || !hook.Known(event) || !slices.Contains(o.Stages, event) {
			t.Errorf("%s: the entry %q is no hook of its stages %q", o.ID, o.Entry, o.Stages)
		}
		for _, stage := range o.Stages {
			if !hooks.Refuses(stage) {
				t.Errorf("%s: stage %s", o.ID, stage)
			}
		}
		if o.Names == nil || *o.Names || !o.Always || !o.Serial || !o.Verbose || o.Oldest != "3.2.0" || o.Name == "" || o.About == "" {
			t.Errorf("%s: %+v", o.ID, o)
		}
		want := "golang"
		if strings.Contains(o.ID, "system") {
			want = "system"
		}
		if o.Language != want {
			t.Errorf("%s: language %s, want %s", o.ID, o.Language, want)
		}
	}
	if diff := cmp.Diff([]string{"schemaguard", "schemaguard-push", "schemaguard-system", "schemaguard-system-push"}, ids); diff != "" {
		t.Error(diff)
	}
}

// TestScriptsAndProgramAgree: for which hooks there are scripts, and by which variable a trial is told.
func TestScriptsAndProgramAgree(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(hook.Names(), hooks.Events()); diff != "" {
		t.Error(diff)
	}
	if hook.SelfTestVariable != hookfile.Selftest {
		t.Errorf("the program listens to %s, a trial says %s", hook.SelfTestVariable, hookfile.Selftest)
	}
	for _, event := range hooks.Events() {
		script, err := hooks.Script(event, "", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{hook.SelfTestVariable, hook.SkipVariable} {
			if name == hook.SkipVariable && !hooks.Refuses(event) {
				continue
			}
			if !strings.Contains(script, name) {
				t.Errorf("the script of %s knows no %s", event, name)
			}
		}
	}
}
