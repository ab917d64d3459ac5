//go:build docker

package connection

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRealDocker starts containers of an image made on the spot, labelled as
// docker compose labels them, and dials what Find made of their names.
func TestRealDocker(t *testing.T) {
	docker := CLI{Environ: os.Environ()}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := docker.Run(ctx, "version", "--format", "{{.Server.Version}}"); err != nil {
		t.Fatalf("needs a running docker engine: %v", err)
	}
	project := fmt.Sprintf("schemaguard-test-%d", os.Getpid())
	image := listenerImage(t, project)
	for _, tt := range []struct{ service, option string }{{"published", "--publish=127.0.0.1::5432"}, {"hidden", "--expose=5432"}} {
		id := run(t, nil, "run", "--detach", "--label", "com.docker.compose.project="+project, "--label", "com.docker.compose.service="+tt.service, tt.option, image)
		t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", id).Run() })
		archive := strings.NewReplacer("name: trm", "name: "+project, "DB_HOST: db", "DB_HOST: "+tt.service, "  db:", "  "+tt.service+":", `["127.0.0.1:5434:5432"]`, "[]").Replace(composeFile)
		s, err := find(t, archive, "", os.Environ(), docker)
		if err != nil {
			t.Errorf("%s: %v", tt.service, err)
			continue
		}
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(s.PG.Host, fmt.Sprint(s.PG.Port)), 5*time.Second)
		if err != nil {
			t.Errorf("%s: %s does not answer: %v", tt.service, s.Display, err)
			continue
		}
		conn.Close()
		if strings.Contains(s.Display, tt.service) || len(s.Notes) != 1 {
			t.Errorf("%s: %s, %q", tt.service, s.Display, s.Notes)
		}
		run(t, nil, "stop", "--time=0", id)
		if s, err := find(t, archive, "", os.Environ(), docker); err == nil {
			t.Errorf("%s: found %s in a container that was stopped", tt.service, s.Display)
		}
	}
}

// listenerImage makes an image of one static program that listens on port 5432.
func listenerImage(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	program := "package main\n\nimport \"net\"\n\nfunc main() {\n\tl, err := net.Listen(\"tcp\", \":5432\")\n\tfor err == nil {\n\t\t_, err = l.Accept()\n\t}\n}\n"
	if err := os.WriteFile(source, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "listen")
	build := exec.Command("go", "build", "-o", binary, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: "listen", Mode: 0o755, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	id := run(t, &layer, "import", "--change", `ENTRYPOINT ["/listen"]`, "-", name)
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--force", id).Run() })
	return id
}

func run(t *testing.T, stdin *bytes.Buffer, args ...string) string {
	t.Helper()
	cmd := exec.Command("docker", args...)
	if stdin != nil {
		cmd.Stdin = stdin
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
