//go:build unix

package dbinit_test

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
	"testing"
)

// ownerOf is the user who may enter the folder of the server's socket.
func ownerOf(t *testing.T, dir string) string {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		return "nobody" // a host name
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Skip("needs a system with file owners")
	}
	owner, err := user.LookupId(strconv.Itoa(int(stat.Uid)))
	if err != nil {
		t.Skip("needs a name for the owner of the socket")
	}
	return owner.Username
}
