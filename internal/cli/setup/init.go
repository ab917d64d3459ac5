package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/project"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func (a commands) initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "init", Short: "Look at the project and write .schemaguard.yaml",
		Long: `Looks for snapshots, compose files, .env files, db-init folders and package.json,
shows what it found, and writes .schemaguard.yaml. A file that is there already
is left alone without --force.

Where the database can be reached and equals the snapshot, that is kept as the
sync point: from then on an item deleted in live is told from one still to come.`,
		Example: "  schemaguard init\n  schemaguard init --force",
		RunE:    func(*cobra.Command, []string) error { return a.init(force) },
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a .schemaguard.yaml that is there")
	return cmd
}

func (a commands) init(force bool) error {
	w, err := a.Workspace()
	if err != nil {
		return err
	}
	found, err := project.Look(w.Config.Root)
	if err != nil {
		return err
	}
	for _, line := range discovered(found) {
		a.Note("found " + line)
	}
	if err := a.writeSettings(w, found, force); err != nil {
		return err
	}
	return a.adopt()
}

// discovered says what was found, a line each.
func discovered(p *project.Project) []string {
	var lines []string
	for _, s := range p.Snapshots {
		line := "snapshot " + s.Path
		if s.Directus != "" {
			line += " (Directus " + s.Directus + ")"
		}
		lines = append(lines, line)
	}
	for _, list := range []struct {
		what  string
		paths []string
	}{{"compose file", p.Compose}, {"environment file", p.EnvFiles}, {"SQL folder", p.DBInit}} {
		for _, path := range list.paths {
			lines = append(lines, list.what+" "+path)
		}
	}
	for _, pkg := range p.Packages {
		var line strings.Builder
		line.WriteString(pkg.Path)
		for _, script := range pkg.Scripts {
			line.WriteString(", script " + script.Command)
		}
		lines = append(lines, line.String())
	}
	if len(lines) == 0 {
		lines = []string{"nothing of a Directus project: no snapshot, no compose file, no .env"}
	}
	return lines
}

func (a commands) writeSettings(w *workspace.Workspace, found *project.Project, force bool) error {
	path := filepath.Join(w.Config.Root, config.FileName)
	_, err := os.Stat(path)
	switch {
	case err == nil && !force:
		a.Note(workspace.Shorten(path) + " is there already: left as it is (--force replaces it)")
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("looking for %s: %w", path, err)
	}
	service := ""
	if p := w.Compose(); p != nil {
		if d, err := p.Directus(""); err == nil && d != nil && len(d.Others) > 0 {
			service = d.Service.Name
		}
	}
	if _, err := atomicfile.Write(path, found.Settings(service), 0o644); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	a.Note("wrote " + workspace.Shorten(path))
	return nil
}

// adopt keeps the sync point of a database that equals the snapshot. Whatever
// stands against it is said and is no failure: the settings are written.
func (a commands) adopt() error {
	s, err := a.Open()
	if err != nil {
		a.Note("the database was not looked at: " + firstLine(err.Error()))
		a.Note("next: schemaguard doctor")
		return nil
	}
	defer s.Close()
	a.Note(fmt.Sprintf("database %s (%s), Directus %s (%s)", s.Settings.Display, s.Settings.Source, s.Decision.Says.Version, s.Decision.Says.Source))
	t, err := s.Target(a.Ctx, "worktree")
	if err != nil {
		return err
	}
	v := s.Check(a.Ctx, t, policy.Commit, false)
	counts := v.Counts
	if v.State != policy.Clean || counts.Pending+counts.Ahead+counts.CommittedDrop > 0 {
		a.Note("no sync point was kept, since the database and " + s.Name + " differ: " + v.Summary)
		a.Note("next: schemaguard status")
		return nil
	}
	live := s.Live().Snapshot
	point := syncpoint.New(syncpoint.Applied, live, snapshot.Encode(live, snapshot.YAML), a.Now(), app.Version(), app.Actor())
	note, err := s.Database.WriteSyncPoint(a.Ctx, point)
	if err != nil {
		return fmt.Errorf("keeping the sync point: %w", err)
	}
	if note != "" {
		a.Note(note)
	}
	a.Note("the database equals " + s.Name + ": kept as the sync point")
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
