//go:build docker

package docker

import (
	"os"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/overhead"
)

// TestTheWrapperIsQuick holds the wrapper that SCHEMAGUARD_WRAPPER names to its budget for docker ps.
func TestTheWrapperIsQuick(t *testing.T) {
	wrapper := os.Getenv("SCHEMAGUARD_WRAPPER")
	if wrapper == "" {
		t.Skip("needs SCHEMAGUARD_WRAPPER, the path of a wrapper of docker")
	}
	engine := start(t)
	m, err := overhead.Measure(t.Context(), engine.Env(), []string{"docker", "ps"}, []string{wrapper, "ps"}, 40)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("docker ps: %v, through the wrapper %v", m.Direct, m.Through)
	if m.Added() > 10*time.Millisecond {
		t.Errorf("the wrapper adds %v", m.Added())
	}
}
