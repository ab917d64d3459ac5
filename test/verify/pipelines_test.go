package verify

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/internal/bootgate/command"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/cli/verifying"
	"github.com/schemaguard/schemaguard/internal/verify/render"
)

func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// flagged fails where words use a flag or a format of verify that does not exist.
func flagged(t *testing.T, where, line string) {
	t.Helper()
	flags := verifying.Commands(&app.App{})[0].Flags()
	for _, m := range regexp.MustCompile(`--([a-z-]+)(?:[ =]("?[^\s")]*))?`).FindAllStringSubmatch(line, -1) {
		if flags.Lookup(m[1]) == nil {
			t.Errorf("%s: verify has no flag --%s", where, m[1])
		}
		format, _, _ := strings.Cut(strings.Trim(m[2], `"`), "=")
		if (m[1] == "format" || m[1] == "report") && !strings.Contains(" "+strings.Join(render.Formats(), " ")+" ", " "+format+" ") {
			t.Errorf("%s: verify has no format %q", where, format)
		}
	}
}

// TestPipelines: the pipelines of docs/ci.md are YAML, and call verify with flags
// that it has.
func TestPipelines(t *testing.T) {
	t.Parallel()
	page := text(t, "docs/ci.md")
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1)
	calls := 0
	for _, b := range blocks {
		var doc map[string]any
		if err := yaml.Unmarshal([]byte(b[1]), &doc); err != nil {
			t.Errorf("docs/ci.md: %v\n%s", err, b[1])
		}
		for line := range strings.SplitSeq(b[1], "\n") {
			_, after, ok := strings.Cut(line, "schemaguard verify")
			if !ok {
				continue
			}
			calls++
			if _, err := command.Split(after); err != nil {
				t.Errorf("docs/ci.md: %s: %v", line, err)
			}
			flagged(t, "docs/ci.md", after)
		}
	}
	if calls != 2 || len(blocks) != 4 {
		t.Errorf("%d calls of verify in %d pipelines", calls, len(blocks))
	}
	uses := regexp.MustCompile(`(?s)uses: schemaguard/schemaguard@main\n\s+with:\n((?:\s+[a-z-]+: [^\n]*\n)+)`).FindStringSubmatch(page)
	if uses == nil {
		t.Fatal("docs/ci.md does not use the action")
	}
	inputs := action(t).Inputs
	for _, m := range regexp.MustCompile(`(?m)^\s+([a-z-]+):`).FindAllStringSubmatch(uses[1], -1) {
		if _, ok := inputs[m[1]]; !ok {
			t.Errorf("the action has no input %q", m[1])
		}
	}
}

// actionFile is action.yml, as far as this test reads it.
type actionFile struct {
	Inputs map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Uses, Shell, Run string
			Env, With            map[string]string
		}
	}
}

func action(t *testing.T) actionFile {
	t.Helper()
	var a actionFile
	if err := yaml.Unmarshal([]byte(text(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAction: every input is used and described, and none is put into a script's
// text, where its content would be run.
func TestAction(t *testing.T) {
	t.Parallel()
	a := action(t)
	raw := text(t, "action.yml")
	if a.Runs.Using != "composite" || len(a.Runs.Steps) != 4 {
		t.Errorf("%+v", a.Runs)
	}
	for name, input := range a.Inputs {
		if input.Description == "" || input.Default == nil {
			t.Errorf("input %s has no description or default", name)
		}
		if !strings.Contains(raw, "inputs."+name) {
			t.Errorf("input %s is used nowhere", name)
		}
	}
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(raw, -1) {
		if _, ok := a.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %s", m[1])
		}
	}
	verified := false
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression in a script: %s", s.Run)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %q names no shell", s.Run)
		}
		if strings.Contains(s.Run, "schemaguard verify") {
			verified = s.ID == "verify"
			flagged(t, "action.yml", s.Run)
		}
	}
	if !verified {
		t.Error("no step with the id verify calls it")
	}
}
