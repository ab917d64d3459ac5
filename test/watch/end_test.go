//go:build unix

package watch

import (
	"bufio"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// However the watcher is told to end, it ends by itself and with 0: also when its
// terminal goes away, so that nothing that it started stays behind.
func TestSignalsEndIt(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	for _, end := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(end) { // as under nohup, which a child inherits, and which it is to outlive
			t.Logf("%s is ignored here", end)
			continue
		}
		cmd := d.command("watch", "--plain", "--no-docker", "--interval", "100ms")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "clean") {
			t.Fatalf("%q, %v", line, err)
		}
		if err := cmd.Process.Signal(end); err != nil {
			t.Fatal(err)
		}
		stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", end, err)
		}
		stuck.Stop()
	}
}

// Whoever reads its lines and goes, as `| head -1` does, ends it too, although no
// line is to be written.
func TestAReaderThatGoesEndsIt(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	cmd := d.command("watch", "--json", "--no-docker")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "clean") {
		t.Fatalf("%q, %v", line, err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	stuck.Stop()
}
