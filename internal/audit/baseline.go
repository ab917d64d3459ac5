package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Entry is a difference that the team has accepted.
type Entry struct {
	// State and Object are those of the finding, as [object.Key] writes it.
	State  State  `yaml:"state"`
	Object string `yaml:"object"`
	// Digest is that of both definitions at the time: an object that has changed since is news.
	Digest string `yaml:"digest"`
	// Reason is why it may stay.
	Reason string `yaml:"reason"`
}

// matches tells whether an entry accepts a finding.
func (e Entry) matches(f Finding) bool {
	return e.State == f.State && e.Object == f.Object.String() && e.Digest == digest(f)
}

func digest(f Finding) string {
	parts := []string{f.Live, f.Built, f.SQL}
	if f.State == Differs || f.State == NotInLive {
		parts = parts[:2]
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// baselineFile is the form of a baseline.
type baselineFile struct {
	Version  int     `yaml:"version"`
	Accepted []Entry `yaml:"accepted"`
}

// BaselineError says what is wrong with a baseline file.
type BaselineError struct {
	File string
	Err  error
}

// Error implements error.
func (e *BaselineError) Error() string { return fmt.Sprintf("reading %s: %s", e.File, e.Err) }

// Unwrap returns the cause.
func (e *BaselineError) Unwrap() error { return e.Err }

// ParseBaseline reads a baseline file. Every entry must have a reason and a known state; the error is a
// [BaselineError].
func ParseBaseline(name string, data []byte) ([]Entry, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var f baselineFile
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, &BaselineError{name, err}
	}
	if f.Version != 1 {
		return nil, &BaselineError{name, fmt.Errorf("version %d is not known, 1 is", f.Version)}
	}
	for i, e := range f.Accepted {
		switch {
		case e.State != NotInDBInit && e.State != NotInLive && e.State != Differs:
			return nil, &BaselineError{name, fmt.Errorf("entry %d: state %q is none of %s, %s and %s", i+1, e.State, NotInDBInit, NotInLive, Differs)}
		case strings.TrimSpace(e.Reason) == "":
			return nil, &BaselineError{name, fmt.Errorf("entry %d (%s): it has no reason", i+1, e.Object)}
		}
	}
	return f.Accepted, nil
}

// FormatBaseline writes a baseline that accepts the findings of a result for one reason, and keeps the
// entries that still accept something.
func FormatBaseline(r *Result, reason string) ([]byte, error) {
	var all []Entry
	for _, f := range r.Accepted {
		all = append(all, Entry{f.State, f.Object.String(), digest(f), f.Reason})
	}
	for _, f := range r.Findings {
		all = append(all, Entry{f.State, f.Object.String(), digest(f), reason})
	}
	slices.SortFunc(all, func(a, b Entry) int {
		return strings.Compare(a.Object+"\x00"+string(a.State), b.Object+"\x00"+string(b.State))
	})
	var out bytes.Buffer
	out.WriteString("# Differences between the live database and db-init that this team has accepted.\n# Written by: schemaguard audit --accept --reason TEXT\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(baselineFile{1, all}); err != nil {
		return nil, fmt.Errorf("writing the baseline: %w", err)
	}
	return out.Bytes(), enc.Close()
}
