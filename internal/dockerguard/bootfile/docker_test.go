//go:build docker

package bootfile

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

const file = "/directus/snapshots/schema.yaml"

// TestSources reads one path from all that a container can take it from. Each holds another text.
func TestSources(t *testing.T) {
	ctx := context.Background()
	if out, err := exec.Command("docker", "version").CombinedOutput(); err != nil {
		t.Skipf("needs a docker engine: %s", out)
	}
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
	archive := func(name, text string) []byte {
		t.Helper()
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	name := fmt.Sprintf("schemaguard-bootfile-test-%d", os.Getpid())
	docker(archive("directus/snapshots/schema.yaml", "image"), "import", "-", name)
	t.Cleanup(func() { docker(nil, "rmi", "--force", name) })
	t.Cleanup(func() {
		docker(nil, "rm", "--force", "--volumes", name, name+"-v", name+"-b")
		docker(nil, "volume", "rm", "--force", name+"-full", name+"-empty")
	})
	docker(nil, "create", "--name", name, name, "/nothing")
	docker(archive("schema.yaml", "container"), "cp", "-", name+":/directus/snapshots")
	docker(nil, "create", "--name", name+"-v", "-v", name+"-full:/directus/snapshots", name, "/nothing")
	docker(archive("schema.yaml", "volume"), "cp", "-", name+"-v:/directus/snapshots")
	docker(nil, "volume", "create", name+"-empty")
	host := t.TempDir()
	if err := os.WriteFile(filepath.Join(host, "schema.yaml"), []byte("host"), 0o600); err != nil {
		t.Fatal(err)
	}
	docker(nil, "create", "--name", name+"-b", "-v", host+":/directus/snapshots", name, "/nothing")

	e := &engine.Engine{Docker: []string{"docker"}, Environ: os.Environ()}
	images, err := e.Images(ctx, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	image := bootsource.Source{Kind: bootsource.Image, ID: images[name].ID, Ref: name}
	over := func(m inventory.Mount) []inventory.Mount {
		m.Target = "/directus/snapshots"
		return []inventory.Mount{m}
	}
	for _, c := range []struct {
		name   string
		source bootsource.Source
		mounts []inventory.Mount
		far    bool // the engine is taken for one elsewhere
		want   string
		kind   bootsource.Kind
		later  bool
	}{
		{name: "container", source: bootsource.Source{Kind: bootsource.Container, ID: name}, want: "container", kind: bootsource.Container},
		{name: "container with a volume", source: bootsource.Source{Kind: bootsource.Container, ID: name + "-v"}, want: "volume", kind: bootsource.Container},
		{name: "container with a folder", source: bootsource.Source{Kind: bootsource.Container, ID: name + "-b"}, want: "host", kind: bootsource.Container},
		{name: "image", source: image, want: "image", kind: bootsource.Image},
		{name: "folder over the image", source: image, mounts: over(inventory.Mount{Type: "bind", Source: host}), want: "host", kind: bootsource.Mount},
		{name: "folder, read through the engine", source: image, mounts: over(inventory.Mount{Type: "bind", Source: host}), far: true, want: "host", kind: bootsource.Mount},
		{name: "folder that is not there", source: image, mounts: over(inventory.Mount{Type: "bind", Source: host + "/none"}), want: "", kind: bootsource.Image},
		{name: "volume over the image", source: image, mounts: over(inventory.Mount{Type: "volume", Name: name + "-full"}), want: "volume", kind: bootsource.Mount},
		{name: "empty volume, filled from the image", source: image, mounts: over(inventory.Mount{Type: "volume", Name: name + "-empty"}), want: "image", kind: bootsource.Mount},
		{name: "volume that is still to be made", source: image, mounts: over(inventory.Mount{Type: "volume", Name: name + "-new"}), want: "image", kind: bootsource.Mount},
		{name: "build", source: bootsource.Source{Kind: bootsource.Build, Ref: "."}, want: "", kind: bootsource.Build, later: true},
		{name: "folder over a build", source: bootsource.Source{Kind: bootsource.Build, Ref: "."}, mounts: over(inventory.Mount{Type: "bind", Source: host}), want: "host", kind: bootsource.Mount},
	} {
		r := &Reader{Engine: e, HasVolume: func(ctx context.Context, volume string) (bool, error) {
			all, err := e.Volumes(ctx)
			for _, v := range all {
				if v.Name == volume {
					return true, err
				}
			}
			return false, err
		}}
		if c.far {
			r.Address = "ssh://box"
		}
		b := &bootsource.Boot{Sources: []bootsource.Source{c.source}, Spec: bootsource.Spec{Mounts: c.mounts}}
		got := r.Read(ctx, b, []string{"/directus/none.yaml", file})[0]
		if got.Err != nil || string(got.Data) != c.want || got.Later != c.later || c.want != "" && got.Source.Kind != c.kind {
			t.Errorf("%s: %q of the %s (later %v, missing %v): %v", c.name, got.Data, got.Source.Kind, got.Later, got.Missing, got.Err)
		}
	}
	if left := docker(nil, "ps", "-aq", "--filter", "label=schemaguard.probe", "--filter", "ancestor="+images[name].ID); left != "" {
		t.Errorf("containers were left: %s", left)
	}
	if made := docker(nil, "volume", "ls", "-q", "--filter", "name="+name+"-new"); made != "" {
		t.Errorf("a volume was made: %s", made)
	}
}
