package recycle

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const restoreLong = `Brings an entry, a collection or a field back: table, rows, keys, indexes, checks,
triggers, grants, and Directus's own rows with the permissions and presets. All of it
happens in one transaction, and the entry stays in the bin.

It overwrites nothing: where something of that name exists, nothing happens and it
ends with 2. What cannot come back because its other side is gone is named.`

// restoreDocument is the JSON form of what came back.
type restoreDocument struct {
	SchemaVersion int `json:"schema_version"`
	*recyclebin.Restored
}

func (a commands) restoreCommand() *cobra.Command {
	var o recyclebin.RestoreOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use: "restore NAME", Short: "Bring an entry, a collection or a field back", Long: restoreLong, Args: cobra.ExactArgs(1),
		Example: "  schemaguard trash restore orders --dry-run\n  schemaguard trash restore orders.total\n  schemaguard trash restore 20261124-154003-3fa2c1\n  schemaguard trash restore orders --as orders_of_monday",
		RunE:    func(_ *cobra.Command, args []string) error { return a.restore(args[0], o, asJSON) },
	}
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "do it, tell what happened, and roll it back")
	cmd.Flags().BoolVar(&o.Overwrite, "overwrite", false, "of a narrowed column take the old value also where another was written since")
	cmd.Flags().StringVar(&o.As, "as", "", "bring the rows of one table back under this `name`, and nothing of Directus")
	cmd.Flags().DurationVar(&o.LockTimeout, "lock-timeout", recyclebin.DefaultLockTimeout, "how long to wait for a lock")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) restore(name string, o recyclebin.RestoreOptions, asJSON bool) error {
	s, settings, err := a.open()
	if err != nil {
		return err
	}
	defer func() { _ = s.Conn.Close(a.Ctx) }()
	o.Now = a.Now()
	out, err := recyclebin.Restore(a.Ctx, s.Conn, name, o)
	if err != nil {
		return failed(err, settings)
	}
	if asJSON {
		return a.write(restoreDocument{1, out})
	}
	for _, it := range out.Items {
		a.say("%s", came(&it))
	}
	for _, table := range slices.Sorted(maps.Keys(out.Directus)) {
		a.say("%s: %s", table, amount.Of(out.Directus[table], "row"))
	}
	for _, n := range out.Notes {
		a.say("note: %s", n)
	}
	switch {
	case o.DryRun:
		a.say("rolled back: this was a dry run")
	case o.As == "":
		a.say("next:")
		a.say("  restart Directus, or POST /utils/cache/clear?system to it as an administrator: it keeps the old schema in memory")
		a.say("  schemaguard snapshot --stage    # else the next boot drops it again")
	}
	return nil
}

func came(it *recyclebin.RestoredItem) string {
	text := fmt.Sprintf("restored %s %s", it.Kind, it.Name)
	if it.Kind == recyclebin.KindSettings {
		return text
	}
	what := "value"
	if it.Kind == recyclebin.KindTable {
		what = "row"
	}
	text += ", " + amount.Of(it.Rows, what)
	if it.Gone > 0 {
		text += ", " + amount.Of(it.Gone, "row") + " gone"
	}
	if it.Conflicts > 0 {
		text += ", " + amount.Of(it.Conflicts, "value") + " changed since"
	}
	return text
}

// purgeFlags say what to delete.
type purgeFlags struct {
	olderThan             string
	all, yes, dry, asJSON bool
}

// purgeDocument is the JSON form of what was deleted.
type purgeDocument struct {
	SchemaVersion int                `json:"schema_version"`
	DryRun        bool               `json:"dry_run"`
	Purged        []recyclebin.Entry `json:"purged"`
}

func (a commands) purgeCommand() *cobra.Command {
	var f purgeFlags
	cmd := &cobra.Command{
		Use: "purge [ENTRY...]", Short: "Delete entries for ever", Args: cobra.ArbitraryArgs,
		Long:    "Deletes the entries named, those older than a time, all, or, asked for nothing,\nthose whose time is up.",
		Example: "  schemaguard trash purge\n  schemaguard trash purge --older-than 30d --yes\n  schemaguard trash purge 20261124-154003-3fa2c1",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.purge(cmd, args, f) },
	}
	cmd.Flags().StringVar(&f.olderThan, "older-than", "", "those made longer ago: 36h, 30d")
	cmd.Flags().BoolVar(&f.all, "all", false, "all of them")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "only say which")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) purge(cmd *cobra.Command, ids []string, f purgeFlags) error {
	w := recyclebin.Which{IDs: ids, All: f.all, Now: a.Now(), DryRun: true}
	if f.olderThan != "" {
		d, err := duration(f.olderThan)
		if err != nil {
			return app.Usagef(cmd, "--older-than: %v", err)
		}
		w.Before = a.Now().Add(-d)
	}
	w.Expired = len(ids) == 0 && !f.all && f.olderThan == ""
	s, settings, err := a.open()
	if err != nil {
		return err
	}
	defer func() { _ = s.Conn.Close(a.Ctx) }()
	gone, err := recyclebin.Purge(a.Ctx, s.Conn, w, 0)
	if err != nil {
		return failed(err, settings)
	}
	if !f.asJSON {
		for i := range gone {
			a.head(&gone[i])
		}
	}
	if len(gone) > 0 && !f.dry {
		if err := a.agreed(cmd, len(gone), f.yes); err != nil {
			return err
		}
		// Exactly what was shown goes, and nothing that came meanwhile.
		w = recyclebin.Which{Now: a.Now()}
		for i := range gone {
			w.IDs = append(w.IDs, gone[i].ID)
		}
		if gone, err = recyclebin.Purge(a.Ctx, s.Conn, w, 0); err != nil {
			return failed(err, settings)
		}
	}
	if f.asJSON {
		return a.write(purgeDocument{1, f.dry, append([]recyclebin.Entry{}, gone...)})
	}
	verb := "purged"
	if f.dry {
		verb = "would purge"
	}
	a.say("%s %d", verb, len(gone))
	return nil
}

// agreed asks, where somebody can answer; else only --yes is a yes.
func (a commands) agreed(cmd *cobra.Command, n int, yes bool) error {
	if yes {
		return nil
	}
	if !a.Streams.Interactive() {
		return app.Usagef(cmd, "deleting %d for ever needs --yes", n)
	}
	fmt.Fprintf(a.Streams.Err, "delete %d for ever? Type yes: ", n)
	line, _ := bufio.NewReader(a.Streams.In).ReadString('\n')
	if strings.TrimSpace(line) != "yes" {
		return app.Usagef(cmd, "nothing was deleted: %q is not yes", terminal.Clean(strings.TrimSpace(line)))
	}
	return nil
}

// duration reads 36h or 30d.
func duration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time like 36h or 30d", text)
	}
	return d, nil
}
