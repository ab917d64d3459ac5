package authz

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// listen opens the socket, for root alone. remove takes it away again.
func listen(path string) (l net.Listener, remove func(), err error) {
	if l, err := activated(); l != nil || err != nil {
		return l, func() {}, err
	}
	if path == "" {
		path = DefaultSocket
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, nil, fmt.Errorf("making the folder of the socket: %w", err)
	}
	if err := vacate(path); err != nil {
		return nil, nil, err
	}
	// It is made in a folder that nobody else can enter and moved to its place when it has its mode: who may
	// connect is never left to the umask.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".sg")
	if err != nil {
		return nil, nil, fmt.Errorf("making the socket: %w", err)
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "s")
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, nil, fmt.Errorf("listening on %s: %w", path, err)
	}
	u.SetUnlinkOnClose(false) // it has another name by then
	if err := errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listening on %s: %w", path, err), u.Close())
	}
	mine, err := os.Lstat(path)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listening on %s: %w", path, err), u.Close())
	}
	return named{u, path}, func() {
		if now, err := os.Lstat(path); err == nil && os.SameFile(mine, now) {
			_ = os.Remove(path) // a socket that nobody listens on is replaced by the next start
		}
	}, nil
}

// named is a listener that tells its path.
type named struct {
	*net.UnixListener
	path string
}

// Addr implements net.Listener.
func (n named) Addr() net.Addr { return &net.UnixAddr{Name: n.path, Net: "unix"} }

// vacate removes the socket of a plugin that died.
func vacate(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at the socket: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is in the way and no socket; move it away: mv %[1]s %[1]s.old", path)
	}
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		return errors.Join(fmt.Errorf("a plugin listens on %s already; stop it: systemctl stop schemaguard-authz", path), conn.Close())
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("removing the socket of a plugin that died: %w", err)
	}
	return nil
}

// lines keeps the lines of several answers apart.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.w == nil {
		return len(p), nil
	}
	return l.w.Write(p)
}
