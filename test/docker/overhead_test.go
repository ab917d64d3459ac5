//go:build docker

package docker

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/overhead"
)

// TestTheWrapperIsQuick holds the program in the place of docker to its budget for docker ps. It runs
// before the tests that run side by side.
func TestTheWrapperIsQuick(t *testing.T) {
	engine := start(t)
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	wrapper := filepath.Join(t.TempDir(), "docker")
	if err := os.Symlink(path, wrapper); err != nil {
		t.Fatal(err)
	}
	m, err := overhead.Measure(t.Context(), engine.Env(), []string{"docker", "ps"}, []string{wrapper, "ps"}, 40)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("docker ps: %v, through the wrapper %v", m.Direct, m.Through)
	if m.Added() > 10*time.Millisecond {
		t.Errorf("the wrapper adds %v", m.Added())
	}
}
