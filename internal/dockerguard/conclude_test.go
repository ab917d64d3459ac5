package dockerguard

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// loses is a target that a boot would harm.
func loses(boots string, items ...string) Target {
	t := Target{Container: "sg-directus-1", Directus: true, Boots: boots, Label: "sg-directus-1", Findings: []finding.Finding{}}
	v := policy.Verdict{State: policy.Refused, Summary: "unsaved"}
	for _, i := range items {
		v.Findings = append(v.Findings, finding.Finding{Code: finding.CollectionDrop, Item: i, Message: i + " exists in no snapshot", Refuses: true})
		v.Changes = append(v.Changes, policy.Change{Item: i, Loss: []policy.Loss{{What: "rows", Count: 4, Data: true}, {What: "its own rows", Count: 9}}})
	}
	add(&t, &v)
	return t
}

func unknown(boots string) Target {
	t := Target{Directus: true, Boots: boots, Label: "sg-directus-1"}
	unable(&t, finding.Unreachable, "nobody answers", "start it")
	return t
}

func TestConclude(t *testing.T) {
	t.Parallel()
	ok := Target{Directus: true, Boots: "yes", Label: "sg-directus-1"}
	add(&ok, &policy.Verdict{State: policy.Clean, Summary: "agrees"})
	if ok.Verdict != clean {
		ok.Verdict = clean
	}
	answer := func(text string) func(string) (string, error) {
		return func(string) (string, error) { return text, nil }
	}
	run := func(context.Context, []string) error { return errors.New("not run here") }
	for _, c := range []struct {
		name    string
		targets []Target
		found   []finding.Finding
		allow   []string
		run     bool
		ask     func(string) (string, error)
		nowhere bool // there is no place to keep a consent
		want    Outcome
		logged  string
	}{
		{name: "nothing", want: Pass},
		{name: "clean", targets: []Target{ok}, want: Pass},
		{name: "loses", targets: []Target{loses("yes", "collection a")}, want: Refuse},
		{name: "may lose", targets: []Target{loses("maybe", "collection a")}, want: Refuse},
		{name: "would lose later", targets: []Target{loses("no", "collection a")}, want: Warn},
		{name: "unknown", targets: []Target{unknown("yes")}, want: NotRun},
		{name: "unknown and loses", targets: []Target{unknown("yes"), loses("yes", "collection a")}, want: Refuse},
		{name: "unknown later", targets: []Target{unknown("no")}, want: Pass},
		{name: "volume", found: []finding.Finding{{Code: finding.VolumeLoss, Item: "volume v", Refuses: true}}, want: Refuse},

		{name: "agreed", targets: []Target{loses("yes", "collection a")}, allow: []string{"COLLECTION_DROP:collection a"}, run: true, want: Warn, logged: "COLLECTION_DROP:collection a"},
		{name: "agreed to be explained only", targets: []Target{loses("yes", "collection a")}, allow: []string{"COLLECTION_DROP:collection a"}, want: Warn},
		{name: "agreed to one of two", targets: []Target{loses("yes", "collection a", "collection b")}, allow: []string{"COLLECTION_DROP:collection a"}, run: true, want: Refuse},
		{name: "agreed to another code", targets: []Target{loses("yes", "collection a")}, allow: []string{"FIELD_DROP:collection a"}, run: true, want: Refuse},
		{name: "agreed to a bare force", targets: []Target{loses("yes", "collection a")}, allow: []string{"*", "all", "1", "COLLECTION_DROP:*"}, run: true, want: Refuse},
		{name: "agreed to what is unknown", targets: []Target{unknown("yes")}, allow: []string{"UNREACHABLE:sg-directus-1"}, run: true, want: Warn, logged: "UNREACHABLE:sg-directus-1"},
		{name: "could not be kept", targets: []Target{loses("yes", "collection a")}, allow: []string{"COLLECTION_DROP:collection a"}, run: true, nowhere: true, want: Refuse},

		{name: "typed", targets: []Target{loses("yes", "collection a", "collection b")}, run: true, ask: answer("8"), want: Warn, logged: "typed"},
		{name: "typed a yes", targets: []Target{loses("yes", "collection a")}, run: true, ask: answer("yes"), want: Refuse},
		{name: "typed nothing", targets: []Target{loses("yes", "collection a")}, run: true, ask: answer(""), want: Refuse},
		{name: "typed another number", targets: []Target{loses("yes", "collection a")}, run: true, ask: answer("3"), want: Refuse},
		{name: "nobody there", targets: []Target{loses("yes", "collection a")}, run: true, ask: func(string) (string, error) { return "4", errors.New("EOF") }, want: Refuse},
		{name: "not asked when explaining", targets: []Target{loses("yes", "collection a")}, ask: answer("4"), want: Refuse},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			g := &guard{
				Request: Request{Environ: []string{"XDG_STATE_HOME=" + dir}, Now: time.Now, Ask: c.ask}, allowed: c.allow,
				cmd: dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: []string{"compose", "restart"}}),
			}
			if c.nowhere {
				g.Environ = []string{"XDG_STATE_HOME=/dev/null/x"}
			}
			if c.run {
				g.Run = run
			}
			g.d.Targets, g.d.Findings = c.targets, c.found
			g.conclude(context.Background())
			if g.d.Outcome != c.want {
				t.Errorf("%s (%s), want %s", g.d.Outcome, g.d.Reason, c.want)
			}
			if g.d.Allows() != (c.want == Pass || c.want == Warn) || (g.d.ExitCode() == 0) != g.d.Allows() {
				t.Errorf("allows %v with exit code %d", g.d.Allows(), g.d.ExitCode())
			}
			log, _ := os.ReadFile(filepath.Join(dir, "schemaguard", "consents.log"))
			if (len(log) > 0) != (c.logged != "") || !strings.Contains(string(log), c.logged) {
				t.Errorf("the log holds %q", log)
			}
		})
	}
}

// What is printed says what to type, the consent last, and no control character reaches the terminal.
func TestLines(t *testing.T) {
	t.Parallel()
	g := &guard{Request: Request{Now: time.Now}, cmd: dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: []string{"compose", "restart"}})}
	g.d.Targets = []Target{loses("yes", "collection \x1b[31mred")}
	g.d.Command, g.d.SchemaVersion = []string{"docker", "compose", "restart"}, 1
	g.conclude(context.Background())
	var text, explained, asJSON bytes.Buffer
	if err := errors.Join(g.d.Lines(&text), g.d.Explain(&explained), g.d.ExplainJSON(&asJSON)); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{text.String(), explained.String()} {
		if strings.Contains(out, "\x1b") || !strings.Contains(out, "schemaguard docker --allow 'COLLECTION_DROP:") || !strings.Contains(out, "refuse") {
			t.Errorf("printed %q", out)
		}
	}
	if !strings.Contains(asJSON.String(), `"decision": "refuse"`) || !strings.Contains(asJSON.String(), `"schema_version": 1`) {
		t.Error(asJSON.String())
	}
	g.d.Shown = true
	text.Reset()
	if err := g.d.Lines(&text); err != nil || strings.Count(text.String(), "\n") != 1 {
		t.Errorf("what was shown is shown again: %q", text.String())
	}
	silent := Decision{Outcome: Pass}
	text.Reset()
	if err := silent.Lines(&text); err != nil || text.Len() > 0 {
		t.Errorf("a pass prints %q", text.String())
	}
}

// What only reads asks no docker, whatever there is.
func TestReadOnlyAsksNobody(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"ps", "compose ps", "compose --dry-run up", "compose up --help", "logs x", "exec x ls"} {
		d, err := Decide(context.Background(), Request{
			Command: dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: strings.Fields(line)}),
			Real:    func(string) (string, error) { return "", errors.New("asked") },
		})
		if err != nil || d.Outcome != Pass {
			t.Errorf("%s: %s %v", line, d.Outcome, err)
		}
	}
	d, err := Decide(context.Background(), Request{
		Command: dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: []string{"restart", "x"}}),
		Real:    func(string) (string, error) { return "", errors.New("there is no other docker") },
	})
	if err != nil || d.Outcome != NotRun || !strings.Contains(d.Reason, "there is no other docker") {
		t.Errorf("without a docker: %s %s %v", d.Outcome, d.Reason, err)
	}
	if _, err := Decide(context.Background(), Request{Allow: []string{"everything"}}); err == nil {
		t.Error("a consent to everything is understood")
	}
}
