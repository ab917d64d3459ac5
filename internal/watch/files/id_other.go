//go:build !unix

package files

import "io/fs"

// fileID would tell a file from another one that took its name; here its time and
// size have to do.
func fileID(fs.FileInfo) uint64 { return 0 }
