package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake is an engine whose docker is a script; what it was asked comes back from asked.
func fake(t *testing.T, script string) (e *Engine, asked func() string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "docker")
	log := filepath.Join(dir, "log")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho \"$*\" >>'"+log+"'\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	e = &Engine{Docker: []string{"/bin/sh", path, "-H", "tcp://x"}, Compose: []string{"/bin/sh", path, "-H", "tcp://x", "compose", "-p", "sg"}, Environ: os.Environ()}
	return e, func() string {
		data, _ := os.ReadFile(log)
		return string(data)
	}
}

const down = `echo "warming up" >&2; echo "Cannot connect to the Docker daemon at tcp://u:s3cret@x. Is the docker daemon running?" >&2; exit 1`

// Every question of an engine that does not answer is an error in docker's own words, without secrets.
func TestNoAnswerIsAnError(t *testing.T) {
	t.Parallel()
	e, asked := fake(t, down)
	ctx := context.Background()
	questions := map[string]func() error{
		"containers": func() error { _, err := e.Containers(ctx); return err },
		"images":     func() error { _, err := e.Images(ctx, []string{"a"}); return err },
		"volumes":    func() error { _, err := e.Volumes(ctx); return err },
		"ping":       func() error { _, err := e.Ping(ctx); return err },
		"address":    func() error { _, err := e.Address(ctx); return err },
		"file":       func() error { _, err := e.ReadFile(ctx, "c", "/x"); return err },
		"probe":      func() error { _, err := e.Probe(ctx, "i", nil); return err },
		"project":    func() error { _, err := e.Project(ctx, false, "", "-"); return err },
		"hashes":     func() error { _, err := e.Hashes(ctx); return err },
	}
	for name, ask := range questions {
		err := ask()
		var missing *NotFoundError
		switch {
		case err == nil:
			t.Errorf("%s: no error", name)
		case errors.As(err, &missing):
			t.Errorf("%s: taken for a file that is not there", name)
		case !strings.Contains(err.Error(), "Cannot connect") || strings.Contains(err.Error(), "s3cret"):
			t.Errorf("%s: %v", name, err)
		}
	}
	for line := range strings.Lines(asked()) {
		if !strings.HasPrefix(line, "-H tcp://x ") {
			t.Errorf("asked another daemon: %s", line)
		}
	}
}

func TestNoDocker(t *testing.T) {
	t.Parallel()
	for _, e := range []*Engine{{Docker: []string{"/nowhere/docker"}}, {}} {
		if _, err := e.Containers(context.Background()); err == nil {
			t.Error("an engine without a docker answers")
		}
	}
}

func TestJunkIsNoAnswer(t *testing.T) {
	t.Parallel()
	e, _ := fake(t, `echo abc; exit 0`)
	if _, err := e.Containers(context.Background()); err == nil {
		t.Error("junk makes containers")
	}
	if _, err := e.Images(context.Background(), []string{"x"}); err == nil {
		t.Error("junk makes images")
	}
	if _, err := e.ReadFile(context.Background(), "c", "/x"); err == nil {
		t.Error("junk makes a file")
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	e, _ := fake(t, `sleep 30`)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := e.Containers(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if time.Since(start) > 5*time.Second {
		t.Error("waited for an engine that was given up")
	}
}

// A container that goes away between the two questions is gone, and no error.
func TestContainersThatGoAway(t *testing.T) {
	t.Parallel()
	e, _ := fake(t, `case "$3" in
ps) printf 'aa\nbb\n-rm\n' ;;
inspect) echo '[{"Id":"aa","Name":"/a"},{"Id":"pp","Name":"/p","Config":{"Labels":{"schemaguard.probe":"true"}}}]'; echo 'Error: No such object: bb' >&2; exit 1 ;;
esac`)
	got, err := e.Containers(context.Background())
	if err != nil || len(got) != 1 || got[0].Name != "a" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestImagesThatAreMissing(t *testing.T) {
	t.Parallel()
	e, asked := fake(t, `shift 2; shift 2
for i; do [ "$i" = here ] && ok=1 || { echo "Error response from daemon: No such image: $i" >&2; bad=1; }; done
[ -n "$ok" ] && echo '[{"Id":"sha256:1"}]' || echo '[]'
exit ${bad:-0}`)
	got, err := e.Images(context.Background(), []string{"here", "gone", "--all", ""})
	if err != nil || len(got) != 1 || got["here"].ID != "sha256:1" {
		t.Errorf("%+v %v", got, err)
	}
	if strings.Contains(asked(), "--all") {
		t.Error("a name that looks like a flag was passed on")
	}
}

// A probe is removed whatever happened to what was read.
func TestProbeIsRemoved(t *testing.T) {
	t.Parallel()
	e, asked := fake(t, `case "$3" in
create) echo "a warning"; echo cafe ;;
cp) echo "Error response from daemon: Could not find the file /x in container cafe" >&2; exit 1 ;;
esac`)
	p, err := e.Probe(context.Background(), "img", []string{"type=volume,source=v,target=/v"})
	if err != nil {
		t.Fatal(err)
	}
	var missing *NotFoundError
	if _, err := p.ReadFile(context.Background(), "/x"); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--network none", "--pull never", "rm --force --volumes cafe"} {
		if !strings.Contains(asked(), want) {
			t.Errorf("%s is missing in:\n%s", want, asked())
		}
	}
	if _, err := e.Probe(context.Background(), "--privileged", nil); err == nil {
		t.Error("a flag is taken for an image")
	}
}

func TestProjectErrors(t *testing.T) {
	t.Parallel()
	e, _ := fake(t, `echo "no configuration file provided: not found" >&2; exit 14`)
	if _, err := e.Project(context.Background(), false, "", "-"); !errors.Is(err, ErrNoProject) {
		t.Errorf("got %v", err)
	}
	e, _ = fake(t, `echo "services.x must be a mapping" >&2; exit 15`)
	if _, err := e.Project(context.Background(), false, "", "-"); !errors.Is(err, ErrBadProject) || !strings.Contains(err.Error(), "must be a mapping") {
		t.Errorf("got %v", err)
	}
	e, _ = fake(t, `echo '{"name":"sg","services":{"a":{"image":"i"}}}'`)
	if p, err := e.Project(context.Background(), false, "", "-"); err != nil || p.Services["a"].Image != "i" {
		t.Errorf("%+v %v", p, err)
	}
	// The exit code of a dry run means nothing, and its words everything.
	e, _ = fake(t, `echo " DRY-RUN MODE -  Container a  Recreate" >&2; exit 1`)
	if a, err := e.DryRun(context.Background(), []string{"up"}); err != nil || !a["a"].Recreated {
		t.Errorf("%+v %v", a, err)
	}
}
