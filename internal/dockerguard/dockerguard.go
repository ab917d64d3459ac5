// Package dockerguard decides whether a docker command may run: it finds the Directus containers that the
// command would boot, the snapshot that each of them will apply, and the database that each of them uses, and
// asks the one check what that would destroy. It also refuses to let the volume of such a database go.
//
// It starts nothing by itself: a build, a pull, or the start of a database that has to be asked first, goes
// through the caller. What could not be found out is not-run, and never a pass.
package dockerguard

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/dockerguard/decision"
	"github.com/schemaguard/schemaguard/internal/dockerguard/place"
	"github.com/schemaguard/schemaguard/internal/dockerguard/survey"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Request is one command line to decide on.
type Request struct {
	Command dockercmd.Command
	// Real finds the real program of that name, in front of which a shim may stand; nil takes the name.
	Real    func(program string) (string, error)
	Environ []string // as os.Environ returns it
	Dir     string   // where the command is typed; "" for here
	Now     func() time.Time

	Flags        map[string]config.Flag // settings from the command line
	SnapshotPath string                 // of the snapshot in containers, where no label says it
	Allow        []string               // lists of consents, CODE:ITEM[,CODE:ITEM]; SCHEMAGUARD_ALLOW counts besides
	StartDB      bool                   // a stopped database may be started alone, to be asked

	// Run runs a command with the user's streams: the build or pull that comes first, the start of a database.
	// nil only explains.
	Run func(ctx context.Context, argv []string) error
	// Ask asks a person who is there; nil for nobody. Show is called with what is to be agreed to before.
	Ask  func(prompt string) (string, error)
	Show func(d *Decision)
	// Keep keeps what a boot that was agreed to is about to destroy, and says where; where it fails, the agreement
	// does not count. nil keeps nothing.
	Keep func(ctx context.Context, s *workspace.Session, t workspace.Target) (note string, err error)
}

// Decide decides. Its error is of a request that cannot be understood; whatever else goes wrong makes the
// decision not-run.
func Decide(ctx context.Context, r Request) (Decision, error) {
	if r.Now == nil {
		r.Now = time.Now
	}
	g := &guard{Request: r, cmd: r.Command, checks: map[string]*sight{}, ahead: map[string]*early{}}
	g.places.Here, g.places.Options = r.Dir, workspace.Options{Environ: r.Environ, Flags: r.Flags, Now: r.Now}
	g.d = Decision{
		SchemaVersion: 1, Kind: decision.KindWord(r.Command.Kind), Verb: r.Command.Verb, Outcome: Pass,
		Command: consent.Hide(append([]string{r.Command.Program}, r.Command.Args...)), Args: r.Command.Args,
		Targets: []Target{}, Volumes: []Volume{}, Steps: [][]string{},
	}
	for _, list := range append(slices.Clone(r.Allow), g.getenv(consent.Variable)) {
		keys, err := consent.Parse(list)
		if err != nil {
			return g.d, err
		}
		g.allowed = append(g.allowed, keys...)
	}
	c := r.Command
	if c.Help || c.DryRun || c.Kind == dockercmd.ReadOnly && !c.AppliesSchema() && c.Volumes.Scope == dockercmd.NoVolumes {
		g.d.Kind = decision.KindWord(dockercmd.ReadOnly)
		g.d.Reason = "it starts nothing and deletes nothing"
		return g.d, nil
	}
	g.settleVersion(ctx)
	if g.isRejected() {
		g.d.Reason = "compose itself refuses these words"
		return g.d, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	if c.AppliesSchema() && c.Kind == dockercmd.ReadOnly {
		g.d.Kind = decision.KindWord(dockercmd.MayBoot)
	}
	defer g.close()
	defer cancel() // what was begun and is not needed ends first
	g.decide(ctx)
	return g.d, nil
}

// guard is one decision in the making.
type guard struct {
	Request
	cmd     dockercmd.Command
	d       Decision
	allowed []string
	service string // that the settings name

	world  *survey.World
	plan   bootsource.Plan
	places place.Places
	checks map[string]*sight // by folder and database
	ahead  map[string]*early // by container
	mu     sync.Mutex        // of checks

	prepared bool // the first steps were run
	last     bool // what is concluded now is final
	doomed   []doomed
}

// doomed is a snapshot that would destroy something when it is booted.
type doomed struct {
	session *workspace.Session
	target  workspace.Target
}

func (g *guard) decide(ctx context.Context) {
	if err := g.look(ctx); err != nil {
		g.unanswered(err)
		return
	}
	boots := g.directus()
	g.volumes(ctx)
	if len(boots) == 0 {
		if g.d.Reason == "" {
			g.d.Reason = "no Directus container starts because of it"
		}
		g.conclude(ctx)
		return
	}
	if steps := g.steps(boots); len(steps) > 0 {
		for _, argv := range steps {
			g.d.Steps = append(g.d.Steps, consent.Hide(argv))
		}
		g.targets(ctx)
		g.conclude(ctx)
		if g.Run == nil || g.d.Outcome == Refuse || g.d.Outcome == NotRun {
			g.later()
			return
		}
		if !g.prepare(ctx, steps) {
			return
		}
	}
	g.last, g.doomed = true, nil
	g.targets(ctx)
	g.conclude(ctx)
}

// settleVersion finds out which docker-compose is called where nobody said so: version 1 does other things.
func (g *guard) settleVersion(ctx context.Context) {
	if !g.cmd.Standalone || g.cmd.Podman || g.cmd.Version != dockercmd.AnyVersion {
		return
	}
	e, err := g.engine()
	if err != nil {
		return // look says so
	}
	v, err := e.ComposeVersion(ctx)
	if err != nil || v == "" {
		return
	}
	version := dockercmd.V2
	if strings.HasPrefix(strings.TrimPrefix(v, "v"), "1.") {
		version = dockercmd.V1
	}
	g.cmd = dockercmd.Parse(dockercmd.Invocation{Program: g.cmd.Program, Args: g.cmd.Args, Env: g.getenv, Version: version})
}

// misplaced are flags of the project that compose takes before its verb only, and refuses after it.
var misplaced = []string{"-p", "--project-name", "-f", "--file", "--profile", "--env-file", "--project-directory"}

// isRejected tells words that compose refuses, whatever there is.
func (g *guard) isRejected() bool {
	if g.cmd.Family != dockercmd.Compose || g.cmd.Podman || len(g.cmd.Unknown) == 0 || g.cmd.Verb == "" {
		return false
	}
	return !slices.ContainsFunc(g.cmd.Unknown, func(w string) bool { return !slices.Contains(misplaced, w) })
}

// later says of a command that builds or pulls first that the rest is decided then.
func (g *guard) later() {
	if g.d.Outcome == Pass {
		g.d.Outcome, g.d.Reason = Warn, "what its new image holds is looked at once it is there"
	}
}

// prepare runs what comes first, and looks at the world again: what is left of the command builds and pulls
// nothing.
func (g *guard) prepare(ctx context.Context, steps [][]string) bool {
	for _, argv := range steps {
		if err := g.Run(ctx, argv); err != nil {
			g.d.Outcome, g.d.Err = NotRun, err
			g.d.Reason = "its first step failed: " + line(err)
			return false
		}
	}
	args := g.cmd.Prepared()
	g.cmd = dockercmd.Parse(dockercmd.Invocation{Program: g.cmd.Program, Args: args, Env: g.getenv, Version: g.cmd.Version})
	g.d.Args = args
	g.d.Targets, g.d.Notes, g.prepared = []Target{}, nil, true
	clear(g.ahead)
	if err := g.look(ctx); err != nil {
		g.unanswered(err)
		return false
	}
	g.directus()
	return true
}

// unanswered is a decision that could not be made for all of the command.
func (g *guard) unanswered(err error) {
	f := finding.Finding{
		Code: finding.NotRun, Item: "docker", Severity: finding.Warning, Refuses: true, Message: line(err),
		Fix: terminalQuote(g.cmd.Query("version")),
	}
	g.d.Findings = append(g.d.Findings, f)
	g.settle(NotRun, "what it would boot could not be found out: "+line(err))
	g.consents(context.Background())
}

// getenv looks a variable up, the last of a name.
func (g *guard) getenv(name string) string {
	return environ.Lookup(g.Environ, name)
}

// close ends every session.
func (g *guard) close() {
	for _, e := range g.ahead {
		<-e.done
	}
	for _, s := range g.checks {
		if s.session != nil {
			s.session.Close()
		}
	}
}

// line is an error as one line without secrets.
func line(err error) string { return terminal.Clean(redact.String(err.Error())) }

func terminalQuote(argv []string) string {
	s, _ := terminal.Quote(argv...)
	return s
}
