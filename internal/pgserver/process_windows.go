package pgserver

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// account is the current user: pg_ctl itself gives up an administrator's rights on Windows.
type account struct{}

func serverAccount() (account, error) { return account{}, nil }

func (account) steppedDown() bool { return false }

func (account) own(string) error { return nil }

func (account) apply(*exec.Cmd) {}

// process is a server that pg_ctl started. It does not end by itself when this process is killed.
type process struct {
	bin     Binaries
	dataDir string
	done    chan struct{}
}

func startProcess(ctx context.Context, bin Binaries, _ account, s *Server, extra map[string]string) (*process, error) {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(s.port), "fsync": "off", "synchronous_commit": "off",
		"full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": "64MB", "max_wal_size": "512MB",
	}
	maps.Copy(settings, extra)
	var conf strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&conf, "%s = '%s'\n", name, strings.ReplaceAll(settings[name], "'", "''"))
	}
	if err := os.WriteFile(s.dataDir()+`\postgresql.auto.conf`, []byte(conf.String()), 0o600); err != nil {
		return nil, fmt.Errorf("writing the settings of postgres: %w", err)
	}
	p := &process{bin: bin, dataDir: s.dataDir(), done: make(chan struct{})}
	cmd := exec.CommandContext(ctx, bin.Path("pg_ctl"), "start", "-w", "-D", p.dataDir, "-l", s.logFile())
	cmd.Env = cleanEnv()
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("running pg_ctl start: %w; the log says: %s", err, logTail(s.logFile()))
	}
	return p, nil
}

func (p *process) stop() error {
	out, err := exec.Command(p.bin.Path("pg_ctl"), "stop", "-w", "-m", "immediate", "-D", p.dataDir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("running pg_ctl stop: %w: %s", err, strings.TrimSpace(string(out)))
	}
	close(p.done)
	return nil
}
