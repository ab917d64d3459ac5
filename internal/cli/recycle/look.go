package recycle

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
)

// listDocument is the JSON form of a list.
type listDocument struct {
	SchemaVersion int                `json:"schema_version"`
	Entries       []recyclebin.Entry `json:"entries"`
}

func (a commands) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List what is in the recycle bin", Args: cobra.NoArgs,
		Long:    "Lists the entries, newest first: what each has, how large it is, how old, and\nwhen it may go.",
		Example: "  schemaguard trash list\n  schemaguard trash list --json",
		RunE:    func(*cobra.Command, []string) error { return a.list(asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) list(asJSON bool) error {
	s, settings, err := a.open()
	if err != nil {
		return err
	}
	defer func() { _ = s.Conn.Close(a.Ctx) }()
	entries, err := recyclebin.List(a.Ctx, s.Conn)
	if err != nil {
		return failed(err, settings)
	}
	if asJSON {
		return a.write(listDocument{1, append([]recyclebin.Entry{}, entries...)})
	}
	if len(entries) == 0 {
		a.say("the recycle bin of %s is empty", settings.Display)
		return nil
	}
	var bytes int64
	for i := range entries {
		a.head(&entries[i])
		bytes += entries[i].Bytes
		for _, it := range entries[i].Items {
			a.say("  %s", describe(&it))
		}
	}
	a.say("%d in all, %s", len(entries), size.Text(bytes))
	return nil
}

// head writes what an entry is.
func (a commands) head(e *recyclebin.Entry) {
	parts := []string{e.ID, age(a.Now().Sub(e.At)), size.Text(e.Bytes), e.Reason}
	if e.By != "" {
		parts = append(parts, "by "+e.By)
	}
	if e.Restored != nil {
		parts = append(parts, "restored "+e.Restored.Local().Format("2006-01-02 15:04"))
	}
	if e.Until != nil {
		parts = append(parts, "kept until "+e.Until.Local().Format("2006-01-02"))
	}
	a.say("%s", strings.Join(parts, ", "))
}

func describe(it *recyclebin.Item) string {
	switch it.Kind {
	case recyclebin.KindTable:
		return fmt.Sprintf("table %s, %s, %s", it.Name, amount.Of(it.Rows, "row"), size.Text(it.Bytes))
	case recyclebin.KindColumn:
		return fmt.Sprintf("column %s, %s, %s", it.Name, amount.Of(it.Rows, "row"), size.Text(it.Bytes))
	case recyclebin.KindNarrowed:
		return fmt.Sprintf("column %s before it became %s, %s, %s", it.Name, it.To, amount.Of(it.Rows, "row"), size.Text(it.Bytes))
	case recyclebin.KindSettings:
	}
	return "settings of " + it.Name
}

// showDocument is the JSON form of an entry.
type showDocument struct {
	SchemaVersion int `json:"schema_version"`
	*recyclebin.Entry
}

func (a commands) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Show an entry, a table or a column as it was", Args: cobra.ExactArgs(1),
		Long:    "Shows what an entry has, with the SQL that the tables were made of.",
		Example: "  schemaguard trash show orders\n  schemaguard trash show 20261124-154003-3fa2c1 --json",
		RunE:    func(_ *cobra.Command, args []string) error { return a.show(args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) show(name string, asJSON bool) error {
	s, settings, err := a.open()
	if err != nil {
		return err
	}
	defer func() { _ = s.Conn.Close(a.Ctx) }()
	e, err := recyclebin.Show(a.Ctx, s.Conn, name)
	if err != nil {
		return failed(err, settings)
	}
	if asJSON {
		return a.write(showDocument{1, e})
	}
	a.head(e)
	a.say("  %s of Directus's own tables", amount.Of(e.DirectusRows, "row"))
	for i := range e.Items {
		it := &e.Items[i]
		a.say("  %s", describe(it))
		if it.Copy != "" {
			a.say(`    in %s."%s"`, recyclebin.Schema, it.Copy)
		}
		for _, line := range it.SQL() {
			a.say("    %s;", line)
		}
	}
	for _, n := range e.Notes {
		a.say("  note: %s", n)
	}
	return nil
}
