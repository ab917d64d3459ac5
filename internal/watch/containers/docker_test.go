//go:build docker

package containers

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/workspace"
)

const composeFile = `name: %[1]s
services:
  directus:
    image: %[1]s
    entrypoint: ["/nothing"]
    environment: {DB_CLIENT: pg, DB_HOST: 127.0.0.2, DB_PORT: "5432", DB_USER: app, DB_PASSWORD: hidden-secret, DB_DATABASE: cms, KEY: k}
    labels: {schemaguard.snapshot: /directus/snapshots/schema.yaml}
    network_mode: host
%[2]s`

// TestBoots follows one container on a real engine: as it is, after its image was
// made anew, with the snapshot mounted, and with its database changed.
func TestBoots(t *testing.T) {
	for _, need := range [][]string{{"docker", "version"}, {"docker", "compose", "version"}} {
		if out, err := exec.Command(need[0], need[1:]...).CombinedOutput(); err != nil {
			t.Skipf("needs %s to answer: %s", strings.Join(need, " "), out)
		}
	}
	name := fmt.Sprintf("sgwatch%d", time.Now().UnixNano()%1e9)
	dir := filepath.Join(t.TempDir(), name)
	docker := func(stdin []byte, args ...string) string {
		t.Helper()
		cmd := exec.Command("docker", args...)
		cmd.Stdin, cmd.Dir = bytes.NewReader(stdin), dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(file, text string) {
		t.Helper()
		file = filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	image := func(text string) {
		t.Helper()
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Name: "directus/snapshots/schema.yaml", Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))})
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		docker(b.Bytes(), "import", "-", name)
	}
	write("compose.yaml", fmt.Sprintf(composeFile, name, ""))
	t.Cleanup(func() { // whatever was made
		cmd := exec.Command("docker", "compose", "-p", name, "down", "--volumes")
		cmd.Dir = dir
		_ = cmd.Run()
		_ = exec.Command("docker", "rmi", "--force", name).Run()
	})
	environ := append(os.Environ(), "SCHEMAGUARD_DATABASE_URL=postgres://app@127.0.0.2:5432/cms")
	w := New(Options{Environ: environ, Dir: dir})
	events, _ := run(t, w)
	for e := next(t, events); e.Kind != Engine; e = next(t, events) {
	}
	t.Chdir(dir)
	boots := func() []Boot {
		t.Helper()
		ws, err := workspace.OpenAt(t.Context(), dir, workspace.Options{Environ: environ, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		st, err := ws.Resolve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		list, err := w.Boots(t.Context(), ws, st)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := func(what string, texts ...string) []Boot {
		t.Helper()
		var got []string
		list := boots()
		for _, b := range list {
			if b.Err != nil {
				t.Errorf("%s: %v", what, b.Err)
			}
			got = append(got, string(b.Data))
		}
		if strings.Join(got, " | ") != strings.Join(texts, " | ") {
			t.Errorf("%s: %q, want %q", what, got, texts)
		}
		return list
	}
	settle := func(kind Kind) {
		t.Helper()
		for e := next(t, events); e.Kind != kind; e = next(t, events) {
		}
	}
	want("before anything is built")
	image("one")
	settle(Image)
	want("a service without a container", "one")
	docker(nil, "compose", "create")
	settle(Made)
	if list := want("its container", "one"); len(list) == 1 && (list[0].Name != name+"-directus-1" || list[0].New || list[0].Running) {
		t.Errorf("%+v", list[0])
	}
	before := w.memory
	want("again", "one")
	if &before.boots[0] != &w.memory.boots[0] {
		t.Error("the engine was asked again although nothing happened")
	}
	image("two")
	settle(Image)
	if list := want("after its image was made anew", "one", "two"); len(list) == 2 && !list[1].New {
		t.Errorf("%+v", list[1])
	}
	write("snapshots/schema.yaml", "mounted")
	write("compose.yaml", fmt.Sprintf(composeFile, name, `    volumes: ["./snapshots:/directus/snapshots"]`))
	want("with a mount that is still to come", "one", "mounted")
	docker(nil, "compose", "create")
	settle(Made)
	want("mounted", "mounted")
	write("snapshots/schema.yaml", "edited")
	want("edited in the mount", "edited")
	write("compose.yaml", strings.ReplaceAll(fmt.Sprintf(composeFile, name, ""), "DB_DATABASE: cms", "DB_DATABASE: other"))
	want("a new one of another database", "edited")
	docker(nil, "compose", "create")
	settle(Made)
	want("of another database")
}
