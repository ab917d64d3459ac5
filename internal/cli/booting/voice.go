package booting

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// voice is how a boot speaks: a log on stderr, and a page where a person has to
// decide something.
type voice struct {
	log  *slog.Logger
	show func(v policy.Verdict, next []string)
}

// voice makes the log in the form that was asked for. Nothing that a database or
// a command says reaches it uncleaned, and no secret does.
func (c commands) voice(format string, secrets *redact.Redactor) (voice, error) {
	o := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(terminal.Clean(secrets.String(a.Value.String())))
		}
		return a
	}}
	switch {
	case c.Flags.Verbose:
		o.Level = slog.LevelDebug
	case c.Flags.Quiet:
		o.Level = slog.LevelWarn
	}
	switch format {
	case "", "text":
		return voice{slog.New(slog.NewTextHandler(c.Streams.Err, o)), c.page}, nil
	case "json":
		log := slog.New(slog.NewJSONHandler(c.Streams.Err, o))
		return voice{log, func(v policy.Verdict, next []string) { record(log, v, next) }}, nil
	}
	return voice{}, fmt.Errorf("--log-format is text or json, not %q", format)
}

// page shows the verdict as `schemaguard check` does, and the ways out.
func (c commands) page(v policy.Verdict, next []string) {
	const bar = "========================================================================"
	fmt.Fprintln(c.Streams.Err, bar)
	v.Next = nil
	if len(next) > 0 { // the ways out are said below, as they are in a container
		v.Findings = slices.Clone(v.Findings)
		for i := range v.Findings {
			v.Findings[i].Fix = ""
		}
	}
	_ = report.Write(c.Streams.Err, report.FormatText, &v, c.ErrOptions())
	for i, way := range next {
		if i == 0 {
			fmt.Fprintln(c.Streams.Err)
		}
		fmt.Fprintln(c.Streams.Err, "  "+terminal.Clean(way))
	}
	fmt.Fprintln(c.Streams.Err, bar)
}

// record is the page as one record, for a log that machines read.
func record(log *slog.Logger, v policy.Verdict, next []string) {
	type item struct {
		Item  string        `json:"item"`
		Class string        `json:"class"`
		Boot  string        `json:"boot"`
		Loss  []policy.Loss `json:"loss,omitempty"`
	}
	items := []item{}
	for i := range v.Changes {
		if ch := &v.Changes[i]; ch.Under == "" {
			loss := make([]policy.Loss, len(ch.Loss))
			for n, l := range ch.Loss {
				l.What = terminal.Clean(l.What)
				loss[n] = l
			}
			items = append(items, item{terminal.Clean(ch.Item), ch.Class.String(), terminal.Clean(ch.Boot), loss})
		}
	}
	codes := []string{}
	for i := range v.Findings {
		if f := &v.Findings[i]; f.Refuses {
			codes = append(codes, string(f.Code))
		}
	}
	ways := make([]string, len(next))
	for i, way := range next {
		ways[i] = terminal.Clean(way)
	}
	log.Warn("plan", "step", "check", "duration", "0s", "verdict", v.State.String(), "summary", v.Summary,
		slog.Any("items", items), slog.Any("codes", codes), slog.Any("next", ways))
}
