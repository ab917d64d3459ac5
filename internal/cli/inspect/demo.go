package inspect

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

func (a commands) demoCommand() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use: "demo", Short: "See the main job on a throwaway database and repository",
		Long: `Starts a throwaway Postgres, makes a git repository, and plays the story that
schemaguard is for. It takes a few seconds and cleans up after itself, also when
it is interrupted. Needs git, and Postgres or docker; as root on a Debian it
installs Postgres where there is none.`,
		Example: "  schemaguard demo\n  schemaguard demo --keep",
		RunE:    func(*cobra.Command, []string) error { return a.demo(keep) },
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "leave database and repository there to play with, until Ctrl-C")
	return cmd
}

func (a commands) demo(keep bool) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	mode, _ := terminal.ParseColourMode(a.Flags.Color)
	done := func() {}
	progress := func(msg string) {
		done()
		done = a.Streams.Progress(msg)
	}
	err = demo.Run(a.Ctx, demo.Options{
		Program: program, Out: quiet{a.Streams.Out, &done}, Environ: a.Environ, Keep: keep,
		Colour: a.Streams.OutColour(mode), Progress: progress,
	})
	done()
	if a.Ctx.Err() != nil && keep {
		return nil
	}
	return err
}

// quiet writes to stdout once the progress line is gone.
type quiet struct {
	out  io.Writer
	done *func()
}

func (q quiet) Write(p []byte) (int, error) {
	(*q.done)()
	return q.out.Write(p)
}
