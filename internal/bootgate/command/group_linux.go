package command

import "syscall"

// dieWithParent lets the kernel kill the command when this process is gone: an
// apply that outlived the lock would be at work beside the next boot.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
