//go:build docker

package dockerguard

import (
	"os/exec"
	"strings"
	"testing"
)

// TestVersionOne: the guard finds out by itself that docker-compose is version 1, which does other things.
func TestVersionOne(t *testing.T) {
	out, err := exec.Command("docker-compose", "version", "--short").Output()
	if err != nil || !strings.HasPrefix(string(out), "1.") {
		t.Skipf("needs docker-compose 1.x: sudo apt-get install -y docker-compose (have %q)", out)
	}
	l := newLabOf(t, strings.NewReplacer("name: %[1]s\n", "", "depends_on: {db: {condition: service_started, restart: true}}", "depends_on: [db]").Replace(composeFile), "docker-compose")
	boots := func(line string) string {
		t.Helper()
		d := l.decide(line)
		for _, target := range d.Targets {
			if target.Service == "directus" {
				return target.Boots
			}
		}
		return "no"
	}
	for _, c := range []struct{ line, want string }{
		{"docker-compose up -d", "no"},
		{"docker-compose restart db", "no"},
		{"docker-compose restart directus", "yes"},
		{"docker-compose up -d --force-recreate web", "yes"},
		{"docker compose up -d", "yes"}, // version 2 recreates what version 1 made
	} {
		if got := boots(c.line); got != c.want {
			t.Errorf("%s: boots %s, want %s", c.line, got, c.want)
		}
	}
	l.run("docker-compose", "stop", "-t", "1", "directus")
	if got := boots("docker-compose start web"); got != "no" {
		t.Errorf("start web boots %s", got)
	}
	if got := boots("docker-compose start directus"); got != "yes" {
		t.Errorf("start directus boots %s", got)
	}
}
