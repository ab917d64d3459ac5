//go:build directus

package apply

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// driver is a running driver.mjs.
type driver struct {
	requests io.WriteCloser
	answers  *bufio.Reader
}

type request struct {
	DB      string         `json:"db"`
	Command string         `json:"command"`
	File    string         `json:"file"`
	Options map[string]any `json:"options"`
}

type answer struct {
	Exit   int      `json:"exit"`
	Output string   `json:"output"`
	Errors []string `json:"errors"`
}

// startDriver starts the driver with that Directus, which must be installed.
func startDriver(t *testing.T, lab *directuslab.Lab, version string, pg *pgserver.Server) *driver {
	t.Helper()
	install, err := lab.Install(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("driver.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), nodeBinary(t, install), script, filepath.Join(install, "node_modules"))
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "package.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "KEY=lab", "SECRET=lab-secret-lab-secret-lab-secret", "TELEMETRY=false",
		"NO_COLOR=1", "LOG_LEVEL=error", "DB_CLIENT=pg", "DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(pg.Port()), "DB_USER=" + pgserver.SuperUser,
		"DB_PASSWORD=" + pg.Password(), "DB_DATABASE=postgres",
	}
	requests, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{write}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		requests.Close()
		_ = cmd.Wait() // it kills itself
		read.Close()
	})
	return &driver{requests, bufio.NewReaderSize(read, 1<<20)}
}

// nodeBinary returns the Node that the lab runs its Directus with.
func nodeBinary(t *testing.T, install string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(install), "node/node_modules/node-*/bin/node"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		return found[0]
	}
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs node")
	}
	return path
}

func (d *driver) ask(t *testing.T, r request) answer {
	t.Helper()
	line, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(d.requests, "%s\n", line); err != nil {
		t.Fatal(err)
	}
	reply, err := d.answers.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the driver has ended: %v", err)
	}
	var a answer
	if err := json.Unmarshal(reply, &a); err != nil {
		t.Fatal(err)
	}
	if a.Exit < 0 {
		t.Fatalf("the driver failed: %v", a.Errors)
	}
	return a
}

func (d *driver) apply(t *testing.T, db, file string) answer {
	return d.ask(t, request{db, "apply", file, map[string]any{"yes": true}})
}

func (d *driver) dryRun(t *testing.T, db, file string) answer {
	return d.ask(t, request{db, "apply", file, map[string]any{"dryRun": true}})
}

func (d *driver) snapshot(t *testing.T, db string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "live.json")
	if a := d.ask(t, request{db, "snapshot", file, map[string]any{"yes": true, "format": "json"}}); a.Exit != 0 {
		t.Fatalf("taking a snapshot: %v", a.Errors)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
