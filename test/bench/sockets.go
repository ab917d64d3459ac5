//go:build tools

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// sockets returns how many sockets `schemaguard version` opens, as strace sees
// it. The error says what is missing where it cannot be told.
func (b *bench) sockets(ctx context.Context) (int, error) {
	if _, err := exec.LookPath("strace"); err != nil {
		return 0, fmt.Errorf("strace is not installed (apt-get install strace)")
	}
	trace := filepath.Join(b.dir, "strace")
	cmd := exec.CommandContext(ctx, "strace", "-f", "-e", "trace=execve,socket,connect", "-o", trace, b.guard, "version")
	cmd.Env = b.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("strace may not be used here: %s", bytes.TrimSpace(out))
	}
	calls, err := os.ReadFile(trace)
	if err != nil {
		return 0, err
	}
	if !bytes.Contains(calls, []byte("execve(")) {
		return 0, fmt.Errorf("strace saw nothing")
	}
	return bytes.Count(calls, []byte("socket(")) + bytes.Count(calls, []byte("connect(")), nil
}
