//go:build unix

package lines

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// awaitHangUp waits until the other end of a pipe is closed, or the time is up.
func awaitHangUp(file *os.File, d time.Duration) (gone bool, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	failed := raw.Control(func(fd uintptr) {
		// Nothing is asked for: that the other end is gone is told unasked.
		fds := []unix.PollFd{{Fd: int32(fd)}}
		var n int
		n, err = unix.Poll(fds, int(d.Milliseconds()))
		gone = n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
		if n > 0 && !gone {
			err = errors.New("the descriptor cannot be polled")
		}
	})
	if errors.Is(err, unix.EINTR) {
		err = nil
	}
	return gone, errors.Join(failed, err)
}
