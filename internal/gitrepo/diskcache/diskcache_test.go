package diskcache

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func files(t *testing.T, dir string) (names []string, size int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Join(dir, e.Name()))
		size += info.Size()
	}
	return names, size
}

func TestStoreThenLoad(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "cache")
	New(dir, 1<<20).Store("../odd name\x00é", []byte("one"))
	d := New(dir, 1<<20)
	if got, ok := d.Load("../odd name\x00é"); !ok || string(got) != "one" {
		t.Fatalf("Load = %q, %v", got, ok)
	}
	if _, ok := d.Load("another"); ok {
		t.Error("a name that was never stored is found")
	}
	d.Store("../odd name\x00é", nil)
	if got, ok := d.Load("../odd name\x00é"); !ok || len(got) != 0 {
		t.Errorf("after storing nothing: %q, %v", got, ok)
	}
	if names, _ := files(t, dir); len(names) != 1 {
		t.Errorf("files: %v", names)
	}
}

// TestLoadRefusesDamage: no single flipped bit, no cut and no swapped file is served.
func TestLoadRefusesDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := New(dir, 1<<20)
	d.Store("a", []byte("content"))
	names, _ := files(t, dir)
	whole, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		if err := os.WriteFile(names[0], b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		put(bad)
		if _, ok := d.Load("a"); ok {
			t.Errorf("flipped byte %d: served", i)
		}
		put(whole[:i])
		if _, ok := d.Load("a"); ok {
			t.Errorf("cut at %d: served", i)
		}
	}
	put(append(bytes.Clone(whole), 'x'))
	if _, ok := d.Load("a"); ok {
		t.Error("with a byte more: served")
	}
	put(whole)
	if err := os.Rename(names[0], d.file("b")); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Load("b"); ok {
		t.Error("under another name: served")
	}
}

func TestStoreBounds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := New(dir, 10_000)
	old := time.Now().Add(-30 * time.Minute)
	for i := range 100 {
		name := fmt.Sprint(i)
		d.Store(name, make([]byte, 1000))
		if i < 50 {
			_ = os.Chtimes(d.file(name), old, old.Add(time.Duration(i)*time.Second))
		}
	}
	if _, size := files(t, dir); size > 10_000 {
		t.Errorf("folder holds %d bytes, bound is 10000", size)
	}
	if _, ok := d.Load("99"); !ok {
		t.Error("the newest entry was dropped")
	}
	if _, ok := d.Load("0"); ok {
		t.Error("the oldest entry was kept")
	}
	d.Store("big", make([]byte, 2501))
	if _, ok := d.Load("big"); ok {
		t.Error("an entry above a quarter of the bound was kept")
	}
}

func TestStoreSweepsWhatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale, fresh := filepath.Join(dir, tmpPrefix+"1"), filepath.Join(dir, tmpPrefix+"2")
	for _, p := range []string{stale, fresh} {
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * staleTemp)
	if err := os.Chtimes(stale, past, past); err != nil {
		t.Fatal(err)
	}
	New(dir, 1<<20).Store("a", nil)
	if _, err := os.Stat(stale); err == nil {
		t.Error("stale temporary file kept")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("temporary file of a running process removed")
	}
}

func TestUnusableFolderIsNoCache(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dir{nil, {}, New(filepath.Join(file, "cache"), 1<<20)} {
		d.Store("a", []byte("x"))
		if _, ok := d.Load("a"); ok {
			t.Error("served from nowhere")
		}
	}
}

func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			d := New(dir, 50_000)
			for i := range 50 {
				d.Store("same", bytes.Repeat([]byte{byte(w)}, 1000))
				if got, ok := d.Load("same"); ok && !bytes.Equal(got, bytes.Repeat(got[:1], 1000)) {
					t.Errorf("round %d: mixed content", i)
				}
			}
		})
	}
	wg.Wait()
}
