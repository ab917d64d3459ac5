package pgserver

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// cacheUse says whether the kept result of an earlier initdb may serve.
type cacheUse int

const (
	useCache cacheUse = iota + 1
	ignoreCache
)

// passwordFile lies inside the data folder, where Postgres ignores it, and travels with its copies.
const passwordFile = "schemaguard-password"

// templateFormat names what initdbArgs make; raise it when they change.
const templateFormat = "1"

// dataDir is a data folder that is ready to start.
type dataDir struct {
	password string
	template string // the cached folder it is a copy of; empty when initdb made it
}

// makeDataDir fills dir, from the cache where that can be done, and keeps a new one in the cache.
func makeDataDir(ctx context.Context, bin Binaries, account account, dir string, cache cacheUse) (dataDir, error) {
	template := templatePath(bin)
	if cache == useCache && template != "" {
		if _, err := os.Stat(filepath.Join(template, passwordFile)); err == nil {
			if err := copyTree(template, dir, account.own); err == nil {
				return readDataDir(dir, template)
			}
			if err := os.RemoveAll(dir); err != nil {
				return dataDir{}, fmt.Errorf("removing an incomplete copy of %s: %w", template, err)
			}
		}
	}
	if err := initdb(ctx, bin, account, dir); err != nil {
		return dataDir{}, err
	}
	if template != "" {
		keepTemplate(dir, template)
	}
	return readDataDir(dir, "")
}

func readDataDir(dir, template string) (dataDir, error) {
	password, err := os.ReadFile(filepath.Join(dir, passwordFile))
	if err != nil {
		return dataDir{}, fmt.Errorf("reading the password of the throwaway postgres: %w", err)
	}
	return dataDir{password: string(password), template: template}, nil
}

// templatePath returns the cache folder for data made by these binaries, empty where the user has
// no cache folder.
func templatePath(bin Binaries) string {
	root, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	key := sha256.Sum256([]byte(strings.Join([]string{templateFormat, bin.Dir, bin.Version}, "\x00")))
	return filepath.Join(root, "schemaguard", "postgres-"+hex.EncodeToString(key[:8]))
}

// keepTemplate copies a fresh data folder into the cache. The rename makes it appear whole or not
// at all; that another process was faster, or that the cache cannot be written, is no failure.
func keepTemplate(dir, template string) {
	parent := filepath.Dir(template)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return
	}
	building, err := os.MkdirTemp(parent, ".building-")
	if err != nil {
		return
	}
	defer os.RemoveAll(building)
	staged := filepath.Join(building, "data")
	if err := copyTree(dir, staged, func(string) error { return nil }); err != nil {
		return
	}
	_ = os.Rename(staged, template)
}

func initdb(ctx context.Context, bin Binaries, account account, dir string) error {
	password := rand.Text()
	pwfile := dir + "-" + passwordFile
	if err := os.WriteFile(pwfile, []byte(password), 0o600); err != nil {
		return fmt.Errorf("writing the password for initdb: %w", err)
	}
	defer os.Remove(pwfile)
	if err := account.own(pwfile); err != nil {
		return err
	}
	args := []string{
		"--pgdata", dir, "--username", SuperUser, "--encoding", "UTF8", "--locale", "C", "--no-sync",
		"--auth-local", "trust", "--auth-host", "scram-sha-256", "--pwfile", pwfile,
	}
	if bin.Major >= 11 {
		args = append(args, "--wal-segsize", "1") // MB instead of 16: less to copy
	}
	cmd := exec.CommandContext(ctx, bin.Path("initdb"), args...)
	cmd.Dir = filepath.Dir(dir)
	cmd.Env = cleanEnv()
	account.apply(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("running initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	inside := filepath.Join(dir, passwordFile)
	if err := os.WriteFile(inside, []byte(password), 0o600); err != nil {
		return fmt.Errorf("keeping the password of the throwaway postgres: %w", err)
	}
	return account.own(inside)
}

// cleanEnv is the environment without what would lead Postgres elsewhere, in a neutral language.
func cleanEnv() []string {
	env := []string{"LC_ALL=C"}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") || name == "LANG" || name == "LANGUAGE" {
			continue
		}
		env = append(env, kv)
	}
	return env
}

// makeServerDir makes the folder for one server, owned by the account that will run it.
func makeServerDir(account account) (string, error) {
	dir, err := os.MkdirTemp(tempRoot(account), "sgpg-")
	if err != nil {
		return "", fmt.Errorf("making a folder for the throwaway postgres: %w", err)
	}
	if err := account.own(dir); err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	return dir, nil
}

// tempRoot is where server folders go. The path of a unix socket has at most 103 bytes on macOS
// (107 on Linux), and an account that root stepped down to can seldom enter root's own TMPDIR.
func tempRoot(account account) string {
	const socketName = len("/sgpg-1234567890/.s.PGSQL.65535.lock")
	root := os.TempDir()
	if runtime.GOOS == "windows" {
		return root
	}
	if len(root)+socketName > 103 || account.steppedDown() {
		return "/tmp"
	}
	return root
}

// copyTree copies folders and plain files, with their permissions, and hands each to own.
func copyTree(from, to string, own func(string) error) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case entry.IsDir():
			err = os.Mkdir(target, 0o700)
		case entry.Type().IsRegular():
			err = copyFile(path, target)
		default:
			err = errors.New("neither a folder nor a plain file")
		}
		if err == nil {
			err = own(target)
		}
		if err != nil {
			return fmt.Errorf("copying %s: %w", path, err)
		}
		return nil
	})
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
