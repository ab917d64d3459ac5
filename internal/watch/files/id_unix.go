//go:build unix

package files

import (
	"io/fs"
	"syscall"
)

// fileID tells a file from another one that took its name.
func fileID(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino) //nolint:unconvert // its type differs between systems
	}
	return 0
}
