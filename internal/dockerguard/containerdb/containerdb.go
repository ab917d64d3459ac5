// Package containerdb finds the database that a container uses, from the environment that the container
// itself has, and the way to it from this machine: a port that the database's container publishes, or its
// address where the engine runs here. The settings of this machine and of the project name no database here:
// they could mean another one.
//
// It connects to nothing and asks no engine; it is told what the engine said.
package containerdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/compose/envfile"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// Input is what is known of a container and of what is around it.
type Input struct {
	Boot       *bootsource.Boot
	Containers []inventory.Container // of the daemon
	Project    *inventory.Project    // nil where it is not known
	Address    string                // where the daemon listens; "" for this machine
	Config     *config.Config        // timeouts and lists; it names no database here
}

// Found is the database of a container.
type Found struct {
	Settings *connection.Settings
	// Host is the name by which the container knows it.
	Host string
	// Container runs it, and Service is its compose service; nil and "" where it is elsewhere.
	Container *inventory.Container
	Service   string
	// Unreachable is why there is no way to it from here; Settings lack a usable host then.
	Unreachable error
}

// ErrOther says that the Directus does not use Postgres.
var ErrOther = errors.New("this Directus does not use Postgres")

// Find decides. It fails where the environment names no database that could be found, with [ErrOther] where
// it is none of Postgres.
func Find(ctx context.Context, in Input) (Found, error) {
	s := newScene(in)
	f := Found{Host: s.host()}
	if f.Host != "" {
		f.Container, f.Service = s.runs(f.Host, s.port())
	}
	cfg := *in.Config
	cfg.Database.URL, cfg.Database.URLEnv = config.Value[string]{}, config.Value[string]{}
	cfg.Directus.EnvFile = config.Value[string]{}
	cfg.Directus.Service.V = s.self
	// The .env of the project is not the container's: from here none is found.
	cfg.Root = filepath.Join(string(filepath.Separator), "schemaguard-has-no-such-folder")
	cfg.Snapshot.Path.V = "snapshot"
	settings, err := connection.Find(ctx, connection.Options{
		Config: &cfg, Environ: s.environ(), Compose: s.project, Docker: s,
		Resolves: func(context.Context, string) bool { return false },
	})
	var unreachable *connection.UnreachableError
	var client *directusenv.ClientError
	switch {
	case errors.As(err, &unreachable):
		f.Settings, f.Unreachable = unreachable.Settings, err
	case errors.As(err, &client):
		return f, ErrOther
	case err != nil:
		return f, err
	default:
		f.Settings = settings
	}
	if f.Unreachable == nil && f.Container != nil && !f.Container.Running() {
		// Somebody else may listen at the port that it will have.
		f.Unreachable = fmt.Errorf("the container %s, which runs the database, does not run", f.Container.Name)
	}
	if err := s.elsewhere(f.Host); err != nil {
		f.Unreachable = err
	}
	f.Settings.Warnings = nil // of a project that was made up
	if d := f.Settings.Directus; d != nil {
		d.Version, d.VersionOrigin = s.version(d)
	}
	return f, nil
}

// scene is a compose project made up of what the container can see, which [connection.Find] understands.
type scene struct {
	Input
	self    string
	project *compose.Project
	of      map[string]*inventory.Container // by service of the made-up project
}

func newScene(in Input) *scene {
	b := in.Boot
	s := &scene{Input: in, self: b.Service, of: map[string]*inventory.Container{}}
	if s.self == "" && b.Container != nil {
		s.self = b.Container.Name
	}
	if s.self == "" {
		s.self = "the new container"
	}
	me := &compose.Service{
		Name: s.self, Image: b.Spec.Image, Command: b.Spec.Command, Entrypoint: b.Spec.Entry,
		NetworkMode: b.Spec.NetMode, ExtraHosts: map[string]string{},
	}
	for _, e := range s.env() {
		me.Environment = envfile.Set(me.Environment, e)
	}
	for _, m := range b.Spec.Mounts {
		me.Mounts = append(me.Mounts, compose.Mount{Type: m.Type, Source: m.Source, Target: m.Target})
	}
	for _, h := range b.Spec.Hosts {
		name, address, _ := strings.Cut(h, ":")
		me.ExtraHosts[name] = address
	}
	s.project = &compose.Project{Name: "containers", Services: []*compose.Service{me}}
	if b.Project != "" {
		s.project.Name = b.Project
	}
	s.neighbours()
	return s
}

// env is the environment as variables, with the host of --add-host put in for its name.
func (s *scene) env() []envfile.Var {
	var out []envfile.Var
	for _, e := range s.Boot.Spec.Env {
		name, value, _ := strings.Cut(e, "=")
		if name == "DB_HOST" {
			for _, h := range s.Boot.Spec.Hosts {
				if host, address, _ := strings.Cut(h, ":"); host == value && net.ParseIP(address) != nil {
					value = address
				}
			}
		}
		out = append(out, envfile.Var{Name: name, Value: value, Origin: "the environment of " + s.self})
	}
	return out
}
