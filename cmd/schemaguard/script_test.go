package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/hook"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"schemaguard": main})
}

// TestScript runs testdata/script/*.txtar: a real git repository and a real
// Postgres for each. Verbs beyond testscript's own:
//
//	sql FILE|TEXT     runs SQL in the script's database
//	exit N CMD...     runs a command and wants that exit code
//	example           copies the example project's snapshot to snapshots/schema.yaml
//	commit MSG        git add -A and git commit
//	hooks [DIR]       sets up every hook that schemaguard answers in a repository
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               func(env *testscript.Env) error { return setUp(env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sql": sqlVerb, "exit": exitVerb, "example": exampleVerb, "commit": commitVerb, "hooks": hooksVerb,
		},
	})
}

// setUp gives a script its database, an empty repository and an environment
// that knows of nothing else.
func setUp(env *testscript.Env) error {
	t, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("the scripts need a testing.TB")
	}
	dumps, err := demo.Fixture()
	if err != nil {
		return err
	}
	dsn := pgtest.RestoreSQL(t, dumps...)
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	config := "[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o644); err != nil {
		return err
	}
	env.Setenv("HOME", home)
	env.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	env.Setenv("SCHEMAGUARD_DATABASE_URL", dsn)
	env.Setenv("DSN", dsn)
	env.Setenv("TZ", "UTC")
	cmd := exec.Command("git", "init", "--quiet", env.WorkDir)
	cmd.Env = env.Vars
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git init: %w: %s", err, out)
	}
	return os.WriteFile(filepath.Join(env.WorkDir, ".git", "info", "exclude"), []byte(".home/\n.tmp/\n*.sql\n*.txt\n"), 0o644)
}

func sqlVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql FILE|TEXT")
	}
	text := args[0]
	if strings.HasSuffix(text, ".sql") {
		text = ts.ReadFile(text)
	}
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, ts.Getenv("DSN"))
	ts.Check(err)
	defer func() { _ = conn.Close(ctx) }()
	ts.Check(conn.Exec(ctx, text).Close())
}

func exitVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("running %s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func exampleVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: example")
	}
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	ts.Check(err)
	file := ts.MkAbs(filepath.Join("snapshots", "schema.yaml"))
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, data, 0o644))
}

func commitVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: commit MESSAGE")
	}
	ts.Check(ts.Exec("git", "add", "-A"))
	ts.Check(ts.Exec("git", "commit", "--quiet", "-m", args[0]))
}

// hooksVerb writes the hooks as nobody's installer would: what is tested is what
// they call.
func hooksVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: hooks [DIR]")
	}
	dir := ts.MkAbs(strings.Join(args, ""))
	out, err := exec.Command("git", "-C", dir, "rev-parse", "--git-common-dir").Output()
	ts.Check(err)
	common := strings.TrimSpace(string(out))
	if !filepath.IsAbs(common) {
		common = filepath.Join(dir, common)
	}
	ts.Check(os.MkdirAll(filepath.Join(common, "hooks"), 0o755))
	for _, name := range hook.Names() {
		text := "#!/bin/sh\nexec schemaguard hook " + name + " \"$@\"\n"
		ts.Check(os.WriteFile(filepath.Join(common, "hooks", name), []byte(text), 0o755))
	}
}
