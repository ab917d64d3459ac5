// Package prompt makes the few characters that a shell's prompt shows of the
// schema: nothing where all is well.
//
// It reads what the watcher, a hook or a check wrote down last for this project, and
// asks neither git nor a database. It never says that something is
// clean: nothing shown means that nothing is known to be amiss. What was seen
// long ago is shown with a question mark, and never turns into nothing by age.
package prompt

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/lastverdict"
)

// Options say how the segment looks.
type Options struct {
	// Format is the segment with {state}, {unsaved} and {age} in it; empty for
	// DefaultFormat. It is not used where there is nothing to show.
	Format string
	// Shell has the segment coloured as the prompt of that shell wants colours
	// marked: "bash", "zsh" or "fish"; empty for no colour.
	Shell string
	// Fresh is the age from which on a question mark is added; zero for ten minutes.
	Fresh time.Duration
}

// DefaultFormat is the segment's usual form: "sg:2 unsaved".
const DefaultFormat = "sg:{state}"

// fresh is the default of [Options.Fresh]. A running watcher writes down every
// minute that it still holds.
const fresh = 10 * time.Minute

// Segment returns what the prompt of a shell in dir shows; empty for nothing.
func Segment(env func(string) string, dir string, now time.Time, o Options) string {
	r, ok := nearest(lastverdict.Open(env), dir)
	if !ok {
		return ""
	}
	state, grave := words(r)
	if state == "" {
		return ""
	}
	age := now.Sub(r.At)
	if age > orDefault(o.Fresh) {
		state += "?"
	}
	format := o.Format
	if format == "" {
		format = DefaultFormat
	}
	text := strings.NewReplacer("{state}", state, "{unsaved}", strconv.Itoa(r.Unsaved), "{age}", short(age)).Replace(format)
	return colour(text, o.Shell, grave)
}

func orDefault(d time.Duration) time.Duration {
	if d <= 0 {
		return fresh
	}
	return d
}

// words says what a record means, empty for nothing to say, and whether work is at
// stake. They are of a fixed set: nothing that a database or a file says gets into
// a prompt, which shells expand.
func words(r lastverdict.Record) (state string, grave bool) {
	switch r.Standing {
	case "clean", "pending":
		return "", false
	case "unsaved", "conflict":
		if r.Unsaved > 0 {
			return fmt.Sprintf("%d %s", r.Unsaved, r.Standing), true
		}
		return r.Standing, true
	case "ahead", "not staged", "not committed", "not in the image", "boot not checked", "invalid", "not checked":
		return r.Standing, r.Standing == "invalid"
	}
	switch {
	case r.Unsaved > 0:
		return fmt.Sprintf("%d unsaved", r.Unsaved), true
	case r.State == "drift", r.State == "refused":
		return r.State, true
	}
	return "", false
}

// short says an age: "5s", "12m", "3h", "2d".
func short(age time.Duration) string {
	switch {
	case age < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(age.Seconds())))
	case age < time.Hour:
		return fmt.Sprintf("%dm", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh", int(age.Hours()))
	}
	return fmt.Sprintf("%dd", int(age.Hours()/24))
}

// colour colours a text, with the marks by which a shell knows what takes no room.
// Those of bash are the characters that \[ and \] stand for: bash reads these before
// it puts in what a command printed.
func colour(text, shell string, grave bool) string {
	code := "33"
	if grave {
		code = "31"
	}
	switch shell {
	case "bash":
		return "\x01\x1b[" + code + "m\x02" + text + "\x01\x1b[0m\x02"
	case "zsh":
		text = strings.ReplaceAll(text, "%", "%%")
		return "%{\x1b[" + code + "m%}" + text + "%{\x1b[0m%}"
	case "fish":
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	return text
}

// nearest returns what was seen last of the project that a folder lies in.
func nearest(store lastverdict.Store, dir string) (lastverdict.Record, bool) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return lastverdict.Record{}, false
	}
	for {
		if r, ok := store.Load(lastverdict.Project(dir)); ok {
			return r, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return lastverdict.Record{}, false
		}
		dir = parent
	}
}
