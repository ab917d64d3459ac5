package dockerguard

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
)

// steps are the commands that bring the images which the Directus containers would start from, and touch no
// container. None is needed where no Directus starts from such an image.
func (g *guard) steps(boots []*bootsource.Boot) [][]string {
	build, pull := false, false
	for _, b := range boots {
		if b.Will == bootsource.No {
			continue
		}
		for _, s := range b.Sources {
			build = build || s.Kind == bootsource.Build
			pull = pull || s.Kind == bootsource.Pull
		}
	}
	var steps [][]string
	switch {
	case g.cmd.Kind != dockercmd.MayBoot || g.watches():
		return nil
	case g.cmd.Family == dockercmd.Compose:
		if build {
			steps = append(steps, append(g.cmd.BuildFirst(), g.buildFlags()...))
		}
		if pull {
			steps = append(steps, g.cmd.PullFirst(g.pullPolicy()))
		}
	case pull && (g.cmd.Verb == "container run" || g.cmd.Verb == "container create"):
		steps = append(steps, g.cmd.Query("pull", g.cmd.Images[0]))
	}
	if slices.Equal(g.cmd.Prepared(), g.cmd.Args) {
		return nil // what is left would build or pull again
	}
	return steps
}

// buildFlags are the flags of the command that change what is built.
func (g *guard) buildFlags() []string {
	var out []string
	for _, v := range g.cmd.Flags.Values("build-arg") {
		out = append(out, "--build-arg="+v)
	}
	if g.cmd.Flags.On("no-cache") {
		out = append(out, "--no-cache")
	}
	return out
}

func (g *guard) watches() bool { return g.cmd.Verb == "watch" || g.cmd.Flags.On("watch") }

// pullPolicy is the policy of the pull: always, where the flag or a service that is pulled says so.
func (g *guard) pullPolicy() string {
	if v, _ := g.cmd.Flags.Value("pull"); v == "always" || g.cmd.Flags.On("pull-always") {
		return "always"
	}
	for _, name := range g.plan.Pull {
		if p := g.world.Project; p != nil {
			if policy := p.Services[name].PullPolicy; policy == "always" || policy == "daily" || policy == "weekly" || strings.HasPrefix(policy, "every_") {
				return "always"
			}
		}
	}
	return "missing"
}
