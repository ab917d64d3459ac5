package connection

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEngineMachine(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("current/config.json", `{"auths": {}, "currentContext": "build"}`)
	// The folder is the SHA-256 of "build".
	write("current/contexts/meta/44575cf5b28512d75644bf54a517dcef304ff809fd511747621b4d64f19aac66/meta.json", `{"Name": "build", "Endpoints": {"docker": {"Host": "ssh://anna@build.example.com", "SkipTLSVerify": false}}}`)
	write("default/config.json", `{"currentContext": "default"}`)
	write("broken/config.json", `{`)
	tests := []struct {
		name    string
		env     map[string]string
		want    string
		problem bool
	}{
		{"nothing", nil, localMachine, false},
		{"no docker folder", map[string]string{"HOME": home}, localMachine, false},
		{"default", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "default")}, localMachine, false},
		{"current context", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "current")}, "build.example.com", false},
		{"named context", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "current"), "DOCKER_CONTEXT": "build"}, "build.example.com", false},
		{"default by name", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "current"), "DOCKER_CONTEXT": "default"}, localMachine, false},
		{"DOCKER_HOST", map[string]string{"DOCKER_HOST": "ssh://anna@build:22", "DOCKER_CONTEXT": "x"}, "build", false},
		{"DOCKER_HOST tcp", map[string]string{"DOCKER_HOST": "tcp://10.0.0.5:2376"}, "10.0.0.5", false},
		{"DOCKER_HOST socket", map[string]string{"DOCKER_HOST": "unix:///run/docker.sock"}, localMachine, false},
		{"DOCKER_HOST nonsense", map[string]string{"DOCKER_HOST": "://"}, localMachine, false},
		{"broken config", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "broken")}, localMachine, true},
		{"unknown context", map[string]string{"DOCKER_CONFIG": filepath.Join(home, "default"), "DOCKER_CONTEXT": "gone"}, localMachine, true},
	}
	for _, tt := range tests {
		got, err := engineMachine(func(name string) string { return tt.env[name] })
		if got != tt.want || (err != nil) != tt.problem {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}
