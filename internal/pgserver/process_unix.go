//go:build unix

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// account is the user that Postgres runs as: nil credentials mean the current user.
type account struct {
	uid, gid int
	drop     bool
}

// serverAccount returns the current user, or for root, whom Postgres refuses, an unprivileged one.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return account{}, fmt.Errorf("reading the ids of user %s: %w", name, err)
		}
		return account{uid: uid, gid: gid, drop: true}, nil
	}
	return account{}, errors.New("postgres refuses to run as root, and there is neither a user postgres nor nobody; create one: useradd --system postgres")
}

func (a account) steppedDown() bool { return a.drop }

// own gives a file to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	if err := os.Lchown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("giving %s to user %d: %w", path, a.uid, err)
	}
	return nil
}

// apply makes a command run as the account, in a process group of its own: a Ctrl-C in the terminal
// is for the caller, who then stops Postgres in order.
func (a account) apply(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
}

// process is a running postmaster and the watchdog that outlives this process for a moment.
type process struct {
	cmd      *exec.Cmd
	done     chan struct{}
	watchdog *watchdog
}

// killPostgres ends the postmaster $1 and removes its folder $2.
const killPostgres = `kill -QUIT "$1" 2>/dev/null
n=0
while [ -e "$2/data/postmaster.pid" ] && [ $n -lt 50 ]; do n=$((n+1)); sleep 0.1; done
[ -e "$2/data/postmaster.pid" ] && kill -KILL "$1" 2>/dev/null
rm -rf "$2"`

func startProcess(_ context.Context, bin Binaries, account account, s *Server, extra map[string]string) (*process, error) {
	settings := map[string]string{
		"unix_socket_directories": s.dir, "unix_socket_permissions": "0700", "listen_addresses": "", "port": strconv.Itoa(s.port),
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
		"shared_buffers": "64MB", "max_wal_size": "512MB", "jit": "off",
	}
	if bin.Major < 11 {
		delete(settings, "jit")
	}
	if s.tcp {
		settings["listen_addresses"] = "127.0.0.1"
	}
	maps.Copy(settings, extra)
	args := []string{"-D", s.dataDir()}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of postgres: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(bin.Path("postgres"), args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, cleanEnv(), log, log
	account.apply(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("running %s: %w", cmd.Path, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() { _ = cmd.Wait(); close(p.done) }()
	if p.watchdog, err = startWatchdog(killPostgres, strconv.Itoa(cmd.Process.Pid), s.dir); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// stop ends Postgres at once (SIGQUIT: there is nothing worth saving) and releases the watchdog.
func (p *process) stop() error {
	var err error
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}} {
		if e := p.cmd.Process.Signal(step.signal); e != nil && !errors.Is(e, os.ErrProcessDone) {
			err = fmt.Errorf("sending %s to postgres: %w", step.signal, e)
		}
		select {
		case <-p.done:
			return errors.Join(err, p.watchdog.release())
		case <-time.After(step.wait):
		}
	}
	return errors.Join(err, fmt.Errorf("postgres (process %d) does not end", p.cmd.Process.Pid))
}
