//go:build docker

package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// start gives a test an engine with the images lab:v1 and lab:v2.
func start(t *testing.T, options Options) *Engine {
	t.Helper()
	e, err := Start(t.Context(), options)
	if missing := (*MissingError)(nil); errors.As(err, &missing) && os.Getenv("SCHEMAGUARD_REQUIRE_ALL") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := e.BuildImages(t.Context(), "lab", map[string][]byte{"v1": []byte("one"), "v2": []byte("two")}); err != nil {
		t.Fatal(err)
	}
	return e
}

// boots runs a command and returns who booted because of it.
func boots(t *testing.T, e *Engine, dir, project string, argv ...string) []Boot {
	t.Helper()
	at := e.Mark()
	if _, err := e.Must(t.Context(), dir, argv...); err != nil {
		t.Fatal(err)
	}
	list, err := e.Boots(t.Context(), at, project)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestEachToolIsHeard proves the lab itself, with the storage driver that the engine chooses and with
// the one that works everywhere: what starts is heard with what it read, what doesn't start is not.
func TestEachToolIsHeard(t *testing.T) {
	for _, options := range []Options{{}, {Storage: "vfs"}} {
		e := start(t, options)
		if options.Storage != "" && e.Storage != options.Storage {
			t.Errorf("driver %s", e.Storage)
		}
		dir := t.TempDir()
		file := "services: {directus: {image: 'lab:v1'}, db: {image: 'lab:v2'}}\n"
		if err := os.WriteFile(filepath.Join(dir, "docker-compose.yml"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			want []string
			argv []string
		}{
			{[]string{"one", "two"}, []string{"docker", "compose", "-p", "labx", "up", "-d"}},
			{nil, []string{"docker", "compose", "-p", "labx", "up", "-d"}},
			{[]string{"one"}, []string{"docker", "compose", "-p", "labx", "restart", "directus"}},
			{[]string{"two"}, []string{"docker", "run", "--rm", "--name", "labx-gone", "lab:v2", "exit"}},
			{[]string{"none"}, []string{"docker", "run", "-d", "--name", "labx-none", "lab:v2", "/none.yaml"}},
			{nil, []string{"docker", "stop", "labx-directus-1"}},
			{[]string{"one"}, []string{"docker-compose", "-p", "labx", "start", "directus"}},
			{nil, []string{"docker-compose", "-p", "labx", "ps"}},
		} {
			got := map[string]int{}
			for _, b := range boots(t, e, dir, "labx", step.argv...) {
				got[b.SHA256]++
			}
			for _, text := range step.want {
				digest := sha256.Sum256([]byte(text))
				sum := hex.EncodeToString(digest[:])
				if text == "none" {
					sum = text
				}
				if got[sum] != 1 {
					t.Errorf("%s: %q was read %d times", step.argv, text, got[sum])
				}
				delete(got, sum)
			}
			if len(got) > 0 {
				t.Errorf("%s: besides, %v", step.argv, got)
			}
		}
	}
}

// TestStopLeavesNothing: no process, no mount and no file stays.
func TestStopLeavesNothing(t *testing.T) {
	e, err := Start(context.Background(), Options{})
	if missing := (*MissingError)(nil); errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(e.root); !os.IsNotExist(err) {
		t.Errorf("%s is still there", e.root)
	}
}
