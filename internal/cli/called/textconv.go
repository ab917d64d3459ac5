package called

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/outline"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

const textconvLong = `Prints a snapshot file as short lines, one for each fact, in an order that does
not depend on the order of its lists. It is for git, which compares these lines
in diff, log -p and show where it was told to:

  git config diff.schemaguard.textconv "schemaguard textconv"
  echo 'snapshots/schema.yaml diff=schemaguard' >> .gitattributes

A file that is no snapshot, or a broken one, is printed as it is. The lines are
for reading; patches and merges keep using the file itself.`

func (a commands) textconvCommand() *cobra.Command {
	return &cobra.Command{
		Use: "textconv FILE", Hidden: true, Short: "Print a snapshot as one line for each fact, for git to compare",
		Long:    textconvLong,
		Example: "  schemaguard textconv snapshots/schema.yaml | grep '^vehicles'",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.textconv(args[0]) },
	}
}

// textconv looks at no settings and no repository: git runs it for each version
// of a file, anywhere.
func (a commands) textconv(file string) error {
	if !filepath.IsAbs(file) {
		file = filepath.Join(a.Flags.Dir, file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return &workspace.UsageError{Msg: fmt.Sprintf("reading the snapshot: %v", err), Err: err}
	}
	text := outline.Text(data)
	if a.Streams.OutTTY { // what is printed as it is may hold anything
		var clean []byte
		for line := range bytes.Lines(text) {
			clean = append(append(clean, terminal.Clean(string(bytes.TrimRight(line, "\r\n")))...), '\n')
		}
		text = clean
	}
	_, err = a.Streams.Out.Write(text)
	return err
}
