package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/target/setting"
)

func state(s policy.State, unsaved int) *report.Status {
	v := policy.Verdict{State: s, Summary: "so it is", Counts: policy.Counts{Unsaved: unsaved}}
	return &report.Status{Database: "app@h:5432/app", Verdict: v, Sides: []report.Side{{Name: "live", Items: 72}, {Name: "worktree", Items: 72, Against: "same"}}}
}

// TestCollect: order, how many at once, one that hangs, one without its variable,
// one that cannot be reached; and none of them stops the others.
func TestCollect(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int32
	o := Options{
		Targets: []setting.Target{
			{Name: "dev", URL: "a"}, {Name: "stage", URLEnv: "UNSET"}, {Name: "hangs", URL: "b"}, {Name: "prod", URL: "c"}, {Name: "gone", URL: "d"},
		},
		Parallel: 2, Timeout: 200 * time.Millisecond, Getenv: func(string) string { return "" },
		Look: func(ctx context.Context, _ setting.Target, dsn string) (*report.Status, error) {
			most.Store(max(most.Load(), at.Add(1)))
			defer at.Add(-1)
			switch dsn {
			case "b":
				<-ctx.Done()
				return nil, ctx.Err()
			case "d":
				return nil, errors.New("no way to postgres://u:hunter22@h/d")
			}
			time.Sleep(20 * time.Millisecond)
			return state(policy.Clean, 0), nil
		},
	}
	got := Collect(t.Context(), o)
	want := []struct {
		name   string
		state  policy.State
		reason string
	}{
		{"dev", policy.Clean, ""},
		{"stage", policy.NotRun, "variable UNSET is not set"},
		{"hangs", policy.NotRun, "target hangs did not answer within 200ms"},
		{"prod", policy.Clean, ""},
		{"gone", policy.NotRun, "postgres://u:***@h/d"},
	}
	for i, w := range want {
		if v := got[i].Status.Verdict; got[i].Name != w.name || v.State != w.state || !strings.Contains(v.Reason, w.reason) || strings.Contains(v.Reason, "hunter22") {
			t.Errorf("%s: %s %q, want %s %q", got[i].Name, v.State, v.Reason, w.state, w.reason)
		}
	}
	o.Targets, o.Getenv = []setting.Target{{Name: "gone", URLEnv: "GONE_URL"}}, func(string) string { return "d" }
	if v := Collect(t.Context(), o)[0].Status.Verdict; len(v.Findings) != 1 || v.Findings[0].Fix != `schemaguard doctor --dsn "$GONE_URL"` {
		t.Errorf("%+v", v) // the doctor would look at the project's own database
	}
	if most.Load() > 2 {
		t.Errorf("%d at once", most.Load())
	}
	if ExitCode(got) != 3 {
		t.Error(ExitCode(got))
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	column := func(s policy.State) Column { return Column{Status: *state(s, 0)} }
	invalid := column(policy.NotRun)
	invalid.Status.Verdict.Findings = []finding.Finding{{Code: finding.SnapshotInvalid, Severity: finding.Invalid}}
	for _, c := range []struct {
		columns []Column
		want    int
	}{
		{nil, 3},
		{[]Column{column(policy.Clean)}, 0},
		{[]Column{column(policy.Clean), column(policy.NotRun)}, 3},
		{[]Column{column(policy.NotRun), column(policy.Drift), column(policy.Clean)}, 2},
		{[]Column{column(policy.Drift), invalid, column(policy.NotRun)}, 5},
		{[]Column{{}}, 3}, // a verdict that nobody made
	} {
		if got := ExitCode(c.columns); got != c.want {
			t.Errorf("%d, want %d", got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	columns := []Column{
		{"dev", *state(policy.Drift, 2)},
		{"prod\x1b[31m", report.Status{Verdict: policy.Unable(finding.Unreachable, "database app@prod cannot be reached: \x1b[2Jno", "schemaguard doctor")}},
	}
	var b bytes.Buffer
	if err := Text(&b, columns, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"verdict   drift           not-run\n", "database  app@h:5432/app  -\n", "items     72              -\n", "unsaved   2               -\n", "not-run: database app@prod cannot be reached", "next: schemaguard status --target dev"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if strings.ContainsRune(b.String(), '\x1b') {
		t.Errorf("%q", b.String())
	}
	b.Reset()
	if err := Text(&b, columns, report.Options{Width: 20}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "dev\n  verdict   drift\n") {
		t.Errorf("narrow:\n%s", b.String())
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := JSON(&b, []Column{{"dev", *state(policy.Clean, 0)}, {"prod", *state(policy.NotRun, 0)}}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Verdict       string
		ExitCode      int `json:"exit_code"`
		Targets       []struct{ Target, Verdict, Database string }
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || got.Verdict != "not-run" || got.ExitCode != 3 || len(got.Targets) != 2 || got.Targets[0].Target != "dev" || got.Targets[0].Verdict != "clean" {
		t.Errorf("%+v\n%s", got, b.String())
	}
}
