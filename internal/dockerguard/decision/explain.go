package decision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// ExplainJSON writes the decision as JSON, indented, with a final newline.
func (d *Decision) ExplainJSON(w io.Writer) error {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the decision: %w", err)
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// Lines writes what a person who typed the command is to see before it runs or is refused: nothing where it
// has nothing to do with Directus, one line where items only wait, and all where it is refused.
func (d *Decision) Lines(w io.Writer) error {
	var b bytes.Buffer
	switch d.Outcome {
	case Pass:
		for i := range d.Targets {
			t := &d.Targets[i]
			if t.Directus && t.Verdict == Clean && t.Boots != "no" && (t.pending() || len(t.Notes) > 0) {
				fmt.Fprintf(&b, "schemaguard: %s: %s\n", show(t.Label), show(t.Reason))
			}
		}
	case Warn, Refuse, NotRun:
		fmt.Fprintf(&b, "schemaguard: %s: %s\n", d.Outcome, show(d.Reason))
		if !d.Shown {
			d.details(&b, true)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (t *Target) pending() bool {
	for _, v := range t.Verdicts {
		if v.Counts.Pending > 0 {
			return true
		}
	}
	return false
}

// Explain writes the decision for people.
func (d *Decision) Explain(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n", d.Outcome, show(d.Reason))
	fmt.Fprintf(&b, "  command    %s (%s)\n", show(strings.Join(d.Command, " ")), d.Kind)
	for _, step := range d.Steps {
		fmt.Fprintf(&b, "  first      %s\n", show(strings.Join(step, " ")))
	}
	for i := range d.Targets {
		d.Targets[i].explain(&b)
	}
	d.details(&b, false)
	_, err := w.Write(b.Bytes())
	return err
}

// explain writes what is known of one container.
func (t *Target) explain(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n  %s\n", show(t.Label))
	if !t.Directus {
		fmt.Fprintf(b, "    boots    %s; it is no Directus\n", t.Boots)
		return
	}
	fmt.Fprintf(b, "    boots    %s\n", t.Boots)
	for _, s := range t.Sources {
		fmt.Fprintf(b, "    snapshot %s %s in %s", show(s.Kind), show(s.Path), show(s.Detail))
		if s.SHA256 != "" {
			fmt.Fprintf(b, ", sha256 %s", s.SHA256[:12])
		}
		b.WriteByte('\n')
	}
	if t.Database != "" {
		fmt.Fprintf(b, "    database %s\n", show(t.Database))
	}
	if t.Verdict != "" {
		fmt.Fprintf(b, "    verdict  %s: %s\n", t.Verdict, show(t.Reason))
	}
	for _, n := range t.Notes {
		fmt.Fprintf(b, "    note     %s\n", show(n))
	}
}

// details are the findings, the volumes and what to type. What refuses comes always; the rest is for those
// who asked to have it explained.
func (d *Decision) details(b *bytes.Buffer, short bool) {
	var list []finding.Finding
	list = append(list, d.Findings...)
	for i := range d.Targets {
		list = append(list, d.Targets[i].Findings...)
	}
	seen := map[string]bool{}
	for i := range list {
		f := &list[i]
		key := string(f.Code) + f.Item
		if seen[key] || short && !f.Refuses {
			continue
		}
		seen[key] = true
		fmt.Fprintf(b, "  %s  %s\n", show(string(f.Code)), show(f.Message))
		if f.Harm != "" {
			fmt.Fprintf(b, "      %s\n", show(f.Harm))
		}
		if f.Author != "" {
			fmt.Fprintf(b, "      %s\n", show(f.Author))
		}
	}
	for _, n := range d.Notes {
		fmt.Fprintf(b, "  note  %s\n", show(n))
	}
	if len(d.Next) > 0 {
		b.WriteString("\n  Type:\n")
		for _, n := range d.Next {
			fmt.Fprintf(b, "    %s\n", show(n))
		}
	}
}

func show(s string) string { return terminal.Clean(s) }
