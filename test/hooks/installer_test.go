package hooks

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// installer runs install.sh in a folder of its own.
type installer struct {
	t      *testing.T
	dir    string // the current folder, with blanks in its name
	script string
	shell  []string
	env    []string
}

// shells are those that install.sh must work in, as far as this machine has them.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for name, argv := range map[string][]string{"dash": {"dash"}, "busybox": {"busybox", "sh"}, "bash": {"bash", "--posix"}} {
		if path, err := exec.LookPath(argv[0]); err == nil {
			found[name] = append([]string{path}, argv[1:]...)
		}
	}
	if len(found) == 0 {
		t.Skip("needs a shell: none of dash, busybox and bash is on PATH")
	}
	return found
}

func newInstaller(t *testing.T, shell []string) *installer {
	t.Helper()
	script, err := filepath.Abs("../../install.sh")
	if err != nil {
		t.Fatal(err)
	}
	in := &installer{t: t, dir: filepath.Join(t.TempDir(), "it's here"), script: script, shell: shell}
	home := filepath.Join(in.dir, "home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Fatal(err)
	}
	in.env = append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "TMPDIR="+in.dir)
	return in
}

// run returns the exit code and all that was said, with the folder's name out of it.
func (in *installer) run(args ...string) (int, string) {
	in.t.Helper()
	argv := append(append([]string{}, in.shell...), in.script)
	cmd := exec.CommandContext(in.t.Context(), argv[0], append(argv[1:], args...)...)
	cmd.Dir, cmd.Env = in.dir, in.env
	out, err := cmd.CombinedOutput()
	exit, failed := errors.AsType[*exec.ExitError](err)
	if err != nil && !failed {
		in.t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(in.dir, "tmp.*"))
	if len(left) > 0 {
		in.t.Errorf("temporary folders are left behind: %s", left)
	}
	code := 0
	if failed {
		code = exit.ExitCode()
	}
	return code, strings.ReplaceAll(string(out), in.dir, "DIR")
}

func (in *installer) write(name, text string, perm os.FileMode) {
	in.t.Helper()
	path := filepath.Join(in.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		in.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), perm); err != nil {
		in.t.Fatal(err)
	}
}

func (in *installer) exists(name string) bool {
	_, err := os.Stat(filepath.Join(in.dir, name))
	return err == nil
}

// archive makes a release archive with one file, and checksums that name it.
func (in *installer) archive(member, program string) {
	in.t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, file := range []struct{ name, text string }{{"LICENSE", "MIT"}, {member, program}} {
		if err := w.WriteHeader(&tar.Header{Name: file.name, Mode: 0o755, Size: int64(len(file.text))}); err != nil {
			in.t.Fatal(err)
		}
		if _, err := w.Write([]byte(file.text)); err != nil {
			in.t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		in.t.Fatal(err)
	}
	in.write("a release/schemaguard.tar.gz", b.String(), 0o644)
	in.write("a release/checksums.txt", fmt.Sprintf("%064d  other.tar.gz\n%x  schemaguard.tar.gz\n", 0, sha256.Sum256(b.Bytes())), 0o644)
}

const fakeProgram = "#!/bin/sh\nif [ \"$1\" = version ]; then echo schemaguard 1.2.3; else echo \"asked: $*\"; exit 4; fi\n"

func TestInstallFromArchive(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newInstaller(t, shell)
			in.archive("schemaguard_1.2.3/schemaguard", fakeProgram)
			code, out := in.run("--archive", "a release/schemaguard.tar.gz", "--prefix", "my prefix")
			if code != 0 || !strings.Contains(out, "installed DIR/my prefix/bin/schemaguard (schemaguard 1.2.3)") ||
				!strings.Contains(out, `export PATH="DIR/my prefix/bin:$PATH"`) || !strings.Contains(out, "verified schemaguard.tar.gz: SHA-256 ") {
				t.Fatalf("exit code %d:\n%s", code, out)
			}
			if in.exists("LICENSE") || in.exists("schemaguard_1.2.3") {
				t.Error("more than the program was taken out of the archive")
			}
			// --hooks: the exit code of schemaguard install is that of the script.
			if code, out := in.run("--archive", "a release/schemaguard.tar.gz", "--hooks"); code != 4 || !strings.HasSuffix(out, "\nasked: install\n") || !in.exists("home/.local/bin/schemaguard") {
				t.Errorf("exit code %d:\n%s", code, out)
			}
		})
	}
}

func TestInstallRefuses(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, c := range map[string]struct {
				spoil func(*installer)
				args  []string
				want  string
			}{
				"another archive":         {func(in *installer) { in.write("a release/schemaguard.tar.gz", "other bytes", 0o644) }, nil, "it is damaged or not the one that was released"},
				"no sum of it":            {func(in *installer) { in.write("a release/checksums.txt", "0000  other.tar.gz\n", 0o644) }, nil, "error: the checksums do not name schemaguard.tar.gz, so it cannot be verified"},
				"no checksums":            {func(in *installer) { os.Remove(filepath.Join(in.dir, "a release/checksums.txt")) }, nil, "error: there is no file a release/checksums.txt"},
				"no program":              {func(in *installer) { in.archive("schemaguard.txt", fakeProgram) }, nil, "error: schemaguard.tar.gz holds no program schemaguard"},
				"does not run":            {func(in *installer) { in.archive("schemaguard", "#!/bin/sh\nexit 1\n") }, nil, "error: the program does not run on this machine"},
				"unencrypted":             {nil, []string{"--archive", "http://127.0.0.1/schemaguard.tar.gz"}, "would come unencrypted"},
				"a missing value":         {nil, []string{"--prefix"}, "error: --prefix needs a value\ninstall.sh: hint: install.sh --help"},
				"a wrong option":          {nil, []string{"--sudo"}, "error: unknown option --sudo"},
				"a prefix that is a file": {func(in *installer) { in.write("file", "", 0o644) }, []string{"--archive", "a release/schemaguard.tar.gz", "--prefix", "file"}, "error: file/bin cannot be created"},
			} {
				in := newInstaller(t, shell)
				in.archive("schemaguard", fakeProgram)
				in.write("home/.local/bin/schemaguard", "the old one", 0o755)
				if c.spoil != nil {
					c.spoil(in)
				}
				args := c.args
				if args == nil {
					args = []string{"--archive", "a release/schemaguard.tar.gz"}
				}
				if code, out := in.run(args...); code != 1 || !strings.Contains(out, c.want) {
					t.Errorf("%s: exit code %d:\n%s\nwant %q", what, code, out, c.want)
				}
				if data, err := os.ReadFile(filepath.Join(in.dir, "home/.local/bin/schemaguard")); string(data) != "the old one" {
					t.Errorf("%s: the program that was installed is now %q, %v", what, data, err)
				}
			}
		})
	}
}

// TestInstallWithGo has a go that only notes what it is asked to fetch.
func TestInstallWithGo(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newInstaller(t, shell)
			in.write("bin/go", "#!/bin/sh\necho \"go $*\"\nprintf '#!/bin/sh\\necho fetched' >\"$GOBIN/schemaguard\"\nchmod 755 \"$GOBIN/schemaguard\"\n", 0o755)
			in.env = append(in.env, "PATH="+filepath.Join(in.dir, "bin")+":"+os.Getenv("PATH"))
			data, err := os.ReadFile(in.script)
			if err != nil {
				t.Fatal(err)
			}
			in.write("downloads/install.sh", string(data), 0o755)
			in.script = filepath.Join(in.dir, "downloads/install.sh")
			for _, c := range []struct{ arg, want string }{{"", "latest"}, {"v1.2.3", "v1.2.3"}} {
				var args []string
				if c.arg != "" {
					args = []string{"--version", c.arg}
				}
				code, out := in.run(args...)
				if code != 0 || !strings.Contains(out, "go install -trimpath github.com/schemaguard/schemaguard/cmd/schemaguard@"+c.want+"\n") || !in.exists("home/.local/bin/schemaguard") {
					t.Errorf("exit code %d:\n%s", code, out)
				}
			}
			in.env = append(in.env, "PATH=/usr/bin:/bin")
			if _, err := os.Stat("/usr/bin/go"); err == nil {
				return
			}
			if code, out := in.run(); code != 1 || !strings.Contains(out, "error: Go is needed to build schemaguard") {
				t.Errorf("without go: exit code %d:\n%s", code, out)
			}
		})
	}
}

// TestInstallFromClone builds for real, and installs hooks into a real repository.
func TestInstallFromClone(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	for _, shell := range shells(t) {
		in := newInstaller(t, shell)
		cache, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE", "GOMODCACHE").Output()
		if err != nil {
			t.Skip("needs go on PATH")
		}
		dirs := strings.Split(strings.TrimSpace(string(cache)), "\n")
		in.env = append(in.env, "GOCACHE="+dirs[0], "GOMODCACHE="+dirs[1])
		cmd := exec.CommandContext(t.Context(), "git", "init", "--quiet")
		cmd.Dir, cmd.Env = in.dir, in.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git: %v: %s", err, out)
		}
		code, out := in.run("--hooks", "--prefix", "my prefix")
		if code != 0 || !strings.Contains(out, "schemaguard: wrote .git/") || !in.exists("my prefix/bin/schemaguard") {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
		return // the build is the same in every shell
	}
}

// TestHalfADownloadDoesNothing cuts the script off at each line: sh must not run a part of it.
func TestHalfADownloadDoesNothing(t *testing.T) {
	t.Parallel()
	for _, shell := range shells(t) {
		in := newInstaller(t, shell)
		data, err := os.ReadFile(in.script)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(data), "\n")
		in.script = filepath.Join(in.dir, "install.sh")
		for n := 12; n < len(lines)-1; n += 7 {
			in.write("install.sh", strings.Join(lines[:n], ""), 0o755)
			if code, out := in.run("--help"); code == 0 || strings.Contains(out, "Usage:") {
				t.Fatalf("the first %d lines ran:\n%s", n, out)
			}
		}
		in.write("install.sh", string(data), 0o755)
		if code, out := in.run("--help"); code != 0 || !strings.Contains(out, "Usage: install.sh") {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
		return
	}
}

func TestInstallPassesShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("needs shellcheck: apt-get install shellcheck")
	}
	if out, err := exec.CommandContext(t.Context(), shellcheck, "../../install.sh").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
