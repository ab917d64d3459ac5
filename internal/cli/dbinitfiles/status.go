package dbinitfiles

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

func (a commands) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "List the files and what was applied of them",
		Long: `Compares the files with the table, and writes nothing. It ends with 0 whatever it
finds; "schemaguard db-init verify" is for scripts.`,
		Example: "  schemaguard db-init status\n  schemaguard db-init status --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.status(cmd, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) status(cmd *cobra.Command, asJSON bool) error {
	s, status, err := a.looked(cmd)
	if err != nil {
		return err
	}
	defer s.Close()
	if asJSON {
		return export.WriteJSON(a.Streams.Out, document(status, ""))
	}
	return a.show(s, status)
}

// looked opens the database and compares the files with its table, and with what
// the snapshot claims. The caller closes the session.
func (a commands) looked(cmd *cobra.Command) (*session, dbinit.Status, error) {
	s, err := a.open(cmd)
	if err != nil {
		return nil, dbinit.Status{}, err
	}
	status, err := s.Status(a.Ctx)
	if err == nil {
		var claimed []sqlfile.Problem
		claimed, err = a.overlaps(s, status)
		status.Problems = append(status.Problems, claimed...)
	}
	if err != nil {
		err = a.failed(err, s.settings)
		s.Close()
		return nil, status, err
	}
	return s, status, nil
}

func (a commands) verifyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify", Short: "Exit 0 only where files and table agree",
		Long: `Ends with 0 where every file is applied, unchanged, and nothing else was; else with
6, and names each problem by its code. It writes nothing.`,
		Example: "  schemaguard db-init verify\n  schemaguard db-init verify --allow gap --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.verify(cmd, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) verify(cmd *cobra.Command, asJSON bool) error {
	s, status, err := a.looked(cmd)
	if err != nil {
		return err
	}
	defer s.Close()
	allow, err := a.allowed(cmd)
	if err != nil {
		return err
	}
	status.Problems = dbinit.Without(status.Problems, allow)
	verdict := "clean"
	if len(status.Problems) > 0 {
		verdict, a.Code = "refused", exitcode.DBInit
	}
	if asJSON {
		return export.WriteJSON(a.Streams.Out, document(status, verdict))
	}
	if len(status.Problems) > 0 {
		return a.failed(&dbinit.RefusedError{Problems: status.Problems}, s.settings)
	}
	if !a.Flags.Quiet {
		a.Note(fmt.Sprintf("clean: files and table %s agree (%s)", status.Table, amount.Of(len(status.Entries), "file")))
	}
	return nil
}

// show writes the status for people.
func (a commands) show(s *session, status dbinit.Status) error {
	out := a.Streams.Out
	made := ""
	if !status.Exists {
		made = ", which the first apply makes"
	}
	fmt.Fprintf(out, "%s, recorded in %s%s\n", s.settings.Display, status.Table, made)
	if status.Busy != "" {
		fmt.Fprintf(out, "a run of db-init is at work at this moment (%s)\n", status.Busy)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	counts := map[dbinit.State]int{}
	for _, e := range status.Entries {
		counts[e.State]++
		when, took := "", ""
		if e.Row != nil && !e.Row.Finished.IsZero() {
			when = e.Row.Finished.UTC().Format("2006-01-02 15:04:05Z")
		}
		if e.Row != nil && e.Row.Duration > 0 {
			took = e.Row.Duration.String()
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", terminal.Clean(e.Name), terminal.Clean(string(e.Phase())), e.State, when, took)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range status.Problems {
		if p.Code == sqlfile.Pending {
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", p.Code, terminal.Clean(p.Error()))
		if p.Hint != "" {
			fmt.Fprintf(out, "  hint: %s\n", p.Hint)
		}
	}
	rest := ""
	if n := counts[dbinit.StateFailed] + counts[dbinit.StateInterrupted]; n > 0 {
		rest = fmt.Sprintf(", %d failed or interrupted", n)
	}
	fmt.Fprintf(out, "%s: %d applied, %d pending%s\n", amount.Of(len(status.Entries), "file"), counts[dbinit.StateApplied]+counts[dbinit.StateChanged], counts[dbinit.StatePending], rest)
	return nil
}

// The JSON form.
type (
	statusDocument struct {
		SchemaVersion int           `json:"schema_version"`
		Verdict       string        `json:"verdict,omitempty"`
		Table         string        `json:"table"`
		TableExists   bool          `json:"table_exists"`
		Adopted       bool          `json:"adopted"`
		Pooled        bool          `json:"pooled"`
		Busy          string        `json:"busy,omitempty"`
		Files         []fileEntry   `json:"files"`
		Problems      []problemItem `json:"problems"`
	}
	fileEntry struct {
		Name            string     `json:"name"`
		Path            string     `json:"path,omitempty"`
		Phase           string     `json:"phase,omitempty"`
		State           string     `json:"state"`
		Checksum        string     `json:"checksum,omitempty"`
		AppliedChecksum string     `json:"applied_checksum,omitempty"`
		StartedAt       *time.Time `json:"started_at,omitempty"`
		FinishedAt      *time.Time `json:"finished_at,omitempty"`
		DurationMS      *int64     `json:"duration_ms,omitempty"`
		Error           string     `json:"error,omitempty"`
		ToolVersion     string     `json:"tool_version,omitempty"`
	}
	problemItem struct {
		Code    string `json:"code"`
		File    string `json:"file,omitempty"`
		Line    int    `json:"line,omitempty"`
		Column  int    `json:"column,omitempty"`
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
	}
)

func document(s dbinit.Status, verdict string) statusDocument {
	d := statusDocument{
		SchemaVersion: 1, Verdict: verdict, Table: s.Table, TableExists: s.Exists, Adopted: s.Adopted, Pooled: s.Pooled, Busy: s.Busy,
		Files: []fileEntry{}, Problems: []problemItem{},
	}
	for _, e := range s.Entries {
		f := fileEntry{Name: e.Name, Phase: string(e.Phase()), State: string(e.State)}
		if e.File != nil {
			f.Path, f.Checksum = e.File.Path, e.File.Checksum
		}
		if r := e.Row; r != nil {
			f.AppliedChecksum, f.Error, f.ToolVersion = r.Checksum, r.Error, r.Tool
			f.StartedAt, f.FinishedAt = orNil(r.Started), orNil(r.Finished)
			if !r.Finished.IsZero() {
				ms := r.Duration.Milliseconds()
				f.DurationMS = &ms
			}
		}
		d.Files = append(d.Files, f)
	}
	for _, p := range s.Problems {
		d.Problems = append(d.Problems, problemItem{string(p.Code), p.File, p.At.Line, p.At.Column, terminal.Clean(p.Text), p.Hint})
	}
	return d
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
