//go:build unix && !linux

package command

import "syscall"

// dieWithParent is what only Linux can do.
func dieWithParent(*syscall.SysProcAttr) {}
