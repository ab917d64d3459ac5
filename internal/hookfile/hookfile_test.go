package hookfile

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/hookfile/manager"
)

// lab is an empty repository with blanks in its path, and a schemaguard that answers nothing but a selftest.
type lab struct {
	t       *testing.T
	dir     string
	program string
	path    string // PATH
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	base := t.TempDir()
	l := &lab{t: t, dir: filepath.Join(base, "it's a repo"), program: filepath.Join(base, "bin", "schemaguard"), path: os.Getenv("PATH")}
	l.write(l.program, "#!/bin/sh\n[ -n \"$SCHEMAGUARD_SELFTEST\" ] || exit 9\nprintf '%s\\n' \"$2\" >>\"$SCHEMAGUARD_SELFTEST\"\n", 0o755)
	l.write("snapshots/schema.yaml", "version: 1\n", 0o644)
	l.git("init", "--quiet", "-b", "main")
	return l
}

func (l *lab) write(name, text string, perm os.FileMode) {
	l.t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(l.dir, name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), perm); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Chmod(name, perm); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) env(name string) string {
	switch name {
	case "PATH":
		return l.path
	case "HOME":
		return filepath.Dir(l.dir)
	case "GIT_CONFIG_NOSYSTEM":
		return "1"
	}
	return ""
}

func (l *lab) git(args ...string) string {
	l.t.Helper()
	cmd := exec.CommandContext(l.t.Context(), "git", args...)
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(l.dir), "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t")
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (l *lab) look() *Site {
	l.t.Helper()
	repo, err := gitrepo.Open(l.t.Context(), l.dir, l.env)
	if err != nil {
		l.t.Fatal(err)
	}
	site, err := Look(l.t.Context(), repo, l.env, "snapshots/schema.yaml")
	if err != nil {
		l.t.Fatal(err)
	}
	return site
}

// install installs what is asked and returns the site as it is then.
func (l *lab) install(o Install) *Site {
	l.t.Helper()
	site := l.look()
	plan, err := site.Install(o)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := site.Apply(l.t.Context(), plan, func(Step) {}); err != nil {
		l.t.Fatal(err)
	}
	return l.look()
}

// pretend puts a git on PATH that says it is of another version.
func (l *lab) pretend(version string) {
	l.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		l.t.Fatal(err)
	}
	dir := filepath.Join(filepath.Dir(l.dir), "git "+version)
	l.write(filepath.Join(dir, "git"), "#!/bin/sh\nfor w; do if [ \"$w\" = version ]; then echo 'git version "+version+"'; exit; fi; done\nexec '"+real+"' \"$@\"\n", 0o755)
	l.path = dir + string(filepath.ListSeparator) + os.Getenv("PATH")
}

func TestAutoTakesWhatFits(t *testing.T) {
	t.Parallel()
	found := &manager.Found{Name: "husky"}
	for _, c := range []struct {
		method  Method
		manager *manager.Found
		git     Version
		want    Method
	}{
		{Auto, nil, Version{2, 39}, File},
		{Auto, nil, Version{2, 53}, File},
		{Auto, nil, Version{2, 54}, Config},
		{Auto, nil, Version{3, 0}, Config},
		{Auto, found, Version{2, 54}, byManager},
		{Auto, found, Version{2, 30}, byManager},
		{File, found, Version{2, 54}, File},
		{Config, found, Version{2, 30}, Config},
		{Print, nil, Version{2, 54}, Print},
	} {
		s := Site{Manager: c.manager, Git: c.git}
		if got := s.settle(Install{Method: c.method}); got != c.want {
			t.Errorf("%s with git %s and a manager (%v): %s, want %s", c.method, c.git, c.manager != nil, got, c.want)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"2.54.0": "2.54", "2.39.5 (Apple Git-154)": "2.39", "2.47.1.windows.2": "2.47", "3.0.rc1": "3.0"} {
		l := newLab(t)
		l.pretend(said)
		if got := l.look().Git.String(); got != want {
			t.Errorf("%q is read as %s, want %s", said, got, want)
		}
	}
}

// TestAttributePattern asks git itself whether the pattern matches the path, and nothing else.
func TestAttributePattern(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, path := range []string{
		"snapshots/schema.yaml", "schema.yaml", "a b/schema.yaml", "a[b]*?/schema.yaml", `q"uote/schema.yaml`, "#hash.yaml", "!bang/x.yaml", `back\slash/x.yaml`, "ü/schema.yaml",
	} {
		l.write(".gitattributes", "* -merge\n"+attributeLine(path)+"\n", 0o644)
		for _, other := range []string{path, "deep/" + path, "abc/schema.yaml", "a/b/schema.yaml"} {
			want := "unset"
			if other == path {
				want = driver
			}
			got := strings.Split(l.git("check-attr", "-z", "merge", "--", other), "\x00")[2]
			if got != want {
				t.Errorf("%s says of %q merge=%s, want %s", attributeLine(path), other, got, want)
			}
		}
		if got := removeLines("a b\n" + attributeLine(path) + "\nc d"); got != "a b\nc d" {
			t.Errorf("%s was not taken out: %q", attributeLine(path), got)
		}
	}
	for _, line := range []string{"# x merge=schemaguard diff=schemaguard", "x text merge=schemaguard diff=schemaguard", "x merge=schemaguard", " merge=schemaguard diff=schemaguard"} {
		if ourLine(line) {
			t.Errorf("%q is not a line that is written here", line)
		}
	}
}

func TestAHookGoesBackWhenOursCannotBeWritten(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.write(".git/hooks/pre-commit", "#!/bin/sh\n", 0o755)
	site := l.look()
	path := filepath.Join(l.dir, ".git/hooks/pre-commit")
	plan := Plan{Steps: []Step{{Action: Move, Path: path, To: path + hooks.Before}, {Action: Write, Path: path, Data: "x", Perm: 0o755}}}
	err := site.Apply(t.Context(), plan, func(s Step) {
		if s.Action != Move {
			return
		}
		// Links that lead to each other: nothing can be written there.
		if err := errors.Join(os.Symlink("loop", filepath.Join(l.dir, ".git/hooks/loop")), os.Symlink("loop", path)); err != nil {
			t.Fatal(err)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "failed to write .git/hooks/pre-commit") {
		t.Fatalf("what cannot be written is no failure: %v", err)
	}
	if got := l.text(".git/hooks/pre-commit"); got != "#!/bin/sh\n" {
		t.Errorf("the hook is now %q", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"no git repository here": gitrepo.ErrNotRepository, "no working tree here": gitrepo.ErrBare,
	} {
		refused, ok := errors.AsType[*RefusedError](Refusal(err))
		if !ok || !strings.Contains(refused.Msg, want) || len(refused.Hints) == 0 || !errors.Is(refused, err) {
			t.Errorf("%v became %v", err, refused)
		}
	}
	if err := errors.New("other"); !errors.Is(Refusal(err), err) {
		t.Error("another error did not stay what it was")
	}
	l := newLab(t)
	l.write(".git/hooks/pre-push/x", "", 0o644)
	repo, err := gitrepo.Open(t.Context(), l.dir, l.env)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Look(t.Context(), repo, l.env, "x"); err == nil || !strings.Contains(err.Error(), "is a folder, where the hook pre-push should be") {
		t.Errorf("a folder in place of a hook: %v", err)
	}
}

func TestInstalled(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	if got := l.look().Installed(); len(got) != 0 {
		t.Errorf("an empty repository has %q", got)
	}
	site := l.install(Install{Method: File, Events: []string{"pre-commit", "post-merge"}, Program: l.program})
	if diff := cmp.Diff([]string{"pre-commit", "post-merge"}, site.Installed()); diff != "" {
		t.Error(diff)
	}
	l.write(".git/hooks/post-merge", "#!/bin/sh\n", 0o755)
	if diff := cmp.Diff([]string{"pre-commit"}, l.look().Installed()); diff != "" {
		t.Error(diff)
	}
	// In the configuration alone, and by which git.
	l = newLab(t)
	l.pretend("2.54.0")
	site = l.install(Install{Method: Config, Events: []string{"pre-push"}, Program: l.program})
	if diff := cmp.Diff([]string{"pre-push"}, site.Installed()); diff != "" {
		t.Error(diff)
	}
	l.pretend("2.53.0")
	if got := l.look().Installed(); len(got) != 0 {
		t.Errorf("a git that passes over the configuration runs %q", got)
	}
}

func TestPlansAreTheSameTwice(t *testing.T) {
	t.Parallel()
	for _, method := range []Method{File, Config} {
		l := newLab(t)
		l.pretend("2.54.0")
		o := Install{Method: method, Program: l.program, Drivers: true}
		l.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n", 0o755)
		site := l.install(o)
		plan, err := site.Install(o)
		if err != nil || plan.Changes() {
			t.Errorf("%s: a second time it would do %+v, %v", method, plan.Steps, err)
		}
		if err := site.Apply(t.Context(), site.Uninstall(), func(Step) {}); err != nil {
			t.Fatal(err)
		}
		if plan := l.look().Uninstall(); plan.Changes() {
			t.Errorf("%s: after an uninstall there is left %+v", method, plan.Steps)
		}
		if data, _ := os.ReadFile(filepath.Join(l.dir, ".git/hooks/pre-commit")); string(data) != "#!/bin/sh\nexit 1\n" {
			t.Errorf("%s: the hook before came back as %q", method, data)
		}
		left, _ := filepath.Glob(filepath.Join(l.dir, ".git/hooks/*schemaguard*"))
		if slices.ContainsFunc(left, func(s string) bool { return !strings.HasSuffix(s, ".sample") }) {
			t.Errorf("%s: left behind: %q", method, left)
		}
	}
}
