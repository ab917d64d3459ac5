//go:build unix

package command

import (
	"os/exec"
	"syscall"
	"time"
)

// group puts a command into a process group of its own.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// end asks the whole group to end, and kills it where it does not.
func end(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	time.AfterFunc(grace-grace/10, func() { kill(cmd) })
	return err
}

// kill kills what is left of the group. That nothing is left is as good.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
