//go:build unix

package gitdir

import (
	"os"
	"strconv"
	"syscall"
)

// OwnedByUser mirrors setup.c, ensure_valid_ownership (git 2.39.5): each existing path belongs to the effective user, or
// to the one who called sudo.
func OwnedByUser(env func(string) string, paths ...string) bool {
	uid := os.Geteuid()
	for _, p := range paths {
		st, err := os.Lstat(p)
		if err != nil {
			continue
		}
		sys, ok := st.Sys().(*syscall.Stat_t)
		if !ok {
			return false
		}
		owner := int(sys.Uid)
		if owner == uid {
			continue
		}
		sudo, err := strconv.Atoi(env("SUDO_UID"))
		if uid != 0 || err != nil || sudo != owner {
			return false
		}
	}
	return true
}
