//go:build unix

package containers

import (
	"os/exec"
	"syscall"
)

// ownGroup has a program and all that it starts end together, and not with a
// Ctrl-C that is meant for the screen.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
