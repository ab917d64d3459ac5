package container

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// fakeDocker puts a docker on PATH that has one container, "app", with one
// file. The real one is tried by the docker tests.
func fakeDocker(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

const oneFile = `case "$4" in
app:/directus/snapshots/schema.yaml) cd "$(mktemp -d)" && printf 'version: 1\n' > schema.yaml && tar cf - schema.yaml ;;
app:*) echo "Error response from daemon: Could not find the file ${4#app:} in container app" >&2; exit 1 ;;
*) echo "Error response from daemon: No such container: ${4%%:*}" >&2; exit 1 ;;
esac`

func TestFindTakesTheFirstThatIsThere(t *testing.T) {
	fakeDocker(t, oneFile)
	path, data, err := Find(context.Background(), "app", Candidates("cms/schema.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if path != "/directus/snapshots/schema.yaml" || string(data) != "version: 1\n" {
		t.Errorf("got %q with %q", path, data)
	}
}

func TestFindTellsMissingFromUnanswered(t *testing.T) {
	fakeDocker(t, oneFile)
	var missing *NotFoundError
	if _, _, err := Find(context.Background(), "app", []string{"/nowhere"}); !errors.As(err, &missing) {
		t.Errorf("a missing file gave %v", err)
	}
	if _, _, err := Find(context.Background(), "other", []string{"/nowhere"}); err == nil || errors.As(err, &missing) {
		t.Errorf("a missing container gave %v", err)
	}
}

func TestFindWithoutDocker(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, _, err := Find(context.Background(), "app", []string{"/x"}); !errors.Is(err, ErrNoDocker) {
		t.Errorf("got %v, want ErrNoDocker", err)
	}
}
