// Package alert tells people who look elsewhere that the state of the schema
// changed: by the terminal's bell, a desktop notification, or a command of theirs.
//
// Whatever fails is told to Said and stops nothing.
package alert

import (
	"context"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
)

// Options say who is told, and how.
type Options struct {
	Bell    bool
	Notify  bool
	Exec    string    // a command for the shell; empty for none
	Screen  io.Writer // the terminal; nil where there is none
	Environ []string
	Output  io.Writer         // what the command prints
	Said    func(text string) // what went wrong
}

// Alert tells of changes. It is made by [New].
type Alert struct {
	o      Options
	last   watch.Standing
	events chan watch.Event
}

// New makes an alert; [Alert.Run] does the telling.
func New(o Options) *Alert { return &Alert{o: o, events: make(chan watch.Event, 1)} }

// Tell has an event told where the standing is another than at the last one. It
// never waits: of what comes while the command still runs, the newest is kept.
func (a *Alert) Tell(e watch.Event) {
	for {
		select {
		case a.events <- e:
			return
		default:
		}
		select {
		case <-a.events:
		default:
		}
	}
}

// Run tells until ctx ends, one change at a time. The first event is what was
// there, and no change.
func (a *Alert) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-a.events:
			before := a.last
			a.last = e.State.Standing
			if before != "" && before != a.last {
				a.tell(ctx, e, before)
			}
		}
	}
}

func (a *Alert) tell(ctx context.Context, e watch.Event, before watch.Standing) {
	if a.o.Bell && a.o.Screen != nil {
		_, _ = io.WriteString(a.o.Screen, "\a")
	}
	if a.o.Notify {
		a.notify(ctx, "schemaguard: "+e.State.Project, e.Text)
	}
	if a.o.Exec != "" {
		if err := a.run(ctx, e, before); err != nil && ctx.Err() == nil {
			a.o.Said("--exec: " + err.Error())
		}
	}
}

// patience is how long a notification may take.
const patience = 2 * time.Second

// notify shows a notification: through the terminal where it can, else by the
// desktop's own program. Where there is neither, nobody is told.
func (a *Alert) notify(ctx context.Context, title, text string) {
	title, text = terminal.Clean(title), terminal.Shorten(terminal.Clean(text), 300)
	if seq := Sequence(a.env, title, text); seq != "" && a.o.Screen != nil {
		_, _ = io.WriteString(a.o.Screen, seq)
		return
	}
	argv := desktop(a.env, title, text)
	if argv == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = a.o.Environ
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		a.o.Said(argv[0] + ": " + err.Error())
	}
}

func (a *Alert) env(name string) string {
	return environ.Lookup(a.o.Environ, name)
}

// Sequence is what has a terminal show a notification: OSC 9 (iTerm2, WezTerm,
// Ghostty, kitty) or OSC 777 (rxvt, foot); within tmux, which puts its own name
// over the terminal's, it is handed through where allow-passthrough is on. It is
// empty for a terminal that is not known to have either.
func Sequence(env func(string) string, title, text string) string {
	var seq string
	program, term := env("TERM_PROGRAM"), env("TERM")
	known := env("LC_TERMINAL") == "iTerm2" || env("WEZTERM_PANE") != "" || env("KITTY_WINDOW_ID") != "" || env("GHOSTTY_RESOURCES_DIR") != ""
	switch {
	case known, program == "iTerm.app", program == "WezTerm", program == "ghostty", term == "xterm-kitty", term == "xterm-ghostty":
		seq = "\x1b]9;" + title + ": " + text + "\a"
	case strings.HasPrefix(term, "rxvt"), strings.HasPrefix(term, "foot"):
		// Semicolons part the fields.
		seq = "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + strings.ReplaceAll(text, ";", ",") + "\a"
	default:
		return ""
	}
	if env("TMUX") != "" {
		return "\x1bPtmux;" + strings.ReplaceAll(seq, "\x1b", "\x1b\x1b") + "\x1b\\"
	}
	return seq
}

// desktop is the program that shows a notification; nil for none.
func desktop(env func(string) string, title, text string) []string {
	if runtime.GOOS == "darwin" {
		quote := func(s string) string {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
		}
		return []string{"osascript", "-e", "display notification " + quote(text) + " with title " + quote(title)}
	}
	if env("DISPLAY") == "" && env("WAYLAND_DISPLAY") == "" {
		return nil
	}
	if path, err := exec.LookPath("notify-send"); err == nil {
		// A desktop may read markup in the text.
		return []string{path, "--app-name=schemaguard", "--", title, strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text)}
	}
	return nil
}
