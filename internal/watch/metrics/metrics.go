// Package metrics serves what a watcher knows to Prometheus, and whether it still
// knows it to whoever asks for its health.
//
// The text format is written here: it is a few lines, and the client library would
// bring more than the watcher itself.
package metrics

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// Source is where the numbers come from. Its methods are safe for concurrent use.
type Source struct {
	Counters func() watch.Counters
	Version  string
	// Interval is the time between two looks, by which the health is judged.
	Interval time.Duration
	Now      func() time.Time

	mu    sync.Mutex
	state watch.State
	since time.Time // when work began to be unsaved; zero where none is
}

// Tell notes what the watcher told.
func (s *Source) Tell(e watch.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = e.State
	switch {
	case e.State.Standing == watch.NotChecked: // as it was
	case e.State.Unsaved() == 0:
		s.since = time.Time{}
	case s.since.IsZero():
		s.since = e.At
		for i := range e.State.Items {
			if c := &e.State.Items[i]; unsaved(c) && !c.ChangedAt.IsZero() && c.ChangedAt.Before(s.since) {
				s.since = c.ChangedAt
			}
		}
	}
}

func unsaved(c *policy.Change) bool { return c.Class.Unsaved() || c.Class == threeway.Conflict }

func (s *Source) now() (watch.State, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.since
}

// Write writes every number in the text format of Prometheus, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Its errors are
// those of w.
func (s *Source) Write(w io.Writer) error {
	state, since := s.now()
	c := s.Counters()
	labels := fmt.Sprintf("database=%s,project=%s", quoted(state.Database), quoted(state.Project))
	p := page{labels: labels}
	p.head("schemaguard_state", "gauge", "Where the work in the live schema stands; 1 for the state that holds.")
	for _, st := range watch.Standings() {
		p.line("schemaguard_state", "state="+quoted(string(st)), number(state.Standing == st))
	}
	p.one("schemaguard_unsaved_items", "gauge", "Items of the live schema that no snapshot holds.", float64(state.Unsaved()))
	p.head("schemaguard_items", "gauge", "Items by how they stand to the snapshot.")
	for _, n := range []struct {
		class string
		n     int
	}{
		{"in_sync", state.Counts.InSync},
		{"unsaved", state.Counts.Unsaved},
		{"conflict", state.Counts.Conflict},
		{"ahead", state.Counts.Ahead},
		{"pending", state.Counts.Pending},
		{"committed_drop", state.Counts.CommittedDrop},
	} {
		p.line("schemaguard_items", "class="+quoted(n.class), float64(n.n))
	}
	if !since.IsZero() {
		p.one("schemaguard_unsaved_since_timestamp_seconds", "gauge", "When the oldest unsaved work was seen or made.", seconds(since))
	}
	if !c.VerifiedAt.IsZero() {
		p.one("schemaguard_checked_timestamp_seconds", "gauge", "When the state was last found to be true.", seconds(c.VerifiedAt))
	}
	p.head("schemaguard_check_duration_seconds", "summary", "How long the whole comparisons took.")
	p.line("schemaguard_check_duration_seconds_sum", "", c.Took.Seconds())
	p.line("schemaguard_check_duration_seconds_count", "", float64(c.Checks))
	p.one("schemaguard_last_check_duration_seconds", "gauge", "How long the last whole comparison took.", c.LastTook.Seconds())
	p.one("schemaguard_checks_total", "counter", "Whole comparisons.", float64(c.Checks))
	p.one("schemaguard_check_errors_total", "counter", "Attempts to look that failed.", float64(c.Errors))
	p.head("schemaguard_looks_total", "counter", "Looks at the database, by how deep they had to go.")
	for level := pulse.Visible; level <= pulse.Content; level++ {
		p.line("schemaguard_looks_total", "level="+quoted(level.String()), float64(c.Levels[level]))
	}
	p.head("schemaguard_build_info", "gauge", "The version that watches.")
	p.line("schemaguard_build_info", "version="+quoted(s.Version), 1)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// page is the text being written.
type page struct {
	b      strings.Builder
	labels string
}

func (p *page) head(name, kind, help string) {
	fmt.Fprintf(&p.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (p *page) line(name, label string, value float64) {
	labels := p.labels
	if label != "" {
		labels += "," + label
	}
	fmt.Fprintf(&p.b, "%s{%s} %s\n", name, labels, strconv.FormatFloat(value, 'f', -1, 64))
}

func (p *page) one(name, kind, help string, value float64) {
	p.head(name, kind, help)
	p.line(name, "", value)
}

// quoted is the value of a label: backslash, quote and line feed are escaped, and
// what is no UTF-8 is replaced.
func quoted(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// Healthy tells whether what is known is known now, and why not.
func (s *Source) Healthy() (why string) {
	state, _ := s.now()
	c := s.Counters()
	switch {
	case state.Failure != "":
		return state.Failure
	case c.VerifiedAt.IsZero():
		return "nothing was checked yet"
	}
	return s.Stuck()
}

// Stuck tells whether the watcher has not looked for too long, and since when. One
// that looks and fails is not stuck.
func (s *Source) Stuck() (why string) {
	at := s.Counters().AttemptedAt
	if !at.IsZero() && s.Now().Sub(at) > 3*s.Interval+grace {
		return "the last look was at " + at.UTC().Format(time.RFC3339)
	}
	return ""
}

// grace is how long a look may take before the watcher counts as stuck.
const grace = 30 * time.Second
