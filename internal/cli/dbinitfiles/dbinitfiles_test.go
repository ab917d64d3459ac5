package dbinitfiles

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

func TestOnlyYesIsAYes(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{"y\n": true, "YES\r\n": true, " yes": true, "\n": false, "": false, "n\n": false, "yesterday\n": false} {
		var said strings.Builder
		c := commands{App: &app.App{Streams: &terminal.Streams{In: strings.NewReader(answer), Err: &said}}}
		if got := c.confirmed("do it?"); got != want || said.String() != "schemaguard: do it? [y/N] " {
			t.Errorf("%q is a yes: %v, want %v (%q)", answer, got, want, said.String())
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, cmd := range Commands(&app.App{})[0].Commands() {
		if cmd.Short == "" || cmd.Long == "" || cmd.Example == "" {
			t.Errorf("%s lacks a text", cmd.CommandPath())
		}
	}
}
