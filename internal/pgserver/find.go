package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Binaries is a folder that holds initdb, postgres and psql of one installation.
type Binaries struct {
	Dir   string // absolute
	Major int    // 15 for 15.18
	// Version is what `postgres --version` printed; two builds of one version can differ in it.
	Version string
}

// Path returns the path of one program, such as "psql".
func (b Binaries) Path(program string) string {
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	return filepath.Join(b.Dir, program)
}

// NotFoundError says that no Postgres server binaries are installed; its text ends with the fix.
type NotFoundError struct {
	Looked []string // folders, or patterns of folders, in the order they were tried
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("no postgres server binaries (initdb, postgres, psql) in %s; install them: %s",
		strings.Join(e.Looked, ", "), installHint(runtime.GOOS, haveProgram))
}

func haveProgram(name string) bool { _, err := exec.LookPath(name); return err == nil }

// installHint returns the command that installs Postgres on this system.
func installHint(goos string, have func(string) bool) string {
	switch {
	case goos == "darwin":
		return "brew install postgresql@17"
	case goos == "windows":
		return "winget install PostgreSQL.PostgreSQL.17"
	case have("apt-get"):
		return "sudo apt-get install -y postgresql"
	case have("dnf"):
		return "sudo dnf install -y postgresql-server"
	case have("apk"):
		return "sudo apk add postgresql"
	case have("pacman"):
		return "sudo pacman -S postgresql"
	default:
		return "see https://www.postgresql.org/download/"
	}
}

// searchPatterns are where packages put server binaries that they keep off PATH.
func searchPatterns(goos string) []string {
	switch goos {
	case "windows":
		return []string{`C:\Program Files\PostgreSQL\*\bin`, `C:\Program Files (x86)\PostgreSQL\*\bin`}
	case "darwin":
		return []string{
			"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/opt/homebrew/opt/postgresql/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin", "/Library/PostgreSQL/*/bin", "/usr/local/pgsql/bin",
		}
	default:
		return []string{
			"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/lib/postgresql*/bin",
			"/usr/local/pgsql/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", "/opt/homebrew/opt/postgresql@*/bin",
		}
	}
}

// Find looks for Postgres server binaries: on PATH, then in the folders where packages put them,
// newest major version first. Nothing found is a [*NotFoundError].
func Find(ctx context.Context) (Binaries, error) {
	looked := []string{"PATH"}
	var candidates []string
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			candidates = append(candidates, filepath.Dir(p))
		}
	}
	for _, pattern := range searchPatterns(runtime.GOOS) {
		looked = append(looked, pattern)
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return Binaries{}, fmt.Errorf("listing %s: %w", pattern, err)
		}
		slices.SortFunc(dirs, func(a, b string) int { return folderMajor(b) - folderMajor(a) })
		candidates = append(candidates, dirs...)
	}
	var broken []error
	for _, dir := range candidates {
		bin, err := inspect(ctx, dir)
		switch {
		case err == nil:
			return bin, nil
		case errors.Is(err, os.ErrNotExist): // a client-only installation
		default:
			broken = append(broken, err)
		}
	}
	return Binaries{}, errors.Join(append(broken, &NotFoundError{Looked: looked})...)
}

var (
	digits       = regexp.MustCompile(`\d+`)
	majorVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)
)

// folderMajor reads the version out of a folder's name, for the order of the search only.
func folderMajor(dir string) int {
	all := digits.FindAllString(dir, -1)
	if len(all) == 0 {
		return 0
	}
	n, err := strconv.Atoi(all[len(all)-1])
	if err != nil {
		return 0
	}
	return n
}

// inspect returns the installation in dir when all needed programs are there and run.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	b := Binaries{Dir: dir}
	for _, program := range []string{"initdb", "postgres", "psql"} {
		if _, err := os.Stat(b.Path(program)); err != nil {
			return Binaries{}, err
		}
	}
	out, err := exec.CommandContext(ctx, b.Path("postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("running %s --version: %w", b.Path("postgres"), err)
	}
	b.Version = strings.TrimSpace(string(out))
	m := majorVersion.FindStringSubmatch(b.Version)
	if m == nil {
		return Binaries{}, fmt.Errorf("reading the version of %s: unexpected output %q", b.Path("postgres"), b.Version)
	}
	b.Major, err = strconv.Atoi(m[1])
	if err != nil {
		return Binaries{}, fmt.Errorf("reading the version of %s: %w", b.Path("postgres"), err)
	}
	return b, nil
}
