package inspect

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/itemlog"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

const logLong = `Lists the commits that changed a collection (with its fields and relations) or a
field, newest first, and what each changed. Without an item it lists every commit
that changed the snapshot. It asks git alone and needs no database.

Of a merge it shows the items of which the merge made a version of its own; the
rest stands at the commits that were merged. A renamed snapshot file is not
followed: its history begins at the new name.`

func (a commands) logCommand() *cobra.Command {
	var q itemlog.Query
	var json bool
	cmd := &cobra.Command{
		Use: "log [ITEM]", Short: "List the commits that changed a collection or a field",
		Long:    logLong,
		Example: "  schemaguard log\n  schemaguard log vehicles\n  schemaguard log vehicles.plate --all -n 5",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			q.Item = strings.Join(args, "")
			return a.log(q, json)
		},
	}
	cmd.Flags().BoolVar(&q.All, "all", false, "the history of all branches and tags, not of HEAD alone")
	cmd.Flags().IntVarP(&q.Most, "max-count", "n", 0, "stop after this `number` of commits")
	cmd.Flags().BoolVar(&json, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) log(q itemlog.Query, json bool) error {
	w, err := a.Workspace()
	if err != nil {
		return err
	}
	if w.Repo == nil {
		return &workspace.UsageError{Msg: "this is no git repository, so there is no history", Hints: []string{"git init"}}
	}
	h, err := itemlog.Open(a.Ctx, w.Repo, w.Path, q)
	if unknown, ok := errors.AsType[*itemlog.UnknownItemError](err); ok {
		hint, _ := terminal.Quote(append([]string{"schemaguard", "log"}, unknown.Args()...)...)
		return &workspace.UsageError{Msg: err.Error(), Err: err, Hints: []string{hint}}
	}
	if errors.Is(err, itemlog.ErrNoHistory) {
		return &workspace.UsageError{Msg: "no commit has " + w.Path, Err: err, Hints: []string{"schemaguard snapshot --stage"}}
	}
	if err != nil {
		return err
	}
	l := h.Log()
	return report.Log(a.Streams.Out, &l, h.Commits(a.Ctx), json, a.OutOptions())
}
