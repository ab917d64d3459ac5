package dbinit_test

import (
	"net"
	"os"
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
