//go:build unix

package command

import (
	"os"
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

// Reap takes away what has ended and nobody waits for. The first process of a container
// inherits what the commands of Directus left running, and the command that takes its
// place knows nothing of it. Anywhere else it does nothing. No command may be running.
func Reap() {
	if os.Getpid() != 1 {
		return
	}
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err != syscall.EINTR && pid <= 0 {
			return
		}
	}
}
