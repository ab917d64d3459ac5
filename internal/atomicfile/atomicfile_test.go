package atomicfile

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("ATOMICFILE_TEST_CRASH"); path != "" {
		crash(path)
	}
	m.Run()
}

// crash dies, as by kill -9, when the new content is written and the rename is still to come.
func crash(path string) {
	p, err := prepare(path, []byte("new content\n"), 0o644)
	if p == nil || err != nil {
		os.Exit(3)
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	time.Sleep(time.Minute)
	panic(err)
}

func write(t *testing.T, path, data string, wantChanged bool) {
	t.Helper()
	changed, err := Write(path, []byte(data), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if changed != wantChanged {
		t.Errorf("changed = %v, want %v", changed, wantChanged)
	}
	if got := read(t, path); got != data {
		t.Errorf("content %q, want %q", got, data)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteCreatesReplacesAndLeavesEqualAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schema.yaml")
	write(t, path, "one\n", true)
	write(t, path, "two two\n", true)
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	write(t, path, "two two\n", false)
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("equal bytes touched the file: %v %v", info.ModTime(), err)
	}
	write(t, path, "two TWO\n", true) // same length
	write(t, path, "", true)
	if got := entries(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left over: %q", got)
	}
}

func TestWriteKeepsTheMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs unix file modes")
	}
	path := filepath.Join(t.TempDir(), "schema.yaml")
	write(t, path, "one\n", true)
	for _, mode := range []fs.FileMode{0o600, 0o664, 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		write(t, path, mode.String(), true)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %v, want %v (%v)", info.Mode().Perm(), mode, err)
		}
	}
}

func TestWriteFollowsLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join("real", "schema.yaml"), link); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	write(t, link, "made through a dangling link\n", true)
	write(t, link, "replaced\n", true)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if got := read(t, filepath.Join(dir, "real", "schema.yaml")); got != "replaced\n" {
		t.Errorf("the target has %q", got)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(loop, nil, 0o644); err == nil {
		t.Error("a link to itself was written")
	}
}

func TestWriteRefusesWhatIsNotAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Write(dir, []byte("x"), 0o644); err == nil || !strings.Contains(err.Error(), "not a plain file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Write(filepath.Join(dir, "no", "schema.yaml"), []byte("x"), 0o644); err == nil {
		t.Error("a missing folder was no error")
	}
	if got := entries(t, dir); len(got) != 0 {
		t.Errorf("left over: %q", got)
	}
}

func TestKilledBeforeTheRename(t *testing.T) {
	t.Parallel()
	for _, existing := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "schema.yaml")
		if existing {
			write(t, path, "old content\n", true)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "ATOMICFILE_TEST_CRASH="+path)
		if err := child.Run(); err == nil || child.ProcessState.ExitCode() == 3 {
			t.Fatalf("the child did not die as meant: %v", err)
		}
		if existing && read(t, path) != "old content\n" {
			t.Errorf("after the crash: %q", read(t, path))
		}
		if _, err := os.Stat(path); existing != (err == nil) {
			t.Errorf("existing before %v, after the crash: %v", existing, err)
		}
		left, err := filepath.Glob(tempPrefix(path) + "*")
		if err != nil || len(left) != 1 {
			t.Fatalf("the crash left %q, %v", left, err)
		}
		write(t, path, "next run\n", true)
		if _, err := os.Stat(left[0]); err != nil {
			t.Error("a temporary file that is seconds old may be another process's: it was removed")
		}
		old := time.Now().Add(-2 * staleAfter)
		if err := os.Chtimes(left[0], old, old); err != nil {
			t.Fatal(err)
		}
		write(t, path, "next run\n", false)
		if got := entries(t, filepath.Dir(path)); len(got) != 1 {
			t.Errorf("left over: %q", got)
		}
	}
}

func TestReadersSeeOldOrNew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schema.yaml")
	a, b := strings.Repeat("a", 100_000), strings.Repeat("b", 200_000)
	write(t, path, a, true)
	stop := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := Write(path, []byte([]string{a, b}[i%2]), 0o644); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 200 {
		if got := read(t, path); got != a && got != b {
			t.Fatalf("a reader saw %d bytes", len(got))
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
