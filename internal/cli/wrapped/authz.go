package wrapped

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/authz"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard"
)

const authzLong = `Answers the docker engine as an authorization plugin: a start, restart or creation
of a Directus container that would destroy unsaved work, and the removal of its
database's volume, is refused for every client, be it Portainer, an IDE or a
script. What is no Directus is let through at once.

It runs as root on the engine's machine. docs/docker.md has the installation, how
to switch it on and off without touching a container, and what it cannot see.

Consent is a line CODE:ITEM in the file of --allow-file, which is read anew each
time.`

// authzFlags are the flags of authz serve.
type authzFlags struct {
	socket, engine, allowFile string
	denyUnknown               bool
}

func (c commands) authzCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "authz", Short: "Guard a docker engine against every client", Long: authzLong}
	var f authzFlags
	serve := &cobra.Command{
		Use: "serve", Short: "Answer the docker engine as an authorization plugin", Long: authzLong,
		Example: "  schemaguard authz serve",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return c.authz(f) },
	}
	serve.Flags().StringVar(&f.socket, "socket", authz.DefaultSocket, "listen on this `socket`")
	serve.Flags().StringVar(&f.engine, "engine", "/var/run/docker.sock", "the engine's own `socket`")
	serve.Flags().StringVar(&f.allowFile, "allow-file", "", "read consents from this `file`")
	serve.Flags().BoolVar(&f.denyUnknown, "deny-unknown", false, "refuse what cannot be looked up, guarded or not")
	cmd.AddCommand(serve)
	return cmd
}

func (c commands) authz(f authzFlags) error {
	c.Release() // the server ends by its own signals, with what is being answered finished
	return authz.Serve(context.WithoutCancel(c.Ctx), authz.Options{
		Socket: f.socket, Inspector: authz.Engine(f.engine), DenyUnknown: f.denyUnknown, Log: c.Streams.Err,
		Decide: func(ctx context.Context, a authz.Action) (bool, string) { return c.authorize(ctx, f, a) },
	})
}

// authorize asks the guard about an action as about the docker command that does
// the same.
func (c commands) authorize(ctx context.Context, f authzFlags, a authz.Action) (bool, string) {
	allow, err := consents(f.allowFile)
	if err != nil {
		return false, err.Error()
	}
	args := append([]string{"--host", "unix://" + f.engine}, wordsOf(a)...)
	command := dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: args, Env: os.Getenv})
	d, err := dockerguard.Decide(ctx, dockerguard.Request{
		Command: command, Environ: c.Environ, Now: c.Now, Flags: c.SettingFlags(), Allow: allow, Real: c.real,
	})
	if err != nil {
		return false, err.Error()
	}
	return d.Allows(), inOneLine(&d)
}

// maxNamed is how many items one line names.
const maxNamed = 5

// inOneLine says why, which items are at stake, and what to type: the engine hands
// a refusal on as one line.
func inOneLine(d *dockerguard.Decision) string {
	var named []string
	for i := range d.Targets {
		for _, f := range d.Targets[i].Findings {
			if f.Refuses && f.Item != "" && !slices.Contains(named, f.Item) {
				named = append(named, f.Item)
			}
		}
	}
	line := d.Reason
	if n := len(named); n > maxNamed {
		line += fmt.Sprintf(": %s and %d more", strings.Join(named[:maxNamed], ", "), n-maxNamed)
	} else if n > 0 {
		line += ": " + strings.Join(named, ", ")
	}
	if !d.Allows() && len(d.Next) > 0 {
		line += "; to save it: " + d.Next[0]
	}
	return line
}

// consents reads a file of consents; one that is not there holds none.
func consents(file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the consents: %w", err)
	}
	var allow []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			allow = append(allow, line)
		}
	}
	return allow, nil
}

// wordsOf returns the words of the docker command that does what an action does.
// A creation is one that will be started: compose does so, and removes the old
// container in between.
func wordsOf(a authz.Action) []string {
	switch a.Kind {
	case authz.Create:
		words := []string{"run", "--detach"}
		for _, env := range a.Container.Env {
			words = append(words, "--env", env)
		}
		for name, value := range a.Container.Labels {
			words = append(words, "--label", name+"="+value)
		}
		if a.Container.Network != "" && a.Container.Network != "default" {
			words = append(words, "--network", a.Container.Network)
		}
		for _, host := range a.Container.Hosts {
			words = append(words, "--add-host", host)
		}
		for _, m := range a.Container.Mounts {
			words = append(words, "--volume", m.Source+":"+m.Target)
		}
		if a.Container.Labels["com.docker.compose.oneoff"] != "True" {
			return append(words, "--", a.Container.Image) // a service's own command is its start
		}
		if len(a.Container.Entrypoint) > 0 {
			words = append(words, "--entrypoint", a.Container.Entrypoint[0])
		}
		return append(append(words, "--", a.Container.Image), a.Container.Cmd...)
	case authz.Delete:
		return []string{"rm", "--force", "--volumes", "--", a.Target}
	case authz.VolumeRemove:
		return []string{"volume", "rm", "--", a.Target}
	case authz.VolumePrune:
		words := []string{"volume", "prune", "--force"}
		if a.Named {
			words = append(words, "--all")
		}
		return words
	case authz.Start, authz.Restart, authz.Update, authz.None: // a restart policy starts it with nobody asking
	}
	return []string{"restart", "--", a.Target}
}
