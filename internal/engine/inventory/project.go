package inventory

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Project is a compose project as `compose config --format json` resolves it.
type Project struct {
	Name     string
	Services map[string]Service // those that are enabled, and those that were asked for by name
	Volumes  map[string]ProjectVolume
}

// ProjectVolume is a volume of a project.
type ProjectVolume struct {
	Name     string // as docker knows it
	External bool
}

// Service is one service of a project.
type Service struct {
	Name       string
	Image      string // never empty: the name that compose gives what it builds
	Build      bool
	Context    string // of the build, on this machine or an address
	PullPolicy string
	Env        []string // sorted
	Entry      []string // nil: the image's
	Command    []string // nil: the image's
	Labels     map[string]string
	Mounts     []Mount // named volumes by the name that docker knows
	DependsOn  []Dependency
	Profiles   []string
	Container  string // container_name
	Hostname   string
	Hosts      []string
	NetMode    string
	Aliases    []string
	Networks   []string // by the names that docker knows
	Scale      int      // wished number of containers, 1 where nothing is said
	Hash       string
}

// Dependency is an entry of depends_on.
type Dependency struct {
	Service string
	Restart bool // it is restarted with the other
}

type rawService struct {
	Image      string
	Build      *struct{ Context string }
	PullPolicy string             `json:"pull_policy"`
	Env        map[string]*string `json:"environment"`
	Entrypoint words
	Command    words
	Labels     map[string]string
	Volumes    []struct{ Type, Source, Target string }
	DependsOn  map[string]struct{ Restart bool } `json:"depends_on"`
	Profiles   []string
	Container  string `json:"container_name"`
	Hostname   string
	Hosts      words  `json:"extra_hosts"`
	NetMode    string `json:"network_mode"`
	Networks   map[string]*struct{ Aliases []string }
	Scale      *int
	Deploy     *struct {
		Replicas *int
	}
}

// ReadProject reads the answer of `compose config --format json`. separator joins the names of what
// compose builds: "-", and "_" in version 1.
func ReadProject(data []byte, separator string) (*Project, error) {
	var raw struct {
		Name     string
		Services map[string]rawService
		Networks map[string]*struct{ Name string }
		Volumes  map[string]*struct {
			Name     string
			External any
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("reading the project from compose config: %w", err)
	}
	p := &Project{Name: raw.Name, Services: map[string]Service{}, Volumes: map[string]ProjectVolume{}}
	for key, v := range raw.Volumes {
		pv := ProjectVolume{Name: raw.Name + "_" + key}
		if v != nil {
			if v.Name != "" {
				pv.Name = v.Name
			}
			pv.External = v.External != nil && v.External != false
		}
		p.Volumes[key] = pv
	}
	for name, r := range raw.Services {
		s := p.service(name, &r, separator)
		for key := range r.Networks {
			if n := raw.Networks[key]; n != nil && n.Name != "" {
				s.Networks = append(s.Networks, n.Name)
			} else {
				s.Networks = append(s.Networks, raw.Name+"_"+key)
			}
		}
		slices.Sort(s.Networks)
		p.Services[name] = s
	}
	return p, nil
}

func (p *Project) service(name string, r *rawService, separator string) Service {
	s := Service{
		Name: name, Image: r.Image, PullPolicy: r.PullPolicy, Entry: unescape(r.Entrypoint), Command: unescape(r.Command),
		Labels: map[string]string{}, Profiles: r.Profiles, Container: r.Container, Hostname: r.Hostname, NetMode: r.NetMode, Scale: 1,
	}
	for k, v := range r.Labels {
		s.Labels[k] = dollar(v)
	}
	for _, h := range r.Hosts {
		s.Hosts = append(s.Hosts, strings.Replace(h, "=", ":", 1))
	}
	if r.Build != nil {
		s.Build, s.Context = true, r.Build.Context
	}
	if s.Image == "" {
		s.Image = p.Name + separator + name
	}
	for k, v := range r.Env {
		if v != nil {
			s.Env = append(s.Env, k+"="+dollar(*v))
		}
	}
	slices.Sort(s.Env)
	for _, v := range r.Volumes {
		m := Mount{Type: v.Type, Source: v.Source, Target: v.Target}
		if v.Type == "volume" {
			m.Name, m.Source = v.Source, ""
			if known, ok := p.Volumes[v.Source]; ok {
				m.Name = known.Name
			}
		}
		s.Mounts = append(s.Mounts, m)
	}
	for dep, d := range r.DependsOn {
		s.DependsOn = append(s.DependsOn, Dependency{dep, d.Restart})
	}
	slices.SortFunc(s.DependsOn, func(a, b Dependency) int { return strings.Compare(a.Service, b.Service) })
	for _, n := range r.Networks {
		if n != nil {
			s.Aliases = append(s.Aliases, n.Aliases...)
		}
	}
	slices.Sort(s.Aliases)
	switch {
	case r.Scale != nil:
		s.Scale = *r.Scale
	case r.Deploy != nil && r.Deploy.Replicas != nil:
		s.Scale = *r.Deploy.Replicas
	}
	return s
}

// dollar takes back that config writes each $ twice, so that its answer can be read as a compose file.
func dollar(s string) string { return strings.ReplaceAll(s, "$$", "$") }

func unescape(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, dollar(s))
	}
	return out
}

// ReadHashes reads the answer of `compose config --hash '*'`: a service and its hash on each line.
func ReadHashes(data []byte) map[string]string {
	hashes := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 2 {
			hashes[f[0]] = f[1]
		}
	}
	return hashes
}

// Actions is what a dry run says it would do, by container name.
type Actions map[string]Action

// Action is what becomes of one container.
type Action struct {
	Created, Recreated, Started, Restarted, Running, Stopped, Removed bool
}

// ReadDryRun reads what `compose --dry-run` prints on stderr, " DRY-RUN MODE -  Container sg-db-1  Recreate "
// in version 2 and without the prefix in version 5. A recreated container is first called by its name and
// then by a temporary one, which ends with the real one.
func ReadDryRun(data []byte) Actions {
	out := Actions{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(stripEscapes(line))
		line = strings.TrimSpace(strings.TrimPrefix(line, "DRY-RUN MODE -"))
		f := strings.Fields(line)
		at := slices.Index(f, "Container")
		if at < 0 || at > 1 || len(f) < at+3 {
			continue
		}
		name := f[at+1]
		if prefix, real, ok := strings.Cut(name, "_"); ok && len(prefix) == 12 && isHex(prefix) {
			name = real
		}
		a := out[name]
		a.note(f[at+2])
		out[name] = a
	}
	return out
}

func (a *Action) note(word string) {
	switch word {
	case "Create", "Creating", "Created":
		a.Created = true
	case "Recreate", "Recreating", "Recreated":
		a.Recreated = true
	case "Start", "Starting", "Started":
		a.Started = true
	case "Restart", "Restarting", "Restarted":
		a.Restarted = true
	case "Running":
		a.Running = true
	case "Stop", "Stopping", "Stopped":
		a.Stopped = true
	case "Remove", "Removing", "Removed":
		a.Removed = true
	}
}

func isHex(s string) bool {
	_, err := strconv.ParseUint(s, 16, 64)
	return err == nil
}

// stripEscapes takes terminal sequences out of a line.
func stripEscapes(s string) string {
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			return s
		}
		end := strings.IndexFunc(s[i+2:], func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return s[:i]
		}
		s = s[:i] + s[i+2+end+1:]
	}
}
