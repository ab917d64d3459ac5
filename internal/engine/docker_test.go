//go:build docker

package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestRealEngine reads files out of an image made on the spot, a container of it and a volume, and leaves nothing.
func TestRealEngine(t *testing.T) {
	ctx := context.Background()
	docker := func(stdin []byte, args ...string) string {
		t.Helper()
		cmd := exec.Command("docker", args...)
		cmd.Stdin = bytes.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("needs a docker engine: %s", out)
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	for _, h := range []*tar.Header{
		{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "d/f", Typeflag: tar.TypeReg, Mode: 0o644, Size: 5},
		{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "d/f"},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte("image")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("schemaguard-engine-test-%d", os.Getpid())
	docker(layer.Bytes(), "import", "-", name)
	t.Cleanup(func() { docker(nil, "rmi", "--force", name) })
	docker(nil, "create", "--name", name, "--label", "a=b", "-v", name+":/d", "-e", "X=y", name, "/nothing")
	t.Cleanup(func() { docker(nil, "rm", "--force", name); docker(nil, "volume", "rm", name) })

	e := &Engine{Docker: []string{"docker"}, Environ: os.Environ()}
	all, err := e.Containers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range all {
		if c.Name == name {
			found = c.State == "created" && c.Labels["a"] == "b" && len(c.Mounts) == 1 && c.Mounts[0].Name == name
		}
	}
	if !found {
		t.Errorf("the container is not what was made: %+v", all)
	}
	if data, err := e.ReadFile(ctx, name, "/link"); err != nil || string(data) != "image" {
		t.Errorf("%q %v", data, err)
	}
	images, err := e.Images(ctx, []string{name, name + "-none"})
	if err != nil || len(images) != 1 {
		t.Fatal(images, err)
	}
	p, err := e.Probe(ctx, images[name].ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := p.ReadFile(ctx, "/d/f"); err != nil || string(data) != "image" {
		t.Errorf("%q %v", data, err)
	}
	var missing *NotFoundError
	if _, err := p.ReadFile(ctx, "/d/none"); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if _, err := p.ReadFile(ctx, "/d"); !errors.As(err, &missing) {
		t.Errorf("a folder gave %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if left := docker(nil, "ps", "-aq", "--filter", "label="+probeLabel, "--filter", "ancestor="+images[name].ID); left != "" {
		t.Errorf("left containers: %s", left)
	}
	vols, err := e.Volumes(ctx)
	if err != nil || len(vols) == 0 {
		t.Error(vols, err)
	}
	if address, err := e.Address(ctx); err != nil || !strings.Contains(address, "://") {
		t.Errorf("%q %v", address, err)
	}
	if api, err := e.Ping(ctx); err != nil || !strings.HasPrefix(api, "1.") {
		t.Errorf("%q %v", api, err)
	}
	if _, err := e.ReadFile(ctx, name+"-none", "/x"); err == nil || errors.As(err, &missing) {
		t.Errorf("a container that is not there gave %v", err)
	}
}
