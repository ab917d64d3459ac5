// Package render writes the outcome of an audit: for people, as JSON, and as SQL for a file of db-init.
// It decides nothing. Whatever comes from a database passes terminal.Clean on the way to a person.
package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/audit"
	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// titles say what a state means, in the order in which they are shown.
func titles() [][2]string {
	return [][2]string{
		{string(audit.NotInDBInit), "In live, and not in db-init: a new database would lack it."},
		{string(audit.Differs), "In both, and not the same."},
		{string(audit.NotInLive), "In db-init, and not in live."},
	}
}

// Text writes a result for people. verbose shows the SQL of what is not in live, the accepted differences
// and the definitions of what differs too.
func Text(w io.Writer, r *audit.Result, verbose bool) error {
	p := &printer{w: w, verbose: verbose}
	for _, problem := range r.Problems {
		p.line("Directus cannot apply the snapshot to a new database: table %s: %s", sqlquote.Identifier(problem.Table), problem.Message)
		p.sql(problem.SQL)
	}
	for _, title := range titles() {
		first := true
		for _, f := range r.Findings {
			if string(f.State) != title[0] {
				continue
			}
			if first {
				p.line("%s", title[1])
				first = false
			}
			p.finding(f)
		}
	}
	p.group("Not checked:", r.Unchecked)
	if verbose {
		p.group("Accepted:", r.Accepted)
	}
	for _, e := range r.Stale {
		p.line("no longer needed in the baseline: %s %s", e.State, e.Object)
	}
	for _, n := range r.Notes {
		p.line("note: %s", n)
	}
	p.line("%s", Summary(r))
	return p.err
}

// Summary says the outcome in one line.
func Summary(r *audit.Result) string {
	parts := []string{fmt.Sprintf("%d objects compared", r.Compared)}
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	for _, s := range []audit.State{audit.NotInDBInit, audit.Differs, audit.NotInLive} {
		n := 0
		for _, f := range r.Findings {
			if f.State == s {
				n++
			}
		}
		add(n, map[audit.State]string{audit.NotInDBInit: "not in db-init", audit.Differs: "different", audit.NotInLive: "not in live"}[s])
	}
	add(len(r.Problems), "impossible in the snapshot")
	add(len(r.Unchecked), "not checked")
	add(len(r.Accepted), "accepted")
	if len(r.Findings)+len(r.Problems)+len(r.Unchecked) == 0 {
		parts = append(parts, "db-init and the snapshot make all of live")
	}
	return strings.Join(parts, ", ")
}

// printer writes lines and keeps the first error.
type printer struct {
	w       io.Writer
	verbose bool
	err     error
}

func (p *printer) line(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = terminal.Clean(redact.String(s))
		}
	}
	if _, err := fmt.Fprintf(p.w, format+"\n", args...); p.err == nil {
		p.err = err
	}
}

// sql writes SQL, indented.
func (p *printer) sql(text string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if text != "" {
			p.line("        %s", l)
		}
	}
}

func (p *printer) finding(f audit.Finding) {
	at := ""
	if f.Where != "" {
		at = " (" + f.Where + ")"
	}
	p.line("  %s%s", f.Object.String(), at)
	if n := len(f.Parts); n > 0 {
		p.line("      with %s", partsOf(f))
	}
	if f.State == audit.Differs && (p.verbose || f.SQL == "") {
		p.line("      live:    %s", oneLine(f.Live))
		p.line("      db-init: %s", oneLine(f.Built))
	}
	if f.Remark != "" {
		p.line("      %s", f.Remark)
	}
	switch {
	case f.State != audit.NotInLive && f.SQL != "":
		p.line("      %s", map[bool]string{true: "add to db-init:", false: "to start from:"}[f.Proved])
		p.sql(f.SQL)
	case f.State == audit.NotInLive && p.verbose && f.LiveSQL != "":
		p.line("      to have it in live:")
		p.sql(f.LiveSQL)
	}
}

func (p *printer) group(title string, all []audit.Finding) {
	if len(all) > 0 {
		p.line("%s", title)
	}
	for _, f := range all {
		why := f.Reason
		if why == "" {
			why = f.Remark
		}
		p.line("  %s%s", f.Object.String(), dash(why))
	}
}

func dash(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// partsOf counts the further objects of a table: "1 primary key, 2 index".
func partsOf(f audit.Finding) string {
	count := map[object.Kind]int{}
	for _, k := range f.Parts {
		if k.Kind != object.SequenceOwner {
			count[k.Kind]++
		}
	}
	var out []string
	for _, kind := range object.Kinds() {
		if n := count[kind]; n > 0 {
			out = append(out, fmt.Sprintf("%d × %s", n, kind))
		}
	}
	return strings.Join(out, ", ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// jsonFinding is a finding in JSON.
type jsonFinding struct {
	State   audit.State `json:"state"`
	Kind    object.Kind `json:"kind"`
	Schema  string      `json:"schema"`
	Table   string      `json:"table"`
	Name    string      `json:"name"`
	Object  string      `json:"object"`
	Live    string      `json:"live_definition"`
	DBInit  string      `json:"db_init_definition"`
	SQL     string      `json:"sql"`
	Proved  bool        `json:"proved"`
	LiveSQL string      `json:"live_sql"`
	Where   string      `json:"where"`
	Remark  string      `json:"remark"`
	Reason  string      `json:"reason"`
	Parts   []string    `json:"parts"`
}

func toJSON(all []audit.Finding) []jsonFinding {
	out := []jsonFinding{}
	for _, f := range all {
		j := jsonFinding{
			State: f.State, Kind: f.Object.Kind, Schema: f.Object.Schema, Table: f.Object.Table, Name: f.Object.Name, Object: f.Object.String(),
			Live: f.Live, DBInit: f.Built, SQL: f.SQL, Proved: f.Proved, LiveSQL: f.LiveSQL, Where: f.Where, Remark: f.Remark, Reason: f.Reason, Parts: []string{},
		}
		for _, k := range f.Parts {
			j.Parts = append(j.Parts, k.String())
		}
		out = append(out, j)
	}
	return out
}

// JSON writes a result as one object. verdict is clean, drift or not-run; reason says why nothing was
// compared, "" where something was.
func JSON(w io.Writer, r *audit.Result, verdict, reason string) error {
	type problem struct {
		Table   string `json:"table"`
		SQL     string `json:"sql"`
		Message string `json:"message"`
	}
	out := struct {
		SchemaVersion int           `json:"schema_version"`
		Verdict       string        `json:"verdict"`
		Reason        string        `json:"reason"`
		Compared      int           `json:"compared"`
		Findings      []jsonFinding `json:"findings"`
		Unchecked     []jsonFinding `json:"unchecked"`
		Accepted      []jsonFinding `json:"accepted"`
		Problems      []problem     `json:"problems"`
		Stale         []string      `json:"stale"`
		Notes         []string      `json:"notes"`
	}{
		SchemaVersion: 1, Verdict: verdict, Reason: redact.String(reason), Compared: r.Compared, Findings: toJSON(r.Findings), Unchecked: toJSON(r.Unchecked), Accepted: toJSON(r.Accepted),
		Problems: []problem{}, Stale: []string{}, Notes: append([]string{}, r.Notes...),
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, problem{p.Table, p.SQL, p.Message})
	}
	for _, e := range r.Stale {
		out.Stale = append(out.Stale, string(e.State)+" "+e.Object)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

// SQL writes what to add to db-init, for a file. What could not be tried or has no SQL stands there as a
// comment, so that nothing is missing unsaid. clean makes it safe for a terminal.
func SQL(w io.Writer, r *audit.Result, clean bool) error {
	var out strings.Builder
	out.WriteString("-- schemaguard:phase post\n-- What the live database has and db-init lacks. It does nothing where that is there already.\n")
	for _, f := range r.Findings {
		switch {
		case f.State == audit.NotInLive:
			comment(&out, "in db-init and not in live: "+f.Object.String()+" "+f.Where)
		case f.SQL == "" || !f.Proved:
			comment(&out, f.Object.String()+dash(f.Remark)+"\n"+f.SQL)
		default:
			comment(&out, f.Object.String())
			out.WriteString(f.SQL + "\n")
		}
	}
	text := out.String()
	if clean {
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			lines[i] = terminal.Clean(l)
		}
		text = strings.Join(lines, "\n")
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the SQL: %w", err)
	}
	return nil
}

// comment writes lines as comments, whatever is in them.
func comment(out *strings.Builder, text string) {
	out.WriteByte('\n')
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimSpace(text))
	for l := range strings.SplitSeq(text, "\n") {
		out.WriteString(strings.TrimRight("-- "+l, " ") + "\n")
	}
}
