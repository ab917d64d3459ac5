package command

import (
	"os/exec"
	"syscall"
)

// group keeps Ctrl-C of the console away from a command.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func end(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// kill has nothing to do: a process group of Windows is no group of processes.
func kill(*exec.Cmd) {}

// Reap has nothing to do: Windows has no processes that wait to be waited for.
func Reap() {}
