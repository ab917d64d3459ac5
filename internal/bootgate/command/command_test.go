package command

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"node cli.js schema apply --yes {file}": {"node", "cli.js", "schema", "apply", "--yes", "{file}"},
		`  sh -c 'a "b" $c'  "d e"\ f '' `:      {"sh", "-c", `a "b" $c`, "d e f", ""},
		`a\"b "c\"d" 'e\f'`:                     {`a"b`, `c"d`, `e\f`},
	} {
		got, err := Split(line)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", line, err, diff)
		}
	}
	for _, line := range []string{"", "  ", "a 'b", `a "b`, `a \`} {
		if got, err := Split(line); err == nil {
			t.Errorf("%q is split into %q", line, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"a b", `a "b c" 'd' \e`, "'", "\\", "{file}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := Split(line)
		if err != nil {
			return
		}
		if len(words) == 0 {
			t.Fatal("no word and no error")
		}
		quoted := make([]string, len(words))
		for i, w := range words {
			if !strings.ContainsRune(w, '\uFFFD') && strings.ToValidUTF8(w, "") == w {
				quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
			} else {
				return
			}
		}
		again, err := Split(strings.Join(quoted, " "))
		if diff := cmp.Diff(words, again); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", line, err, diff)
		}
	})
}

// site is a machine that has these files, and these programs on PATH.
func site(files map[string]string, programs ...string) Site {
	return Site{
		Dir: "/app",
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[filepath.ToSlash(name)]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		},
		LookPath: func(name string) (string, error) {
			if slices.Contains(programs, name) {
				return "/usr/bin/" + name, nil
			}
			return "", exec.ErrNotFound
		},
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	official := map[string]string{"/directus/cli.js": "", "/directus/package.json": `{"name":"directus","version":"11.17.4"}`}
	for _, c := range []struct {
		name    string
		site    Site
		want    string
		version Version
	}{
		{"the official image", site(official, "node", "directus"), "/usr/bin/node /directus/cli.js", Version{"11.17.4", "/directus/package.json"}},
		{"cli.js and no node", site(official, "directus"), "/usr/bin/directus", Version{"11.17.4", "/directus/package.json"}},
		{"on PATH", site(map[string]string{"/app/node_modules/directus/package.json": `{"name":"directus","version":"12.4.1"}`}, "node", "directus"), "/usr/bin/directus", Version{"12.4.1", "/app/node_modules/directus/package.json"}},
		{"npx", site(map[string]string{"/app/package.json": "{}"}, "npx"), "/usr/bin/npx --no-install directus", Version{}},
		{"npx and no project", site(nil, "npx"), "", Version{}},
		{"nothing", site(nil), "", Version{}},
	} {
		words, err := c.site.Find()
		if got := strings.Join(words, " "); got != c.want || (err == nil) != (c.want != "") || err != nil && !errors.Is(err, ErrNoDirectus) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
		if v := c.site.Version(t.Context(), nil, nil); v != c.version {
			t.Errorf("%s: version %+v", c.name, v)
		}
	}
}

func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
}

func TestVersionAsksTheCommand(t *testing.T) {
	t.Parallel()
	needShell(t)
	s := site(nil)
	s.Dir = ""
	got := s.Version(t.Context(), []string{"sh", "-c", "echo '[10:00:00.000] WARN: 1.2.3.4'; echo 11.17.4; #"}, os.Environ())
	if got.Version != "11.17.4" {
		t.Errorf("%+v", got)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	needShell(t)
	var out, errs bytes.Buffer
	script := `printf 'raw \033[31mred\033[0m\n'; echo '[12:00:00.000] ERROR: not installed' ; printf '[1] \033[31m ERROR: \033[0mcoloured password=hunter22\n' >&2; echo '{"level":50,"msg":"x"}'; echo 'no ERROR here'; cat; exit 3`
	ended, err := Run(t.Context(), Options{Words: []string{"sh", "-c", script}, Environ: os.Environ(), Stdout: &out, Stderr: &errs, Timeout: time.Minute})
	if err != nil || ended.Code != 3 {
		t.Fatalf("%+v, %v", ended, err)
	}
	want := []string{"[12:00:00.000] ERROR: not installed", "[1]  ERROR: coloured password=***", `{"level":50,"msg":"x"}`}
	if len(ended.Errors) != len(want) {
		t.Fatalf("%q", ended.Errors)
	}
	for _, line := range want {
		if !strings.Contains(strings.Join(ended.Errors, "\n"), line) {
			t.Errorf("%q lacks %q", ended.Errors, line)
		}
	}
	if !strings.Contains(out.String(), "raw \x1b[31mred\x1b[0m\n") || !strings.Contains(errs.String(), "hunter22") {
		t.Errorf("the output is not passed on as it is: %q %q", out.String(), errs.String())
	}
	ended, err = Run(t.Context(), Options{Words: []string{"printf", "[12:00:00.000] FATAL: the last words"}, Environ: os.Environ()})
	if err != nil || len(ended.Errors) != 1 {
		t.Errorf("a last line without an end: %+v, %v", ended, err)
	}
	if _, err := Run(t.Context(), Options{Words: []string{"/no/such/program"}}); err == nil {
		t.Error("a program that is not there is run")
	}
}

// TestKilledWithAllItStarted: a command that hangs is stopped, with its children.
func TestKilledWithAllItStarted(t *testing.T) {
	t.Parallel()
	needShell(t)
	file := filepath.Join(t.TempDir(), "pid")
	words := []string{"sh", "-c", "trap '' TERM; sleep 60 & echo $! > " + file + "; wait; wait"}
	began := time.Now()
	_, err := Run(t.Context(), Options{Words: words, Environ: os.Environ(), Timeout: 300 * time.Millisecond})
	if late := (*TimeoutError)(nil); !errors.As(err, &late) {
		t.Fatalf("%v", err)
	}
	if took := time.Since(began); took > 3*grace {
		t.Errorf("it took %s", took)
	}
	gone(t, file)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	if _, err := Run(ctx, Options{Words: []string{"sleep", "60"}, Environ: os.Environ()}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// gone fails where the process whose number is in a file still runs.
func gone(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if exec.Command("sh", "-c", "kill -0 "+strconv.Itoa(pid)+" 2>/dev/null && ! grep -q '^State:.Z' /proc/"+strconv.Itoa(pid)+"/status").Run() != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("process %d is still there", pid)
}

// TestALeftoverChildDoesNotHold: a command that ended is over, even where a child
// holds on to its output.
func TestALeftoverChildDoesNotHold(t *testing.T) {
	t.Parallel()
	needShell(t)
	file := filepath.Join(t.TempDir(), "pid")
	var out bytes.Buffer
	ended, err := Run(t.Context(), Options{Words: []string{"sh", "-c", "sleep 60 & echo $! > " + file + "; echo done"}, Environ: os.Environ(), Stdout: &out})
	if err != nil || ended.Code != 0 || !strings.Contains(out.String(), "done") {
		t.Errorf("%+v, %v, %q", ended, err, out.String())
	}
	gone(t, file)
}
