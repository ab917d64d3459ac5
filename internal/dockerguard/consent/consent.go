// Package consent is how somebody agrees to a loss: by naming each refusal, CODE:ITEM, never by a bare force.
// What was agreed to is kept in a log, and where it cannot be kept it does not count.
package consent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/statedir"
)

// Variable is the environment variable that consents like the flag --allow.
const Variable = "SCHEMAGUARD_ALLOW"

// Key names a refusal as a consent does: "COLLECTION_DROP:collection orders". Of what has no item it is
// the code alone with a colon.
func Key(f *finding.Finding) string { return string(f.Code) + ":" + f.Item }

var codeAhead = regexp.MustCompile(`,\s*([A-Z][A-Z_]*:)`)

// Parse reads a list CODE:ITEM[,CODE:ITEM]. An item may hold commas; a new entry begins where a code does.
func Parse(list string) ([]string, error) {
	var out []string
	for entry := range strings.SplitSeq(codeAhead.ReplaceAllString(list, "\x00$1"), "\x00") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		code, item, ok := strings.Cut(entry, ":")
		info, known := finding.Lookup(finding.Code(code))
		switch {
		case !ok || strings.TrimSpace(item) == "":
			return nil, fmt.Errorf("%q allows nothing: name the code and the item, as the refusal prints them (CODE:item)", entry)
		case !known:
			return nil, fmt.Errorf("%q is no code of a finding; schemaguard explain lists them", code)
		}
		out = append(out, string(info.Code)+":"+strings.TrimSpace(item))
	}
	return out, nil
}

// Missing returns the refusals that nobody agreed to. All must be agreed to.
func Missing(refusals []finding.Finding, allowed []string) []finding.Finding {
	var out []finding.Finding
	for i := range refusals {
		if !slices.Contains(allowed, Key(&refusals[i])) {
			out = append(out, refusals[i])
		}
	}
	return out
}

// Words returns the consent that would cover the refusals, for a person to paste.
func Words(refusals []finding.Finding) string {
	var keys []string
	for i := range refusals {
		if k := Key(&refusals[i]); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return strings.Join(keys, ",")
}

// Entry is a line of the log.
type Entry struct {
	Time    time.Time `json:"time"`
	User    string    `json:"user"`
	Command []string  `json:"command"` // without secrets
	Allowed []string  `json:"allowed"` // the refusals that were overridden
	How     string    `json:"how"`     // "flag or variable", "typed"
}

// Log is where consents are kept.
type Log struct{ Path string }

// ErrNowhere says that there is no folder to keep a consent in.
var ErrNowhere = errors.New("there is no folder to keep the consent in: set XDG_STATE_HOME")

// Open returns the log of this user, consents.log in its state folder. It makes nothing yet.
func Open(env func(string) string) Log {
	dir := statedir.Path(env)
	if dir == "" {
		return Log{}
	}
	return Log{filepath.Join(dir, "consents.log")}
}

// Add appends an entry as one line of JSON. An error means that it was not kept.
func (l Log) Add(e Entry) error {
	if l.Path == "" {
		return ErrNowhere
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("keeping the consent: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(l.Path), 0o700); err != nil {
		return fmt.Errorf("keeping the consent: %w", err)
	}
	f, err := os.OpenFile(l.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the consent: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keeping the consent: %w", err)
	}
	return nil
}

// Hide returns a command line without the values that can hold secrets: those of -e, --env and --build-arg,
// and whatever looks like one.
func Hide(argv []string) []string {
	out := make([]string, len(argv))
	hideNext := false
	for i, w := range argv {
		name, value, joined := strings.Cut(w, "=")
		switch {
		case hideNext:
			hideNext = false
			out[i] = hidden(w)
			continue
		case slices.Contains([]string{"-e", "--env", "--build-arg", "--env-add"}, w):
			hideNext = true
		case joined && slices.Contains([]string{"--env", "--build-arg", "--env-add"}, name):
			out[i] = name + "=" + hidden(value)
			continue
		case strings.HasPrefix(w, "-e") && !strings.HasPrefix(w, "--") && joined:
			out[i] = "-e" + hidden(w[2:])
			continue
		}
		out[i] = redact.String(w)
	}
	return out
}

// hidden keeps the name of NAME=VALUE.
func hidden(pair string) string {
	if name, _, ok := strings.Cut(pair, "="); ok {
		return name + "=" + redact.Mask
	}
	return pair
}
