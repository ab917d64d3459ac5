package atomicfile

import (
	"io/fs"
	"os"
	"time"
)

// keepAttributes has nothing to do: a file takes its rights from the folder.
func keepAttributes(*os.File, fs.FileInfo) error { return nil }

// rename tries for a moment longer: a virus scanner or an editor may hold the file open.
func rename(from, to string) error {
	var err error
	for wait := 5 * time.Millisecond; wait < 500*time.Millisecond; wait *= 2 {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(wait)
	}
	return err
}

// syncDir has nothing to do: a folder cannot be synced.
func syncDir(string) error { return nil }
