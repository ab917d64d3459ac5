package containerdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// neighbours adds the containers that this one reaches by name, running ones first, and services of the
// project that have none yet.
func (s *scene) neighbours() {
	var list []*inventory.Container
	for i := range s.Containers {
		c := &s.Containers[i]
		if (s.Boot.Container == nil || c.ID != s.Boot.Container.ID) && s.sees(c) && !c.OneOff() {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *inventory.Container) int { return rank(a) - rank(b) })
	for _, c := range list {
		name := c.Service()
		if name == "" || s.project.Service(name) != nil {
			name = c.Name
		}
		n := &compose.Service{Name: name, ContainerName: c.Name, Hostname: c.Hostname}
		for _, net := range c.Networks {
			n.Aliases = append(n.Aliases, net.Aliases...)
		}
		for _, p := range c.Published {
			if p.Host > 0 {
				n.Ports = append(n.Ports, compose.Port{HostIP: p.HostIP, Published: strconv.Itoa(p.Host), Target: p.Container, Protocol: "tcp"})
			}
		}
		n.Origin = "container " + c.Name
		s.project.Services = append(s.project.Services, n)
		s.of[name] = c
	}
	if s.Project == nil || s.Project.Name != s.Boot.Project {
		return
	}
	for name, ps := range s.Project.Services {
		if s.project.Service(name) == nil {
			s.project.Services = append(s.project.Services, &compose.Service{
				Name: name, ContainerName: ps.Container, Hostname: ps.Hostname, Aliases: ps.Aliases, Origin: "the project",
			})
		}
	}
}

func rank(c *inventory.Container) int {
	if c.Running() {
		return 0
	}
	return 1
}

// sees tells whether this container reaches another by name: they share a network, or will, being of one
// project. The default bridge knows no names.
func (s *scene) sees(c *inventory.Container) bool {
	if s.Boot.Project != "" && c.Project() == s.Boot.Project {
		return true
	}
	for _, n := range c.Networks {
		if n.Name != "bridge" && slices.Contains(s.Boot.Spec.Networks, n.Name) {
			return true
		}
	}
	return false
}

// remote tells whether the engine runs on another machine.
func (s *scene) remote() bool {
	u, err := url.Parse(s.Address)
	if err != nil {
		return true
	}
	switch u.Scheme {
	case "tcp", "ssh", "http", "https":
		host := u.Hostname()
		return host != "localhost" && !isLoopback(host)
	}
	return false
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// elsewhere says that an address means something else to the container than to this machine, so that asking it
// from here would ask another database.
func (s *scene) elsewhere(host string) error {
	switch ip := net.ParseIP(host); {
	case (isLoopback(host) || strings.HasPrefix(host, "/")) && (s.Boot.Spec.NetMode != "host" || s.remote()):
		return fmt.Errorf("the container %s reaches its database at %q, which is inside itself and not to be reached from here", s.self, host)
	case s.remote() && ip != nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast()):
		return fmt.Errorf("the container %s reaches its database at %s, an address of the engine's machine that may be another one here", s.self, host)
	}
	return nil
}

// keywords are those of the connection, as Directus reads its environment.
func (s *scene) keywords() map[string]string {
	var vars []directusenv.Var
	for _, v := range s.env() {
		vars = append(vars, directusenv.Var{Name: v.Name, Value: v.Value, Origin: v.Origin})
	}
	env, err := directusenv.Read(directusenv.Options{Vars: vars, NoFile: true, ReadFile: s.project.ReadFile(s.project.Services[0])})
	if err != nil {
		return nil
	}
	db, err := env.Database()
	if err != nil {
		return nil
	}
	return db.Keywords
}

func (s *scene) host() string { return s.keywords()["host"] }

func (s *scene) port() int {
	if n, err := strconv.Atoi(s.keywords()["port"]); err == nil {
		return n
	}
	return 5432
}

// runs finds the container behind a host: by name, by its address, or by the port that it publishes on the
// engine's machine.
func (s *scene) runs(host string, port int) (*inventory.Container, string) {
	if n := s.project.ByHost(host); n != nil && n.Name != s.self {
		return s.of[n.Name], n.Name
	}
	ip := net.ParseIP(host)
	for i := range s.Containers {
		c := &s.Containers[i]
		for _, n := range c.Networks {
			if ip != nil && n.Address == host {
				return c, c.Service()
			}
		}
		onHost := host == "host.docker.internal" || ip != nil && ip.IsPrivate() || s.Boot.Spec.NetMode == "host" && isLoopback(host)
		for _, p := range c.Published {
			if onHost && p.Host == port && port > 0 {
				return c, c.Service()
			}
		}
	}
	return nil, ""
}

// environ is what of the environment decides where the engine's machine is; nothing of it names a database.
func (s *scene) environ() []string {
	if s.Address == "" {
		return nil
	}
	return []string{"DOCKER_HOST=" + s.Address}
}

// version is what the image says of itself: the official image labels its version, and what is built on it
// inherits the label.
func (s *scene) version(d *compose.Directus) (version, origin string) {
	labels := s.Boot.Spec.Labels
	v := labels["org.opencontainers.image.version"]
	source := strings.ToLower(labels["org.opencontainers.image.source"] + " " + labels["org.opencontainers.image.title"])
	if v != "" && v[0] >= '0' && v[0] <= '9' && strings.Contains(source, "directus") {
		return v, "the label of image " + s.Boot.Spec.Image
	}
	if d.Version != "" {
		return d.Version, "container " + s.self
	}
	return "", ""
}

// Run answers the two questions that connection has of docker, from what is known: which container runs
// a service, and where it is.
func (s *scene) Run(_ context.Context, args ...string) ([]byte, error) {
	if len(args) > 0 && args[0] == "inspect" {
		for i := range s.Containers {
			if c := &s.Containers[i]; c.ID == args[len(args)-1] || c.Name == args[len(args)-1] {
				return located(c)
			}
		}
		return nil, errors.New("there is no such container")
	}
	for _, a := range args {
		if name, ok := strings.CutPrefix(a, "label="+inventory.LabelService+"="); ok {
			if c := s.of[name]; c != nil {
				return []byte(c.ID), nil
			}
		}
	}
	return nil, nil
}

// located is the part of docker inspect that says where a container is.
func located(c *inventory.Container) ([]byte, error) {
	type network struct{ IPAddress string }
	networks := map[string]network{}
	for _, n := range c.Networks {
		networks[path.Base(n.Name)] = network{n.Address}
	}
	data, err := json.Marshal([]map[string]any{{
		"State":           map[string]bool{"Running": c.Running()},
		"NetworkSettings": map[string]any{"Networks": networks},
	}})
	if err != nil {
		return nil, fmt.Errorf("describing container %s: %w", c.Name, err)
	}
	return data, nil
}
