package setup

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// snapshotFlags are the flags of snapshot.
type snapshotFlags struct {
	output, format string
	stage, keep    bool
}

func (a commands) snapshotCommand() *cobra.Command {
	var f snapshotFlags
	cmd := &cobra.Command{
		Use: "snapshot", Short: "Write the live schema as Directus itself would, byte for byte",
		Long: `Reads the database directly and writes what "directus schema snapshot" would
write, byte for byte: no Node, no running Directus, no token. The file is
replaced atomically, keeps its mode, and is not touched where nothing changed.

With --keep-pending the file keeps what waits in it for a boot: it becomes what
the database will hold after that boot, and nothing that a colleague committed is
taken out.

Where the settings name a command of the team's own (snapshot.command), that is
run instead, and what it wrote is compared with the database.`,
		Example: "  schemaguard snapshot --stage\n  schemaguard snapshot --output - | less\n  schemaguard snapshot --format json --output schema.json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.snapshot(cmd, f) },
	}
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the `file` to write, - for stdout (default: the snapshot file of the settings)")
	cmd.Flags().StringVar(&f.format, "format", "", "yaml or json (default: by the file's name)")
	cmd.Flags().BoolVar(&f.stage, "stage", false, "stage the file too, as git add would")
	cmd.Flags().BoolVar(&f.keep, "keep-pending", false, "leave in the file what waits there for a boot, such as a colleague's work")
	return cmd
}

func (a commands) snapshot(cmd *cobra.Command, f snapshotFlags) error {
	switch {
	case f.stage && f.output == "-":
		return app.Usagef(cmd, "--stage needs a file, and --output - is none")
	case f.keep && f.output != "":
		return app.Usagef(cmd, "--keep-pending is for the project's own snapshot file, not for --output")
	case f.format != "" && f.format != "yaml" && f.format != "json":
		return app.Usagef(cmd, "--format takes yaml or json, not %q", f.format)
	}
	s, err := a.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	if f.output == "-" {
		_, err := a.Streams.Out.Write(snapshot.Encode(s.Live().Snapshot, save.FormatFor(s.File, f.format)))
		return err
	}
	o := a.SaveOptions(f.output, f.format, f.stage)
	o.KeepPending = f.keep
	out, err := save.Save(a.Ctx, s, o)
	if n := len(out.Displaced); n > 0 && err == nil {
		a.Note(fmt.Sprintf("the file no longer has what waited in it for a boot (%d): %s (to leave it there: git checkout HEAD -- %s && schemaguard snapshot --keep-pending)",
			n, strings.Join(out.Displaced[:min(n, 5)], ", "), workspace.Shorten(out.File)))
	}
	for _, n := range out.Notes {
		a.Note(n)
	}
	if err != nil {
		return err
	}
	a.saySaved(s, out)
	return nil
}

// saySaved tells what was done, unless asked to be quiet.
func (a commands) saySaved(s *workspace.Session, out save.Outcome) {
	if a.Flags.Quiet {
		return
	}
	done := "unchanged"
	if out.Changed {
		done = "written"
	}
	if out.Staged {
		done += ", staged"
	}
	a.Note(fmt.Sprintf("%s: %s (%s; Directus %s, %s)", workspace.Shorten(out.File), done, out.Holds, s.Decision.Says.Version, s.Decision.Says.Source))
	for _, n := range s.Decision.Notes {
		a.Note(n)
	}
	for _, p := range s.Decision.Problems {
		a.Note(p.Message)
	}
}
