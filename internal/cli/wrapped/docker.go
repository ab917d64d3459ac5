package wrapped

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/dockershim/shimfile"
	"github.com/schemaguard/schemaguard/internal/hookfile"
	"github.com/schemaguard/schemaguard/internal/report/export"
)

const dockerLong = `Runs docker with the same words, after asking what the command would boot. A
start, restart, recreate or rebuild of a Directus container is refused where the
snapshot that this start would really apply, in the container, its image or a
mount, would destroy work that is in the database; so is the loss of the
database's volume. Everything else is docker's, untouched: streams, terminal,
signals, exit code.

Flags of schemaguard come before docker's words. Consent is given to one finding
at a time, as the refusal names it: --allow COLLECTION_DROP:orders, or the same in
SCHEMAGUARD_ALLOW.

"schemaguard docker install" puts it in front of docker for good, "schemaguard
docker status" says what is covered and what is not, "schemaguard docker uninstall"
takes it away.`

const dockerExample = `  schemaguard docker compose restart directus
  schemaguard docker --explain compose up -d --build
  schemaguard docker --allow COMMITTED_DROP:orders compose up -d
  schemaguard docker install path plugin`

func (c commands) dockerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "docker [--explain [--json]] [--allow CODE:ITEM] [--start-db] ARGS...",
		Short: "Run docker, unless it would destroy unsaved work", Long: dockerLong, Example: dockerExample,
		DisableFlagParsing: true, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return c.docker(cmd, "docker", nil, args) },
	}
}

func (c commands) composeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compose [--explain [--json]] [--allow CODE:ITEM] [--start-db] ARGS...",
		Short: "Run docker compose, unless it would destroy unsaved work",
		Long:  "The same as \"schemaguard docker compose ARGS...\".",
		Example: "  schemaguard compose restart directus\n" +
			"  schemaguard compose --explain up -d",
		DisableFlagParsing: true, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.docker(cmd, "docker", []string{"compose"}, args)
		},
	}
}

// own are the flags of schemaguard, before docker's words.
type own struct {
	explain, json, startDB bool
	allow                  []string
	snapshotPath           string
	help                   bool
}

// docker answers `docker ARGS` and `compose ARGS`; before stands in front of the
// user's words.
func (c commands) docker(cmd *cobra.Command, program string, before, args []string) error {
	o, rest, err := ownFlags(args)
	if err != nil {
		return app.UsageError{Cmd: cmd, Err: err}
	}
	switch {
	case o.help, len(rest) == 0:
		return cmd.Help()
	case before == nil && shimVerb(rest):
		return c.shims(cmd, rest[0], rest[1:])
	}
	return c.guarded(dockershim.Call{Program: program, Args: append(before, rest...)}, o)
}

// ownFlags takes schemaguard's flags off the front of the words. The first word
// that is none of them is docker's, and so is everything behind it.
func ownFlags(args []string) (o own, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, value, has := strings.Cut(args[i], "=")
		take := func() string {
			if !has && i+1 < len(args) {
				i++
				value, has = args[i], true
			}
			if !has {
				err = fmt.Errorf("%s needs a value", name)
			}
			return value
		}
		switch name {
		case "--explain":
			o.explain = true
		case "--json":
			o.json = true
		case "--start-db":
			o.startDB = true
		case "--allow":
			o.allow = append(o.allow, take())
		case "--snapshot-path":
			o.snapshotPath = take()
		case "--help", "-h":
			o.help = true
		default:
			return o, args[i:], err
		}
	}
	return o, nil, err
}

// shimVerb tells the words about the shims, which docker itself does not have.
func shimVerb(words []string) bool {
	switch words[0] {
	case "install", "uninstall", "status":
	default:
		return false
	}
	for _, word := range words[1:] {
		if _, err := shimfile.ParseKind(word); err != nil && word != "--json" && !strings.HasPrefix(word, "--shell=") {
			return false
		}
	}
	return true
}

// shims puts shims into place, takes them away, or says how it stands with them.
func (c commands) shims(cmd *cobra.Command, verb string, words []string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return fmt.Errorf("finding the home folder: %w", err)
	}
	site := shimfile.Site{Program: hookfile.Program(os.Getenv), Home: home, Env: os.Getenv}
	var kinds []shimfile.Kind
	json := false
	for _, word := range words {
		kind, err := shimfile.ParseKind(word)
		switch shell, named := strings.CutPrefix(word, "--shell="); {
		case named:
			return c.function(site, shell)
		case word == "--json":
			json = true
		case err != nil:
			return app.UsageError{Cmd: cmd, Err: err}
		default:
			kinds = append(kinds, kind)
		}
	}
	if verb == "status" {
		states := site.Status()
		if json {
			return export.WriteJSON(c.Streams.Out, states)
		}
		shimfile.Write(c.Streams.Out, states)
		return nil
	}
	all := len(kinds) == 0
	if all {
		kinds = []shimfile.Kind{shimfile.Path, shimfile.Plugin}
	}
	for _, kind := range kinds {
		do := site.Install
		if verb == "uninstall" {
			do = site.Uninstall
		}
		out, err := do(kind)
		if err != nil && all && kind == shimfile.Plugin {
			c.Note("left out: " + err.Error()) // there may be no compose plugin to stand in front of
			continue
		}
		if err != nil {
			return err
		}
		shimfile.WriteOutcome(c.Streams.Err, out)
	}
	return nil
}

// function prints the functions of a shell, for its start-up file to read.
func (c commands) function(site shimfile.Site, shell string) error {
	text, err := site.FunctionText(shell)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.Streams.Out, text)
	return err
}
