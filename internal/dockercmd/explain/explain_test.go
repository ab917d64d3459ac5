package explain

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

var update = flag.Bool("update", false, "write testdata/explained.txt")

func explained(program string, args ...string) string {
	var b strings.Builder
	for _, l := range Lines(dockercmd.Parse(dockercmd.Invocation{Program: program, Args: args, Env: func(string) string { return "" }})) {
		fmt.Fprintf(&b, "    %-8s %s\n", l.Label, l.Text)
	}
	return b.String()
}

func TestExplained(t *testing.T) {
	t.Parallel()
	const file = "testdata/explained.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			words := strings.Fields(command)
			fmt.Fprintf(&got, "%s%s", line, explained(words[0], words[1:]...))
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got.String()); diff != "" {
		t.Errorf("explained (-want +got):\n%s", diff)
	}
}

func TestNothingSecretOrHostileIsShown(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{
		{"-H", "ssh://u:s3cret@h", "restart", "D"},
		{"run", "-e", "DB_PASSWORD=s3cret", "--env", "KEY=s3cret", "img"},
		{"compose", "run", "-e", "SECRET=s3cret", "D", "sh", "-c", "KEY=s3cret directus schema apply x"},
		{"restart", "\x1b]0;s3cret-free\x07D"},
		{"compose", "-p", "\u202ex", "-f", "a\nb", "up", "\x9b2J"},
		{"\x1b[31mfrobnicate"},
		{"--new\x1b[2J", "restart"},
	} {
		text := explained("docker", words...)
		if strings.Contains(text, "s3cret") && !strings.Contains(words[1], "s3cret-free") {
			t.Errorf("%q shows a secret:\n%s", words, text)
		}
		for line := range strings.Lines(text) {
			if !terminal.IsClean(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%q shows what a terminal obeys: %q", words, line)
			}
		}
	}
}
