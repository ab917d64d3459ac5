//go:build docker

package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Options says how an engine is started.
type Options struct {
	Storage string   // driver; empty: what the engine finds to work
	Flags   []string // more flags of dockerd
}

// Engine is a running dockerd with its own data, its own socket and no default network.
type Engine struct {
	Host    string // for DOCKER_HOST
	Storage string // the driver in use

	options Options
	root    string // of everything that it writes
	config  string // for DOCKER_CONFIG
	log     *os.File
	process *exec.Cmd
	leash   io.Closer
	client  *http.Client
	heard   *listener
}

// MissingError says which program of a lab is not there.
type MissingError struct{ Program string }

func (e *MissingError) Error() string { return "the docker lab needs " + e.Program }

// Start starts an engine and waits until it answers. It needs root; where a program is missing the
// error is a [MissingError].
func Start(ctx context.Context, options Options) (e *Engine, err error) {
	if os.Geteuid() != 0 {
		return nil, &MissingError{"root"}
	}
	for _, program := range []string{"docker", "dockerd", "containerd", "runc", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, &MissingError{program}
		}
	}
	root, err := os.MkdirTemp("", "sgengine") // short: a socket's path has 108 bytes
	if err != nil {
		return nil, err
	}
	e = &Engine{Host: "unix://" + root + "/d.sock", options: options, root: root, config: filepath.Join(root, "config")}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Stop())
		}
	}()
	if err := e.configure(ctx); err != nil {
		return nil, err
	}
	if e.heard, err = listen(filepath.Join(root, "log.sock")); err != nil {
		return nil, err
	}
	e.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", root+"/d.sock")
	}}}
	if e.log, err = os.Create(filepath.Join(root, "dockerd.log")); err != nil {
		return nil, err
	}
	return e, e.start(ctx)
}

// leash starts dockerd and stops it when standard input closes, which it does when the test process
// dies, however it dies.
//
// The bridge is its own: an engine that is told to have none takes docker0 away from the machine's engine
// (moby 20.10 to 28, daemon/daemon_unix.go, removeDefaultBridgeInterface).
const leash = `bridge=$1; shift; ip link add "$bridge" type bridge; "$@" & pid=$!; read _; kill $pid; wait $pid; ip link delete "$bridge"`

func (e *Engine) start(ctx context.Context) error {
	id := crc32.ChecksumIEEE([]byte(e.root))
	bridge := fmt.Sprintf("sg%08x", id)
	args := []string{
		"-c", leash, "sh", bridge, "dockerd", "--data-root", e.root + "/data", "--exec-root", e.root + "/exec", "--pidfile", e.root + "/pid",
		"--host", e.Host, "--config-file", e.root + "/daemon.json",
		// Without docker0 and without rules of a firewall it stands beside any other engine.
		"--bridge", bridge, "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--userland-proxy=false",
		"--default-address-pool", fmt.Sprintf("base=10.%d.0.0/16,size=24", 192+id%60), // seldom another engine's
		// Each start of a container is heard here, also of one that is gone a moment later.
		"--log-driver", "syslog", "--log-opt", "syslog-address=unixgram://" + e.root + "/log.sock", "--log-opt", "tag={{.FullID}}",
		"--shutdown-timeout", "3",
	}
	if e.options.Storage != "" {
		args = append(args, "--storage-driver", e.options.Storage)
	}
	e.process = exec.Command("sh", append(args, e.options.Flags...)...) // outlives ctx: Stop ends it
	e.process.Stdout, e.process.Stderr = e.log, e.log
	e.process.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a Ctrl-C at the test is not for it
	in, err := e.process.StdinPipe()
	if err != nil {
		return err
	}
	if err := e.process.Start(); err != nil {
		return err
	}
	e.leash = in
	for range 240 {
		var info struct{ Driver string }
		if err := e.get(ctx, "/info", &info); err == nil {
			e.Storage = info.Driver
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	data, _ := os.ReadFile(e.log.Name())
	return fmt.Errorf("starting dockerd: no answer; its last words:\n%s", tail(data, 20))
}

func tail(data []byte, lines int) string {
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func (e *Engine) end() error {
	if e.leash == nil {
		return nil
	}
	err := e.leash.Close()
	e.leash = nil
	var exit *exec.ExitError
	if waited := e.process.Wait(); waited != nil && !errors.As(waited, &exit) {
		err = errors.Join(err, waited)
	}
	return err
}

// Restart stops the daemon and starts it again with the same data, as a reboot does.
func (e *Engine) Restart(ctx context.Context) error {
	if err := e.end(); err != nil {
		return err
	}
	return e.start(ctx)
}

// Stop stops the engine with all that runs in it, and removes what it wrote.
func (e *Engine) Stop() error {
	err := e.end()
	if e.heard != nil {
		err = errors.Join(err, e.heard.close())
	}
	if e.log != nil {
		err = errors.Join(err, e.log.Close())
	}
	e.unmount()
	return errors.Join(err, os.RemoveAll(e.root))
}

// unmount takes away the mounts that a daemon which was killed left behind.
func (e *Engine) unmount() {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return
	}
	lines := bytes.Split(mounts, []byte("\n"))
	for _, line := range slices.Backward(lines) {
		if fields := strings.Fields(string(line)); len(fields) > 1 && strings.HasPrefix(fields[1], e.root+"/") {
			_ = syscall.Unmount(fields[1], syscall.MNT_DETACH)
		}
	}
}
