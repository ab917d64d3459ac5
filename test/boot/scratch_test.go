//go:build docker

package boot

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// TestScratch: in an image with nothing but the binary, as a user that nobody knows, on
// a root file system that is read-only, the gate does all it does, and the command that
// it becomes is the first process, gets the signals and ends the container with its code.
func TestScratch(t *testing.T) {
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("needs a docker engine: %s", out)
	}
	image := scratchImage(t)
	srv, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	if err := srv.CreateDatabase(t.Context(), "shop", ""); err != nil {
		t.Fatal(err)
	}
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgconn.Connect(t.Context(), srv.TCPDSN("shop"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, sql := range dumps {
		if err := conn.Exec(t.Context(), sql).Close(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	same, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(same), "\ncollections:\n", "\ncollections:\n  - collection: a_folder\n    meta:\n      collection: a_folder\n", 1)
	for name, text := range map[string]string{"same.yaml": string(same), "more.yaml": more} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := func(file string) *exec.Cmd {
		name := image + "-" + strings.TrimSuffix(file, ".yaml")
		t.Cleanup(func() { _ = exec.Command("docker", "rm", "-f", name).Run() })
		return exec.CommandContext(ctx, "docker", "run", "--rm", "--name", name, "--network", "host", "--read-only", "--user", "65534:65534",
			"-e", "DB_CLIENT=pg", "-e", "DB_CONNECTION_STRING="+srv.TCPDSN("shop"), "-e", "SCHEMAGUARD_ON_REFUSE=stop", "-v", dir+":/snapshots:ro", image,
			"/schemaguard", "boot", "--no-db-init", "--snapshot", "/snapshots/"+file, "--bootstrap-command", "/image bootstrap", "--apply-command", "/image apply {file}", "--", "/image", "serve")
	}

	cmd := run("same.yaml")
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stdout); !strings.Contains(said, "serving") && lines.Scan(); {
		said += lines.Text() + "\n"
	}
	began := time.Now()
	stop, _ := exec.Command("docker", "stop", "-t", "20", image+"-same").CombinedOutput()
	_ = cmd.Wait()
	if want := "bootstrap as user 65534 <nil>\nserving as process 1, user 65534, with 0 dead processes\n"; said != want || cmd.ProcessState.ExitCode() != 7 || time.Since(began) > 15*time.Second {
		t.Errorf("exit code %d after %s (%s)\n%s%s", cmd.ProcessState.ExitCode(), time.Since(began), stop, said, log.String())
	}
	if !strings.Contains(log.String(), "the database is as the snapshot says") || strings.Contains(log.String(), srv.Password()) {
		t.Errorf("the log:\n%s", log.String())
	}

	// There is no place for a copy of the file: the snapshot itself is applied, and that
	// this Directus does nothing is seen.
	cmd = run("more.yaml")
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !bytes.Contains(out, []byte("apply snapshots/more.yaml")) || !bytes.Contains(out, []byte("NOT_APPLIED")) {
		t.Errorf("exit code %d:\n%s", cmd.ProcessState.ExitCode(), out)
	}
}

// scratchImage makes an image of two static binaries, and returns its name.
func scratchImage(t *testing.T) string {
	t.Helper()
	dir, name := t.TempDir(), "schemaguard-scratch-"+strings.ToLower(filepath.Base(t.TempDir())+time.Now().Format("150405"))
	for binary, source := range map[string]string{"schemaguard": "../../cmd/schemaguard", "image": "./testdata/image"} {
		build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, binary), source)
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v: %s", binary, err, out)
		}
	}
	tar := exec.Command("tar", "-C", dir, "-c", "schemaguard", "image")
	load := exec.Command("docker", "import", "-", name)
	var err error
	if load.Stdin, err = tar.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := tar.Start(); err != nil {
		t.Fatal(err)
	}
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("importing: %v: %s", err, out)
	}
	if err := tar.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", name).Run() })
	return name
}
