// Package plainfile reads the files that people write: settings, compose files,
// dotenv files. They are small and regular, so a pipe, a device or a file of
// gigabytes under such a name is an error and not a wait.
package plainfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Read returns the content of a regular file of at most limit bytes.
func Read(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return os.ReadFile(path)
}

// Cause drops the path that the errors of package os repeat, for a message that
// names the file already.
func Cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
