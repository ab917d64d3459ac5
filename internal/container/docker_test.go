//go:build docker

package container

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

// TestRealDocker reads from a container of an image made on the spot, which has
// never run, and through a link.
func TestRealDocker(t *testing.T) {
	ctx := context.Background()
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	const content = "version: 1\ndirectus: 12.4.1\n"
	for _, h := range []*tar.Header{
		{Name: "directus/snapshots/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "directus/snapshots/schema.yaml", Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))},
		{Name: "directus/link.yaml", Typeflag: tar.TypeSymlink, Linkname: "snapshots/schema.yaml"},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("schemaguard-container-test-%d", os.Getpid())
	docker := func(stdin []byte, args ...string) {
		t.Helper()
		cmd := exec.Command("docker", args...)
		cmd.Stdin = bytes.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	docker(layer.Bytes(), "import", "-", name)
	t.Cleanup(func() { docker(nil, "rmi", "--force", name) })
	docker(nil, "create", "--name", name, name, "/nothing")
	t.Cleanup(func() { docker(nil, "rm", "--force", name) })

	path, data, err := Find(ctx, name, Candidates("cms/schema.yaml"))
	if err != nil || path != "/directus/snapshots/schema.yaml" || string(data) != content {
		t.Errorf("got %q, %q, %v", path, data, err)
	}
	if _, data, err = Find(ctx, name, []string{"/directus/link.yaml"}); err != nil || string(data) != content {
		t.Errorf("through a link: %q, %v", data, err)
	}
	var missing *NotFoundError
	if _, _, err = Find(ctx, name, []string{"/directus/none.yaml"}); !errors.As(err, &missing) {
		t.Errorf("a missing file gave %v", err)
	}
	if _, _, err = Find(ctx, name+"-none", []string{"/x"}); err == nil || errors.As(err, &missing) {
		t.Errorf("a missing container gave %v", err)
	}
}
