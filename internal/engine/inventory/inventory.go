// Package inventory holds what a docker engine and a compose project have, as values: containers, images,
// volumes and services, and the readers of docker's own JSON that make them.
//
// It is pure: it runs nothing. Environments are kept, since they name databases; nothing here prints them.
package inventory

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Labels that compose and swarm put on what they make.
// https://github.com/docker/compose/blob/v2.40.3/pkg/api/labels.go
const (
	LabelProject    = "com.docker.compose.project"
	LabelService    = "com.docker.compose.service"
	LabelOneOff     = "com.docker.compose.oneoff"
	LabelHash       = "com.docker.compose.config-hash"
	LabelImage      = "com.docker.compose.image"
	LabelDependsOn  = "com.docker.compose.depends_on"
	LabelWorkingDir = "com.docker.compose.project.working_dir"
	LabelFiles      = "com.docker.compose.project.config_files"
	LabelNumber     = "com.docker.compose.container-number"
	LabelSwarm      = "com.docker.swarm.service.name"
	LabelStack      = "com.docker.stack.namespace"
	LabelNode       = "com.docker.swarm.node.id"
)

// Container is one container, running or not.
type Container struct {
	ID        string
	Name      string // without the leading slash
	Image     string // the reference it was made from
	ImageID   string
	State     string // "running", "exited", "created", "paused", "restarting", "dead"
	Env       []string
	Entry     []string // entrypoint
	Command   []string
	Labels    map[string]string
	Mounts    []Mount
	Hostname  string
	Hosts     []string // of --add-host: "name:address"
	NetMode   string
	Restart   string // restart policy
	Networks  []Network
	Published []Port
}

// Mount is something that covers a path of a container.
type Mount struct {
	Type   string // "bind", "volume", "tmpfs"
	Name   string // of a volume
	Source string // of a bind: the path on the engine's machine
	Target string // in the container
}

// Network is a container's place in one network.
type Network struct {
	Name    string
	Address string // empty while it does not run
	Aliases []string
}

// Port is a published TCP port of a container.
type Port struct {
	HostIP    string
	Host      int // 0 where it is not bound
	Container int
}

// Image is one local image.
type Image struct {
	ID      string
	Env     []string
	Entry   []string
	Command []string
	Labels  map[string]string
	Volumes []string // paths that the image declares as volumes
	Dir     string   // working directory
}

// Volume is one volume.
type Volume struct {
	Name   string
	Labels map[string]string
}

// Project returns the compose project a container belongs to, "" for none.
func (c *Container) Project() string { return c.Labels[LabelProject] }

// Service returns the compose service of a container, "" for none.
func (c *Container) Service() string { return c.Labels[LabelService] }

// OneOff tells a container of `compose run`, which the other verbs leave alone.
func (c *Container) OneOff() bool { return strings.EqualFold(c.Labels[LabelOneOff], "true") }

// Running tells whether its process runs, paused or not.
func (c *Container) Running() bool {
	return c.State == "running" || c.State == "paused" || c.State == "restarting"
}

// Dependencies reads the label that compose keeps of depends_on, "db:service_started:false,...":
// the last word tells whether it is restarted with it. Labels of version 1 name services only.
func (c *Container) Dependencies() []Dependency {
	var out []Dependency
	for part := range strings.SplitSeq(c.Labels[LabelDependsOn], ",") {
		words := strings.Split(strings.TrimSpace(part), ":")
		if words[0] == "" {
			continue
		}
		out = append(out, Dependency{Service: words[0], Restart: len(words) > 2 && words[2] == "true"})
	}
	return out
}

// Covering returns the deepest mount that covers a path of the container.
func Covering(mounts []Mount, file string) (Mount, bool) {
	var best Mount
	found := false
	for _, m := range mounts {
		target := path.Clean(m.Target)
		if (file == target || strings.HasPrefix(file, strings.TrimSuffix(target, "/")+"/")) && (!found || len(target) > len(path.Clean(best.Target))) {
			best, found = m, true
		}
	}
	return best, found
}

var anonymousName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Anonymous tells a volume that nobody named.
func (v Volume) Anonymous() bool {
	_, labelled := v.Labels["com.docker.volume.anonymous"]
	return labelled || anonymousName.MatchString(v.Name)
}

// Anonymous tells a mount of a volume that nobody named.
func (m Mount) Anonymous() bool { return m.Type == "volume" && anonymousName.MatchString(m.Name) }

type rawContainer struct {
	ID    string `json:"Id"`
	Name  string
	Image string
	State struct{ Status string }
	// ImageName is where podman has the reference.
	ImageName string
	Config    struct {
		Hostname   string
		Image      string
		Env        []string
		Entrypoint words
		Cmd        words
		Labels     map[string]string
	}
	HostConfig struct {
		NetworkMode   string
		ExtraHosts    []string
		RestartPolicy struct{ Name string }
		PortBindings  map[string][]struct{ HostIP, HostPort string }
	}
	Mounts          []struct{ Type, Name, Source, Destination string }
	NetworkSettings struct {
		Ports    map[string][]struct{ HostIP, HostPort string } //nolint:tagliatelle // docker's own names
		Networks map[string]struct {
			IPAddress string
			Aliases   []string
		}
	}
}

// words is a list that some versions write as one text.
type words []string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *words) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = nil
		if one != "" {
			*w = words{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(w))
}

// ReadContainers reads the answer of `docker inspect --type container`.
func ReadContainers(data []byte) ([]Container, error) {
	var raw []rawContainer
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("reading containers from docker inspect: %w", err)
	}
	out := make([]Container, 0, len(raw))
	for i := range raw {
		r := &raw[i]
		c := Container{
			ID: r.ID, Name: strings.TrimPrefix(r.Name, "/"), Image: r.Config.Image, ImageID: r.Image, State: r.State.Status,
			Env: r.Config.Env, Entry: r.Config.Entrypoint, Command: r.Config.Cmd, Labels: r.Config.Labels,
			Hostname: r.Config.Hostname, Hosts: r.HostConfig.ExtraHosts, NetMode: r.HostConfig.NetworkMode,
			Restart: r.HostConfig.RestartPolicy.Name,
		}
		if c.Image == "" {
			c.Image = r.ImageName
		}
		for _, m := range r.Mounts {
			c.Mounts = append(c.Mounts, Mount{Type: m.Type, Name: m.Name, Source: m.Source, Target: m.Destination})
		}
		for name, n := range r.NetworkSettings.Networks {
			c.Networks = append(c.Networks, Network{name, n.IPAddress, n.Aliases})
		}
		slices.SortFunc(c.Networks, func(a, b Network) int { return strings.Compare(a.Name, b.Name) })
		published := r.NetworkSettings.Ports
		if !c.Running() { // it has none now; these it will have
			published = r.HostConfig.PortBindings
		}
		for spec, bindings := range published {
			c.Published = append(c.Published, ports(spec, bindings)...)
		}
		slices.SortFunc(c.Published, func(a, b Port) int { return a.Container - b.Container })
		out = append(out, c)
	}
	return out, nil
}

func ports(spec string, bindings []struct{ HostIP, HostPort string }) []Port {
	var inside int
	if _, err := fmt.Sscanf(spec, "%d/tcp", &inside); err != nil || !strings.HasSuffix(spec, "/tcp") {
		return nil
	}
	for _, b := range bindings {
		var host int
		if _, err := fmt.Sscanf(b.HostPort, "%d", &host); err == nil && host > 0 && host < 1<<16 {
			return []Port{{b.HostIP, host, inside}}
		}
	}
	return []Port{{"", 0, inside}}
}

// ReadImages reads the answer of `docker image inspect`, in its order.
func ReadImages(data []byte) ([]Image, error) {
	var raw []struct {
		ID     string `json:"Id"`
		Config *struct {
			Env        []string
			Entrypoint words
			Cmd        words
			Labels     map[string]string
			Volumes    map[string]any
			WorkingDir string
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("reading images from docker inspect: %w", err)
	}
	out := make([]Image, len(raw))
	for i, r := range raw {
		out[i].ID = r.ID
		if r.Config == nil {
			continue
		}
		out[i].Env, out[i].Entry, out[i].Command = r.Config.Env, r.Config.Entrypoint, r.Config.Cmd
		out[i].Labels, out[i].Dir = r.Config.Labels, r.Config.WorkingDir
		for p := range r.Config.Volumes {
			out[i].Volumes = append(out[i].Volumes, p)
		}
		slices.Sort(out[i].Volumes)
	}
	return out, nil
}

// ReadVolumes reads the answer of `docker volume inspect`.
func ReadVolumes(data []byte) ([]Volume, error) {
	var raw []struct {
		Name   string
		Labels map[string]string
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("reading volumes from docker volume inspect: %w", err)
	}
	out := make([]Volume, len(raw))
	for i, r := range raw {
		out[i] = Volume{r.Name, r.Labels}
	}
	return out, nil
}
