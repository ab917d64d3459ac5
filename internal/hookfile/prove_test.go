package hookfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/hooks"
)

func TestProve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what    string
		arrange func(*lab)
		others  bool
		want    Outcome
		why     string
	}{
		{"nothing there", func(*lab) {}, false, Silent, "nothing runs schemaguard there: schemaguard install"},
		{"hook files", func(l *lab) { l.files() }, false, Fires, ""},
		{"hook files, and an older git", func(l *lab) { l.files(); l.pretend("2.30.0") }, false, Fires, ""},
		{"a hook before that would fail", func(l *lab) {
			l.write(".git/hooks/pre-commit", "#!/bin/sh\ntouch ran\nexit 1\n", 0o755)
			l.files()
		}, false, Fires, ""},
		{"not executable", func(l *lab) { l.files(); l.chmod(".git/hooks/pre-commit", 0o644) }, false, Silent, "git passes over it"},
		{"the program is gone", func(l *lab) {
			l.files()
			os.Remove(l.program)
		}, false, Silent, "git ran the hook, and schemaguard was not reached: "},
		{"the program is another", func(l *lab) { l.files(); l.write(l.program, "#!/bin/sh\n", 0o755) }, false, Silent, "schemaguard was not reached"},
		{"the program answers for another hook", func(l *lab) {
			l.files()
			l.write(l.program, "#!/bin/sh\necho pre-push >>\"$SCHEMAGUARD_SELFTEST\"\n", 0o755)
		}, false, Silent, "schemaguard was not reached"},
		{"changed since", func(l *lab) {
			l.files()
			l.write(".git/hooks/pre-commit", l.text(".git/hooks/pre-commit")+"touch ran\n", 0o755)
		}, false, Untried, "it runs other commands as well"},
		{"somebody else's hook that calls us", func(l *lab) {
			l.write(".git/hooks/pre-commit", "#!/bin/sh\ntouch ran\nexec '"+strings.ReplaceAll(l.program, "'", `'\''`)+"' hook pre-commit \"$@\"\n", 0o755)
		}, false, Untried, "it runs other commands as well"},
		{"the same, run", func(l *lab) {
			l.write(".git/hooks/pre-commit", "#!/bin/sh\nexec '"+strings.ReplaceAll(l.program, "'", `'\''`)+"' hook pre-commit \"$@\"\n", 0o755)
		}, true, Fires, ""},
		{"somebody else's that names us in a comment", func(l *lab) {
			l.write(".git/hooks/pre-commit", "#!/bin/sh\n# schemaguard hook pre-commit\ntouch ran\n", 0o755)
		}, true, Silent, "nothing runs schemaguard there"},
		{"in the configuration, and a git that passes over it", func(l *lab) {
			l.pretend("2.54.0")
			l.install(Install{Method: Config})
			l.pretend("2.40.0")
		}, false, Silent, "which git 2.40 passes over: schemaguard install --method file"},
		{"a manager that was not told", func(l *lab) { l.write("lefthook.yml", "pre-commit:\n  jobs:\n    - run: touch ran\n", 0o644) }, false, Silent, "lefthook.yml does not run schemaguard"},
		{"a manager that git does not call", func(l *lab) {
			l.write("lefthook.yml", "pre-commit:\n  jobs:\n    - name: schemaguard\n      run: schemaguard hook pre-commit\n", 0o644)
		}, false, Silent, "git does not call lefthook there in this clone: lefthook install"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			c.arrange(l)
			got := l.look().Prove(t.Context(), "pre-commit", c.others)
			if got.Outcome != c.want || !strings.Contains(got.Why, c.why) || (got.Outcome == Fires) != (got.Why == "") {
				t.Errorf("%+v, want outcome %d and %q", got, c.want, c.why)
			}
			if !c.others {
				if _, err := os.Stat(filepath.Join(l.dir, "ran")); err == nil {
					t.Error("other commands of the hook were run")
				}
			}
		})
	}
}

// files installs hook files.
func (l *lab) files() { l.install(Install{Method: File, Program: l.program}) }

func TestProveEachHook(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	site := l.install(Install{Method: File, Program: l.program})
	for _, event := range hooks.Events() {
		if got := site.Prove(t.Context(), event, false); got.Outcome != Fires || got.By != ".git/hooks/"+event {
			t.Errorf("%+v", got)
		}
	}
	if got := site.Prove(t.Context(), "commit-msg", true); got.Outcome != Silent {
		t.Errorf("%+v", got)
	}
}

func (l *lab) chmod(name string, perm os.FileMode) {
	l.t.Helper()
	if err := os.Chmod(filepath.Join(l.dir, name), perm); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) text(name string) string {
	l.t.Helper()
	data, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil {
		l.t.Fatal(err)
	}
	return string(data)
}
