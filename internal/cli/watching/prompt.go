package watching

import (
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/prompt"
)

const promptLong = `Prints what the prompt of a shell shows of the schema: "sg:2 unsaved", or nothing
where nothing is known to be amiss. It reads what the watcher, a hook or a check
wrote down last for this working tree, in a few milliseconds, and asks neither git
nor the database. What was seen more than ten minutes ago, without a watcher that
still runs, has a question mark.`

const promptExample = `  PS1='\w $(schemaguard prompt) \$ '
  schemaguard prompt --shell zsh
  schemaguard prompt --format ' {state} ({age})'`

// PromptName is the name of the command that [Prompt] returns.
const PromptName = "prompt"

// Prompt returns the command for the prompt of a shell.
func Prompt(a *app.App) *cobra.Command {
	var o prompt.Options
	cmd := &cobra.Command{
		Use: PromptName, Short: "Print the state of the schema for a shell's prompt",
		Long: promptLong, Example: promptExample,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch o.Shell {
			case "", "bash", "zsh", "fish":
			default:
				return app.Usagef(cmd, "--shell takes bash, zsh or fish, not %q", o.Shell)
			}
			dir := a.Flags.Dir
			if dir == "" {
				dir, _ = os.Getwd() // a folder that is gone is no prompt's business
			}
			_, err := io.WriteString(a.Streams.Out, prompt.Segment(a.Streams.Env, dir, a.Now(), o))
			return err
		},
	}
	cmd.Flags().StringVar(&o.Format, "format", prompt.DefaultFormat, "what to print, with {state}, {unsaved} and {age} in it")
	cmd.Flags().StringVar(&o.Shell, "shell", "", "colour it as the prompt of this `shell` wants it: bash, zsh or fish")
	cmd.Flags().DurationVar(&o.Fresh, "fresh", 10*time.Minute, "the age from which on a question mark is added")
	return cmd
}
