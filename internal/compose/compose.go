// Package compose reads a docker compose project, as far as schemaguard needs it:
// which service runs Directus, its version, environment, mounts and database, and
// which ports of the database are published on this machine.
//
// It is its own reader on purpose. compose-go's loader, which docker compose
// uses, costs 8 ms at every start of the process (it builds its JSON Schema and
// expressions in init functions), whether or not there is a compose file; the
// tests hold this reader against that loader instead. It reads what other tools
// would reject: a broken file is a warning with its line, never an error, because
// a compose file is a hint here and not the thing that is guarded.
//
// It refuses to run docker, to validate a project, and to write.
package compose

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/envfile"
)

// A Project is a compose project as its files describe it.
type Project struct {
	Name     string   // as docker labels its containers
	Dir      string   // absolute; relative paths of the files count from here
	Files    []string // absolute, in order
	Services []*Service
	Warnings []string // about whole files: "compose.yaml:12: ...", in the order found

	secrets map[string]secret
	env     *environment
	shown   func(path string) string
}

// A Service is one service of a project. Only services of active profiles and of
// no profile start with a plain "up"; the others are read all the same.
type Service struct {
	Name          string
	Origin        string // "compose.yaml:7"
	Image         string // "" when it is only built
	ImageOrigin   string
	Build         *Build
	Environment   []envfile.Var // env_file first, then environment; one entry per name
	Ports         []Port
	Mounts        []Mount
	Command       []string
	Entrypoint    []string
	ContainerName string
	Hostname      string
	Aliases       []string // on any network
	ExtraHosts    map[string]string
	NetworkMode   string
	WorkingDir    string
	DependsOn     []string
	Profiles      []string
	Secrets       []SecretMount
	Warnings      []string // about this service: "compose.yaml:12: ..."

	fileEnv []envfile.Var // of env_file, the weaker half of Environment
	ownEnv  []envfile.Var // of environment
}

// Build is how a service's image is built.
type Build struct {
	Context    string // absolute folder, or a URL
	Dockerfile string // absolute, "" when Inline or a URL
	Inline     string
	Target     string
	Args       map[string]string
}

// A Port is one entry of ports. Published is "" when docker picks a free one.
type Port struct {
	HostIP    string
	Published string // a number or a range
	Target    int
	Protocol  string // "tcp" or "udp"
}

// A Mount is one entry of volumes.
type Mount struct {
	Type     string // "bind", "volume", "tmpfs", ...
	Source   string // a bind's absolute path on the host, else the volume's name
	Target   string // in the container
	ReadOnly bool
}

// A SecretMount is a secret as a container sees it.
type SecretMount struct {
	Source string // the name under the project's secrets
	Target string // the absolute path in the container
}

// secret is one entry of the project's secrets.
type secret struct {
	file  string // absolute path on the host
	value string // of environment:
	isEnv bool
}

// Service returns the service of that name, nil when there is none.
func (p *Project) Service(name string) *Service {
	i := slices.IndexFunc(p.Services, func(s *Service) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return p.Services[i]
}

// ByHost returns the service that containers of the project reach under a host
// name: the name of the service or container, its hostname or a network alias.
func (p *Project) ByHost(host string) *Service {
	if s := p.Service(host); s != nil {
		return s
	}
	for _, s := range p.Services {
		if host == s.ContainerName || host == s.Hostname || slices.Contains(s.Aliases, host) {
			if host != "" {
				return s
			}
		}
	}
	return nil
}

// Published returns the entry of ports for a TCP port of the container. An entry
// whose host side docker picks counts too: its Published is "".
func (s *Service) Published(target int) (Port, bool) {
	for _, p := range s.Ports {
		if p.Target == target && p.Protocol == "tcp" {
			return p, true
		}
	}
	return Port{}, false
}

// Var returns the value of an environment variable of the service.
func (s *Service) Var(name string) (envfile.Var, bool) {
	i := slices.IndexFunc(s.Environment, func(v envfile.Var) bool { return v.Name == name })
	if i < 0 {
		return envfile.Var{}, false
	}
	return s.Environment[i], true
}

// Active reports whether a plain "docker compose up" starts the service.
func (p *Project) Active(s *Service) bool {
	if len(s.Profiles) == 0 {
		return true
	}
	active := strings.Split(p.env.get("COMPOSE_PROFILES"), ",")
	return slices.ContainsFunc(s.Profiles, func(profile string) bool {
		return slices.Contains(active, profile) || slices.Contains(active, "*")
	})
}
