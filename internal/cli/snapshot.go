package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// snapshotFlags are the flags of snapshot.
type snapshotFlags struct {
	output, format string
	stage          bool
}

func (a *app) snapshotCommand() *cobra.Command {
	var f snapshotFlags
	cmd := &cobra.Command{
		Use: "snapshot", Short: "Write the live schema as Directus itself would, byte for byte",
		Long: `Reads the database directly and writes what "directus schema snapshot" would
write, byte for byte: no Node, no running Directus, no token. The file is
replaced atomically, keeps its mode, and is not touched where nothing changed.

Where the settings name a command of the team's own (snapshot.command), that is
run instead, and what it wrote is compared with the database.`,
		Example: "  schemaguard snapshot --stage\n  schemaguard snapshot --output - | less\n  schemaguard snapshot --format json --output schema.json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.snapshot(cmd, f) },
	}
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the `file` to write, - for stdout (default: the snapshot file of the settings)")
	cmd.Flags().StringVar(&f.format, "format", "", "yaml or json (default: by the file's name)")
	cmd.Flags().BoolVar(&f.stage, "stage", false, "stage the file too, as git add would")
	return cmd
}

func (a *app) snapshot(cmd *cobra.Command, f snapshotFlags) error {
	switch {
	case f.stage && f.output == "-":
		return usagef(cmd, "--stage needs a file, and --output - is none")
	case f.format != "" && f.format != "yaml" && f.format != "json":
		return usagef(cmd, "--format takes yaml or json, not %q", f.format)
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	live := s.Live().Snapshot
	run := writing{a, s}
	format := run.format(f)
	encoded := snapshot.Encode(live, format)
	if f.output == "-" {
		_, err := a.streams.Out.Write(encoded)
		return err
	}
	file := s.File
	if f.output != "" {
		file = f.output
	}
	var displaced []string
	if abs, err := filepath.Abs(file); err == nil && abs == s.File {
		displaced = s.Displaced(a.ctx, encoded)
	}
	changed, err := run.write(file, live, encoded, f)
	if err != nil {
		return err
	}
	if n := len(displaced); n > 0 {
		a.note(fmt.Sprintf("the file no longer has what waited in it for a boot (%d): %s (see schemaguard diff HEAD worktree; boot that snapshot first, or take it back in)",
			n, strings.Join(displaced[:min(n, 5)], ", ")))
	}
	if err := run.remember(file, live, encoded, format); err != nil {
		return err
	}
	if f.stage {
		if err := run.stage(file); err != nil {
			return err
		}
	}
	run.say(file, live, changed, f.stage)
	return nil
}

// writing is one snapshot being written.
type writing struct {
	app *app
	*workspace.Session
}

// format decides between YAML and JSON: the flag, the settings, the file's name.
func (s writing) format(f snapshotFlags) snapshot.Format {
	name := f.output
	if name == "" {
		name = s.File
	}
	switch {
	case f.format == "json", f.format == "" && strings.EqualFold(filepath.Ext(name), ".json"):
		return snapshot.JSON
	}
	return snapshot.YAML
}

// write replaces the file, or lets the team's own command do it and looks at
// the outcome.
func (s writing) write(file string, live *snapshot.Snapshot, encoded []byte, f snapshotFlags) (changed bool, err error) {
	if own := s.Config.Snapshot.Command.V; own != "" && f.output == "" {
		return s.runOwn(own, live)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return false, fmt.Errorf("writing the snapshot: %w", err)
	}
	changed, err = atomicfile.Write(file, encoded, 0o644)
	if err != nil {
		return false, fmt.Errorf("writing the snapshot: %w", err)
	}
	return changed, nil
}

// runOwn runs the team's command and verifies that the file it left holds the
// live schema.
func (s writing) runOwn(command string, live *snapshot.Snapshot) (changed bool, err error) {
	before, _ := os.ReadFile(s.File)
	run := exec.CommandContext(s.app.ctx, "sh", "-c", command)
	run.Dir = s.Config.Root
	run.Stdout, run.Stderr = s.app.streams.Err, s.app.streams.Err
	if err := run.Run(); err != nil {
		return false, fmt.Errorf("running snapshot.command (%s): %w", s.Config.Snapshot.Command.Origin, err)
	}
	after, err := os.ReadFile(s.File)
	if err != nil {
		return false, fmt.Errorf("reading what snapshot.command wrote: %w", err)
	}
	decoded := snapshot.Decode(s.Name, after)
	if !decoded.Trusted() {
		p := decoded.Problems[len(decoded.Problems)-1]
		return false, hintError{
			code: exitInvalid, err: fmt.Errorf("snapshot.command wrote no snapshot: %s", p.Message),
			hints: []string{"schemaguard explain " + string(p.Code)},
		}
	}
	if n := len(threeway.Differences(live, decoded.Snapshot)); n > 0 {
		return false, hintError{
			code: exitDrift, err: fmt.Errorf("snapshot.command wrote a snapshot that differs from the database in %d items", n),
			hints: []string{"schemaguard diff live worktree"},
		}
	}
	return !bytes.Equal(before, after), nil
}

// remember keeps the sync point of what was written to the project's own file.
func (s writing) remember(file string, live *snapshot.Snapshot, encoded []byte, format snapshot.Format) error {
	abs, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("keeping the sync point: %w", err)
	}
	if abs != s.File {
		return nil
	}
	if format != snapshot.YAML {
		encoded = snapshot.Encode(live, snapshot.YAML)
	}
	note, err := s.Database.WriteSyncPoint(s.app.ctx, syncpoint.New(syncpoint.Written, live, encoded, s.app.now(), version(), actor()))
	if err != nil {
		return fmt.Errorf("keeping the sync point: %w", err)
	}
	if note != "" {
		s.app.note(note)
	}
	return nil
}

func (s writing) stage(file string) error {
	if s.Repo == nil {
		return hintError{code: exitUsage, err: fmt.Errorf("staging %s: this is no git repository", workspace.Shorten(file)), hints: []string{"git init"}}
	}
	path, err := s.Repo.Rel(file)
	if err != nil {
		return err
	}
	return s.Repo.Stage(s.app.ctx, path)
}

// say tells what was done, unless asked to be quiet.
func (s writing) say(file string, live *snapshot.Snapshot, changed, staged bool) {
	if s.app.flags.quiet {
		return
	}
	done := "unchanged"
	if changed {
		done = "written"
	}
	if staged {
		done += ", staged"
	}
	s.app.note(fmt.Sprintf("%s: %s (%s; Directus %s, %s)", workspace.Shorten(file), done, live.Describe(), s.Decision.Says.Version, s.Decision.Says.Source))
	for _, n := range s.Decision.Notes {
		s.app.note(n)
	}
	for _, p := range s.Decision.Problems {
		s.app.note(p.Message)
	}
}

// note writes one line for people to stderr.
func (a *app) note(text string) {
	fmt.Fprintln(a.streams.Err, "schemaguard: "+terminal.Clean(text))
}
