package plainfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := Read(file, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := Read(file, 4); err == nil {
		t.Error("a file over the limit was read")
	}
	if _, err := Read(dir, 1<<20); err == nil {
		t.Error("a folder was read")
	}
	_, err := Read(filepath.Join(dir, "none"), 5)
	if !errors.Is(err, fs.ErrNotExist) || Cause(err).Error() == err.Error() {
		t.Errorf("a missing file gave %v, cause %v", err, Cause(err))
	}
}
