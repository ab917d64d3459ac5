//go:build docker && directus

package incident

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// TestTheIncidentOfAnotherClient plays the incident with a docker that nothing
// stands in front of: the engine itself asks, whoever the client is.
func TestTheIncidentOfAnotherClient(t *testing.T) {
	name := fmt.Sprintf("schemaguard-test-%d", os.Getpid())
	socket := filepath.Join("/run/docker/plugins", name+".sock")
	behind := filepath.Join(t.TempDir(), "docker.sock") // leads to the engine, once there is one
	serve(t, socket, behind)
	s := tell(t, lab.Options{Flags: []string{"--authorization-plugin", name}})
	if err := os.Symlink(strings.TrimPrefix(s.engine.Host, "unix://"), behind); err != nil {
		t.Fatal(err)
	}
	s.commit("the shop")
	s.plain(true, "compose", "up", "-d", "--build")
	for _, collection := range []string{"ev_a", "ev_b", "ev_c", "ev_d", "ev_e"} {
		s.collection("shop", collection)
	}
	for _, words := range [][]string{{"compose", "restart"}, {"restart", "shop-directus-1"}, {"compose", "up", "-d", "--force-recreate"}} {
		if said := s.plain(false, words...); !strings.Contains(said, "authorization denied by plugin "+name) || !strings.Contains(said, "ev_a") {
			t.Errorf("docker %s: the engine does not say why:\n%s", strings.Join(words, " "), said)
		}
	}
	s.plain(true, "compose", "ps")

	s.commit("five collections")
	s.plain(false, "compose", "restart")
	s.plain(true, "compose", "up", "-d", "--build")
	s.plain(true, "compose", "restart")
	s.rowsAreThere("ev_a", "ev_b", "ev_c", "ev_d", "ev_e")
}

// serve runs the authorization plugin until the test ends.
func serve(t *testing.T, socket, engine string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "schemaguard")
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/schemaguard").CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	cmd := exec.Command(bin, "authz", "serve", "--socket", socket, "--engine", engine)
	cmd.Dir, cmd.Stderr = t.TempDir(), os.Stderr
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "DOCKER_HOST=", "DOCKER_CONFIG=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	for range 100 {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody answers on %s", socket)
}

// plain runs docker itself, which the engine must let do it or not; what is let
// through boots, or is a question.
func (s *story) plain(allowed bool, words ...string) (said string) {
	s.t.Helper()
	before := s.engine.Mark()
	res, err := s.engine.Run(s.t.Context(), s.dir, nil, append([]string{"docker"}, words...)...)
	if err != nil || (res.Code == 0) != allowed {
		s.t.Fatalf("docker %s: exit code %d, allowed should be %t: %v\n%s", strings.Join(words, " "), res.Code, allowed, err, res.Stderr)
	}
	boots, err := s.engine.Boots(s.t.Context(), before, "shop")
	if err != nil || len(boots) > 0 && !allowed {
		s.t.Errorf("docker %s was denied, and %d containers started: %v", strings.Join(words, " "), len(boots), err)
	}
	running, err := s.engine.Must(s.t.Context(), s.dir, "docker", "ps", "--quiet", "--filter", "name=shop-directus")
	if err != nil || strings.TrimSpace(running) == "" {
		s.t.Errorf("after docker %s the shop is down: %v", strings.Join(words, " "), err)
	}
	return res.Stderr
}
