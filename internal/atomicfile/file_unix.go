//go:build unix

package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// keepAttributes gives the new file the mode of the old one, and its owner.
func keepAttributes(f *os.File, old fs.FileInfo) error {
	if st, ok := old.Sys().(*syscall.Stat_t); ok {
		// Only root may give a file away; for others it simply becomes theirs, as in an editor.
		if err := f.Chown(int(st.Uid), int(st.Gid)); err != nil && os.Geteuid() == 0 {
			return fmt.Errorf("keeping the owner: %w", err)
		}
	}
	if err := f.Chmod(old.Mode().Perm()); err != nil {
		return fmt.Errorf("keeping the mode: %w", err)
	}
	return nil
}

func rename(from, to string) error {
	err := os.Rename(from, to)
	if errors.Is(err, syscall.EBUSY) {
		return fmt.Errorf("%w (a file that is mounted by itself, as into a container, cannot be replaced; mount its folder instead)", err)
	}
	return err
}

// syncDir makes the rename itself last. Some network filesystems cannot, and say so.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("opening the folder to sync it: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return fmt.Errorf("syncing the folder: %w", err)
	}
	return nil
}
