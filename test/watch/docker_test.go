//go:build docker

package watch

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// What a container boots with is the last place on the way of a change: an image
// that is older than HEAD is seen, and a newer one as soon as it is there.
func TestTheImageIsOlderThanHead(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("docker", "compose", "version").CombinedOutput(); err != nil {
		t.Skipf("needs docker compose: %s", out)
	}
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("needs a docker engine: %s", out)
	}
	d := newDay(t)
	name := fmt.Sprintf("sgday%d", time.Now().UnixNano()%1e9)
	port := d.wire.address()[strings.LastIndex(d.wire.address(), ":")+1:]
	d.write("Dockerfile", "FROM scratch\nCOPY snapshots /directus/snapshots\nENTRYPOINT [\"/nothing\"]\n")
	d.write("compose.yaml", fmt.Sprintf(`name: %s
services:
  directus:
    build: .
    environment: {DB_CLIENT: pg, DB_HOST: 127.0.0.1, DB_PORT: "%s", DB_DATABASE: %s, DB_USER: %s, DB_PASSWORD: "%s", KEY: k}
    labels: {schemaguard.snapshot: /directus/snapshots/schema.yaml}
    network_mode: host
`, name, port, d.name, pgserver.SuperUser, d.srv.Password()))
	d.git("add", ".")
	d.git("commit", "--quiet", "--message", "An image")
	compose := func(args ...string) {
		t.Helper()
		cmd := exec.Command("docker", append([]string{"compose"}, args...)...)
		cmd.Dir = d.dir
		cmd.Env = append(cmd.Environ(), "DOCKER_BUILDKIT=0", "COMPOSE_DOCKER_CLI_BUILD=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker compose %v: %v\n%s", args, err, out)
		}
	}
	t.Cleanup(func() {
		cmd := exec.Command("docker", "compose", "down", "--rmi", "all", "--volumes")
		cmd.Dir = d.dir
		_ = cmd.Run()
	})
	compose("build", "--quiet")
	compose("create", "--no-build")
	w := d.watch("--no-docker=false")
	w.until("clean")
	d.collection("gadgets")
	w.until("unsaved")
	if out, err := d.command("snapshot", "--quiet", "--stage").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.until("not committed")
	d.git("commit", "--quiet", "--message", "Gadgets")
	e := w.until("not in the image")
	if !strings.Contains(e.Text, "older than HEAD") || !strings.HasPrefix(e.Hint, "docker compose up --detach --build directus") {
		t.Errorf("%+v", e)
	}
	compose("build", "--quiet")
	compose("create", "--no-build")
	w.until("clean")
}
