package dbinit_test

import (
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"testing"
)

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func plain(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

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
