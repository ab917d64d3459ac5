package hooks

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// all are the names of every script.
func all() []string { return append(Events(), Merge, Textconv) }

// shells are those that a hook must work in, as far as this machine has them.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for name, argv := range map[string][]string{"dash": {"dash"}, "busybox": {"busybox", "sh"}, "bash": {"bash", "--posix"}, "sh": {"sh"}} {
		if path, err := exec.LookPath(argv[0]); err == nil {
			found[name] = append([]string{path}, argv[1:]...)
		}
	}
	if len(found) == 0 {
		t.Skip("needs a shell: none of dash, busybox, bash and sh is on PATH")
	}
	return found
}

func script(t *testing.T, name, program, settings string) string {
	t.Helper()
	text, err := Script(name, program, settings)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestScriptsPassShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("needs shellcheck: apt-get install shellcheck")
	}
	for _, name := range all() {
		cmd := exec.CommandContext(t.Context(), shellcheck, "--shell=sh", "-")
		cmd.Stdin = strings.NewReader(script(t, name, "/opt/o'clock \"; date/schemaguard", "apps/a b/.schemaguard.yaml"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestUnknownHook(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "commit-msg", "../pre-commit", "program"} {
		if text, err := Script(name, "", ""); err == nil {
			t.Errorf("%q got a script:\n%s", name, text)
		}
	}
}

func TestOwner(t *testing.T) {
	t.Parallel()
	ours := script(t, "pre-commit", "/usr/bin/schemaguard", "")
	for _, c := range []struct {
		what, text string
		want       Owner
	}{
		{"as written", ours, Ours},
		{"of another program path", script(t, "pre-commit", "", ""), Ours},
		{"a line more", ours + "echo more\n", Edited},
		{"a word less", strings.Replace(ours, "exit 3", "exit 0", 1), Edited},
		{"put below other lines", "#!/bin/sh\nlint\n" + ours, Edited},
		{"cut off", ours[:200], Edited},
		{"line ends of Windows", strings.ReplaceAll(ours, "\n", "\r\n"), Edited},
		{"somebody else's that calls us", "#!/bin/sh\nschemaguard hook pre-commit\n", Foreign},
		{"empty", "", Foreign},
	} {
		if got := OwnerOf(c.text); got != c.want {
			t.Errorf("%s: owner %d, want %d", c.what, got, c.want)
		}
	}
}

// stage is a folder with blanks in its name, in which a script lies like a hook and a fake schemaguard notes what it
// was asked.
type stage struct {
	t       *testing.T
	dir     string
	program string
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t, dir: filepath.Join(t.TempDir(), "it's a folder")}
	s.program = filepath.Join(s.dir, "bin dir", "schemaguard")
	for _, dir := range []string{"bin dir", "hooks", "home/go/bin"} {
		if err := os.MkdirAll(filepath.Join(s.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *stage) write(path, text string, perm os.FileMode) string {
	s.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if err := os.WriteFile(path, []byte(text), perm); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// fake puts a program at path that writes its name, arguments and input to the file "asked", and exits as told.
func (s *stage) fake(path, name, exit string, input bool) {
	text := "#!/bin/sh\nprintf '%s:' " + name + " >>'asked'\nprintf ' [%s]' \"$@\" >>'asked'\necho >>'asked'\n"
	if input {
		text += "sed 's/^/  /' >>'asked'\n"
	}
	s.write(path, text+"exit "+exit+"\n", 0o755)
}

type result struct {
	Code          int
	Asked, Stderr string
}

func (s *stage) run(shell []string, hook, input string, env []string, args ...string) result {
	s.t.Helper()
	os.Remove(filepath.Join(s.dir, "asked"))
	cmd := exec.CommandContext(s.t.Context(), shell[0], append(append(shell[1:len(shell):len(shell)], hook), args...)...)
	cmd.Dir, cmd.Stdin = s.dir, strings.NewReader(input)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + filepath.Join(s.dir, "home")}, env...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	r := result{Stderr: strings.ReplaceAll(stderr.String(), s.dir, "DIR")}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		r.Code = exit.ExitCode()
	} else if err != nil {
		s.t.Fatal(err)
	}
	data, _ := os.ReadFile(filepath.Join(s.dir, "asked"))
	r.Asked = string(data)
	return r
}

// only compares what was asked and how it ended.
func (r result) only() result { return result{Code: r.Code, Asked: r.Asked} }

const refs = "refs/heads/a 1 refs/heads/a 2\nrefs/heads/b 3 refs/heads/b 4\n"

func TestHooksAskTheProgram(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			for _, c := range []struct {
				event, exit string
				input       bool
				args        []string
				want        result
			}{
				{"pre-commit", "0", false, nil, result{Asked: "new: [hook] [pre-commit]\n"}},
				{"pre-commit", "2", false, nil, result{Code: 2, Asked: "new: [hook] [pre-commit]\n"}},
				{"pre-push", "0", true, []string{"origin", "a b"}, result{Asked: "new: [hook] [pre-push] [origin] [a b]\n  " + strings.ReplaceAll(refs[:len(refs)-1], "\n", "\n  ") + "\n"}},
				{"pre-merge-commit", "3", false, nil, result{Code: 3, Asked: "new: [hook] [pre-merge-commit]\n"}},
				{"post-merge", "2", false, []string{"0"}, result{Asked: "new: [hook] [post-merge] [0]\n"}},
				{"post-checkout", "0", false, []string{"x", "", "1"}, result{Asked: "new: [hook] [post-checkout] [x] [] [1]\n"}},
			} {
				s.fake(s.program, "new", c.exit, c.input)
				hook := s.write("hooks/"+c.event, script(t, c.event, s.program, ""), 0o755)
				if diff := cmp.Diff(c.want, s.run(shell, hook, refs, nil, c.args...).only()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.event, diff)
				}
			}
			hook := s.write("hooks/pre-commit", script(t, "pre-commit", s.program, "apps/o'ne/.schemaguard.yaml"), 0o755)
			s.fake(s.program, "new", "0", false)
			if got := s.run(shell, hook, "", nil).Asked; got != "new: [--config] [apps/o'ne/.schemaguard.yaml] [hook] [pre-commit]\n" {
				t.Errorf("with a settings file it asked %q", got)
			}
		})
	}
}

func TestHookBeforeRunsFirst(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.fake(s.program, "new", "2", true)
			hook := s.write("hooks/pre-push", script(t, "pre-push", s.program, ""), 0o755)
			before := hook + Before
			input := "  " + strings.ReplaceAll(refs[:len(refs)-1], "\n", "\n  ") + "\n"

			s.fake(before, "old", "0", true)
			want := result{Code: 2, Asked: "old: [origin] [url]\n" + input + "new: [hook] [pre-push] [origin] [url]\n" + input}
			if diff := cmp.Diff(want, s.run(shell, hook, refs, nil, "origin", "url").only()); diff != "" {
				t.Errorf("both must get the refs (-want +got):\n%s", diff)
			}
			s.fake(before, "old", "0", false) // reads nothing
			want.Asked = "old: [origin] [url]\nnew: [hook] [pre-push] [origin] [url]\n" + input
			if diff := cmp.Diff(want, s.run(shell, hook, refs, nil, "origin", "url").only()); diff != "" {
				t.Errorf("a hook before that reads nothing (-want +got):\n%s", diff)
			}
			s.fake(before, "old", "7", true)
			want = result{Code: 7, Asked: "old: [origin] [url]\n" + input}
			if diff := cmp.Diff(want, s.run(shell, hook, refs, nil, "origin", "url").only()); diff != "" {
				t.Errorf("its failure must win (-want +got):\n%s", diff)
			}
			want = result{Code: 2, Asked: "new: [hook] [pre-push]\n" + input}
			if diff := cmp.Diff(want, s.run(shell, hook, refs, []string{"SCHEMAGUARD_SELFTEST=/x"}).only()); diff != "" {
				t.Errorf("a selftest must not run it (-want +got):\n%s", diff)
			}
			if err := os.Chmod(before, 0o644); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, s.run(shell, hook, refs, nil).only()); diff != "" {
				t.Errorf("git passes over one that is not executable (-want +got):\n%s", diff)
			}

			// A hook that only tells: the one before it still decides.
			s.fake(s.program, "new", "2", false)
			hook = s.write("hooks/post-checkout", script(t, "post-checkout", s.program, ""), 0o755)
			s.fake(hook+Before, "old", "5", false)
			want = result{Code: 5, Asked: "old: [a]\nnew: [hook] [post-checkout] [a]\n"}
			if diff := cmp.Diff(want, s.run(shell, hook, "", nil, "a").only()); diff != "" {
				t.Errorf("post-checkout (-want +got):\n%s", diff)
			}
		})
	}
}

const missing = `schemaguard: refused: the schemaguard program was not found, so nothing checked this
schemaguard: note: looked for DIR/gone/schemaguard, on PATH, in ~/go/bin, ~/.local/bin, /usr/local/bin and /opt/homebrew/bin
schemaguard: hint: go install github.com/schemaguard/schemaguard/cmd/schemaguard@latest
schemaguard: hint: schemaguard install   (where it lies in another folder now)
`

func TestWithoutTheProgram(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/usr/local/bin/schemaguard", "/opt/homebrew/bin/schemaguard", "/usr/bin/schemaguard", "/bin/schemaguard"} {
		if _, err := os.Stat(path); err == nil {
			t.Skipf("needs a machine without %s", path)
		}
	}
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			gone := filepath.Join(s.dir, "gone", "schemaguard")
			hook := func(event string) string {
				return s.write("hooks/"+event, script(t, event, gone, ""), 0o755)
			}
			for _, c := range []struct {
				event, env string
				want       result
			}{
				{"pre-commit", "A=1", result{Code: 3, Stderr: missing + "schemaguard: hint: git commit --no-verify   (once, unchecked)\n"}},
				{"pre-merge-commit", "A=1", result{Code: 3, Stderr: missing + "schemaguard: hint: git merge --no-verify   (once, unchecked)\n"}},
				{"pre-push", "SCHEMAGUARD_SKIP=", result{Code: 3, Stderr: missing + "schemaguard: hint: git push --no-verify   (once, unchecked)\n"}},
				{"pre-commit", "SCHEMAGUARD_SKIP=no time; $(x)", result{Stderr: "schemaguard: skipped: pre-commit was not checked (SCHEMAGUARD_SKIP: no time; $(x))\n"}},
				{"post-merge", "A=1", result{Stderr: "schemaguard: not-run: post-merge looked at nothing, the schemaguard program was not found; schemaguard install puts that right\n"}},
			} {
				if diff := cmp.Diff(c.want, s.run(shell, hook(c.event), "", []string{c.env})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.event, diff)
				}
			}
			// A schemaguard in the current folder is nobody's choice.
			s.fake("schemaguard", "here", "0", false)
			if got := s.run(shell, hook("pre-commit"), "", []string{"PATH=:.:/usr/bin:/bin"}); got.Code != 3 || got.Asked != "" {
				t.Errorf("the program of the current folder was run: %+v", got)
			}
			s.fake("home/go/bin/schemaguard", "usual", "0", false)
			if got := s.run(shell, hook("pre-commit"), "", nil); got.Code != 0 || got.Asked != "usual: [hook] [pre-commit]\n" {
				t.Errorf("the one in ~/go/bin was not found: %+v", got)
			}
			s.fake(s.program, "path", "0", false)
			if got := s.run(shell, hook("pre-commit"), "", []string{"PATH=" + filepath.Dir(s.program) + ":/usr/bin:/bin"}); got.Asked != "path: [hook] [pre-commit]\n" {
				t.Errorf("the one on PATH was not found: %+v", got)
			}
		})
	}
}

func TestMergeNeverLosesASide(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			driver := s.write("hooks/merge", script(t, Merge, s.program, ""), 0o755)
			merge := func(program string) (int, string) {
				t.Helper()
				os.Remove(s.program)
				if program != "" {
					s.write(s.program, "#!/bin/sh\n"+program+"\n", 0o755)
				}
				s.write("base", "one\n", 0o644)
				s.write("ours", "two\n", 0o644)
				s.write("theirs", "three\n", 0o644)
				got := s.run(shell, driver, "", nil, "base", "ours", "theirs", "snapshots/schema.yaml")
				data, _ := os.ReadFile(filepath.Join(s.dir, "ours"))
				return got.Code, string(data)
			}
			got := func(args ...string) string {
				t.Helper()
				os.Remove(s.program)
				s.write("base", "one\n", 0o644)
				s.write("ours", "two\n", 0o644)
				s.write("theirs", "three\n", 0o644)
				if got := s.run(shell, driver, "", nil, append([]string{"base", "ours", "theirs", "x.yaml"}, args...)...); got.Code != 1 {
					t.Errorf("%+v", got)
				}
				data, _ := os.ReadFile(filepath.Join(s.dir, "ours"))
				return string(data)
			}
			marked := "<<<<<<< ours\ntwo\n=======\nthree\n>>>>>>> theirs\n"
			if text := got("7", "%S", "%X", "%Y"); text != marked {
				t.Errorf("an older git gets\n%s", text)
			}
			if text := got("9", "abc", "HEAD", "a branch"); text != "<<<<<<<<< HEAD\ntwo\n=========\nthree\n>>>>>>>>> a branch\n" {
				t.Errorf("a newer git gets\n%s", text)
			}
			for _, c := range []struct {
				what, program string
				code          int
				text          string
			}{
				{"merged", `[ "$*" = "merge -- base ours theirs snapshots/schema.yaml" ] && echo both >"$4"`, 0, "both\n"},
				{"conflict", `echo '<<<<<<< x' >"$4"; exit 1`, 1, "<<<<<<< x\n"},
				{"crashed before it wrote", "exit 2", 1, marked},
				{"knows no merge", "exit 4", 1, marked},
				{"failed after it wrote marks", `echo '<<<<<<< x' >"$4"; exit 2`, 2, "<<<<<<< x\n"},
				{"cannot be run", "#", 0, "two\n"}, // an empty program merges to ours: it said so
				{"no program", "", 1, marked},
			} {
				if code, text := merge(c.program); code != c.code || text != c.text {
					t.Errorf("%s: exit code %d and\n%swant %d and\n%s", c.what, code, text, c.code, c.text)
				}
			}
		})
	}
}

func TestTextconvShowsSomething(t *testing.T) {
	t.Parallel()
	for name, shell := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			conv := s.write("hooks/textconv", script(t, Textconv, s.program, ""), 0o755)
			file := s.write("a file", "raw\n", 0o644)
			for _, c := range []struct{ program, want string }{
				{`echo "short $2"; echo`, "short a file\n"},
				{`echo part; exit 1`, "raw\n"},
				{"", "raw\n"},
			} {
				os.Remove(s.program)
				if c.program != "" {
					s.write(s.program, "#!/bin/sh\n"+strings.ReplaceAll(c.program, "$2", `${2##*/}`)+"\n", 0o755)
				}
				cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:len(shell):len(shell)], conv, file)...)
				cmd.Env = []string{"PATH=/usr/bin:/bin"}
				out, err := cmd.Output()
				if err != nil || string(out) != c.want {
					t.Errorf("program %q: %q and %v, want %q", c.program, out, err, c.want)
				}
			}
		})
	}
}
