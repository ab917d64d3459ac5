package targeting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/target/setting"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// status runs it with arguments, in the working directory.
func status(t *testing.T, targets []setting.Target, environ []string, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app.App{
		Ctx: t.Context(), Environ: environ, Now: time.Now,
		Streams: &terminal.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Env: func(string) string { return "" }},
	}
	var f Flags
	var asJSON bool
	cmd := &cobra.Command{Use: "status", SilenceErrors: true, SilenceUsage: true, RunE: func(cmd *cobra.Command, _ []string) error {
		if !f.Given() {
			return errors.New("no target is given")
		}
		return Status(a, cmd, &f, targets, asJSON)
	}}
	f.Declare(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.SetArgs(args)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		return a.Fail(err), stderr.String()
	}
	return a.Code, stdout.String()
}

// TestStatus: two databases that differ and one that is gone, asked one by one and
// side by side.
func TestStatus(t *testing.T) {
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	dev, stage := pgtest.RestoreSQL(t, dumps...), pgtest.RestoreSQL(t, dumps...)
	conn, err := pgconn.Connect(t.Context(), dev)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Exec(t.Context(), "UPDATE directus_collections SET note = 'edited in dev' WHERE collection = 'devices'").Close(); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(context.Background())
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "snapshots"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "snapshots/schema.yaml"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	environ := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "STAGE_URL=" + stage, "GONE_URL=postgres://u:hunter22@127.0.0.1:1/gone"}
	targets := []setting.Target{{Name: "dev", URL: dev}, {Name: "stage", URLEnv: "STAGE_URL"}, {Name: "gone", URLEnv: "GONE_URL"}, {Name: "unset", URLEnv: "UNSET_URL"}}

	if code, out := status(t, targets, environ, "--target", "stage"); code != 0 || !strings.HasPrefix(out, "clean:") {
		t.Errorf("stage: exit %d\n%s", code, out)
	}
	if code, out := status(t, targets, environ, "--target", "dev"); code != 2 || !strings.Contains(out, "collection devices") {
		t.Errorf("dev: exit %d\n%s", code, out)
	}
	if code, out := status(t, targets, environ, "--target", "gone"); code != 3 || strings.Contains(out, "hunter22") {
		t.Errorf("gone: exit %d\n%s", code, out)
	}
	code, out := status(t, targets, environ, "--all-targets")
	if code != 2 || strings.Contains(out, "hunter22") || !strings.Contains(out, "drift") || !strings.Contains(out, "clean") || !strings.Contains(out, "gone: not-run: ") || !strings.Contains(out, "UNSET_URL is not set") {
		t.Errorf("all: exit %d\n%s", code, out)
	}
	if code, out := status(t, targets[1:], environ, "--all-targets"); code != 3 {
		t.Errorf("clean and gone: exit %d\n%s", code, out)
	}
	if code, out := status(t, targets[1:2], environ, "--all-targets"); code != 0 {
		t.Errorf("clean: exit %d\n%s", code, out)
	}
	code, out = status(t, targets, environ, "--all-targets", "--json")
	var doc struct {
		Verdict string
		Targets []struct{ Target, Verdict string }
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 2 || doc.Verdict != "drift" || len(doc.Targets) != 4 || doc.Targets[2].Verdict != "not-run" {
		t.Errorf("%v exit %d\n%s", err, code, out)
	}
	for _, wrong := range [][]string{{"--target", "prod"}, {"--target", "unset"}, {"--target", "dev", "--all-targets"}} {
		if code, out := status(t, targets, environ, wrong...); code != 4 {
			t.Errorf("%q: exit %d\n%s", wrong, code, out)
		}
	}
	if code, out := status(t, nil, environ, "--all-targets"); code != 4 || !strings.Contains(out, "the settings have no targets") {
		t.Errorf("none: exit %d\n%s", code, out)
	}
}
