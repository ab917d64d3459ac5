package config

import (
	"strings"
	"testing"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	c, err := Load(Options{Dir: project(t, "targets:\n  stage: {url_env: STAGE_URL}\n  prod:\n    url: postgres://app@db/app\n")})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Targets) != 2 || c.Targets[0].Name != "stage" || c.Targets[0].URLEnv != "STAGE_URL" || c.Targets[1].URL != "postgres://app@db/app" {
		t.Errorf("%+v", c.Targets)
	}
	for text, want := range map[string]string{
		"targets:\n  stage:\n    uri: postgres://app:secret@db/app\n": ".schemaguard.yaml:3: unknown key targets.stage.uri; did you mean url?",
		"targets:\n  stage: {}\n":                                     ".schemaguard.yaml:2: targets.stage names no database",
		"targets: [stage]\n":                                          ".schemaguard.yaml:1: targets must be a mapping",
	} {
		_, err := Load(Options{Dir: project(t, text)})
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
