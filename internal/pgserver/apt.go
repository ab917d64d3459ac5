package pgserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// debianClusterConf is where Debian's packages read whether to make a database cluster, and start it, on
// installation.
const debianClusterConf = "/etc/postgresql-common/createcluster.conf"

// aptInstall installs the server's binaries, and nothing that keeps running.
func (m machine) aptInstall(ctx context.Context) (err error) {
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	if _, err := m.run(ctx, env, "apt-get", "update", "-q"); err != nil {
		return err
	}
	if _, err := m.run(ctx, env, "apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql-common"); err != nil {
		return err
	}
	restore, err := appendForNow(m.clusterConf, "\ncreate_main_cluster = false\n")
	if err != nil {
		return fmt.Errorf("telling the packages to start no server: %w", err)
	}
	defer func() { err = errors.Join(err, restore()) }()
	_, err = m.run(ctx, env, "apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql")
	return err
}

// appendForNow adds text to a file, if it is there, and returns what puts it back.
func appendForNow(path, text string) (restore func() error, err error) {
	before, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, append(slices.Clip(before), text...), info.Mode().Perm()); err != nil {
		return nil, err
	}
	return func() error { return os.WriteFile(path, before, info.Mode().Perm()) }, nil
}
