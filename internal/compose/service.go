package compose

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/envfile"
	"github.com/schemaguard/schemaguard/internal/plainfile"
	"gopkg.in/yaml.v3"
)

// envFiles reads env_file: a text, a list of texts, or of path/required/format.
func (r *reader) envFiles(s *Service, n *yaml.Node) {
	list := items(n)
	if n.Kind != yaml.SequenceNode {
		list = []*yaml.Node{n}
	}
	for _, item := range list {
		file, required, raw := r.text(item), true, false
		if item.Kind == yaml.MappingNode {
			file = r.text(child(item, "path"))
			required = r.text(child(item, "required")) != "false"
			raw = r.text(child(item, "format")) == "raw"
		}
		if file == "" {
			continue
		}
		file = absolute(r.dir, file)
		data, err := plainfile.Read(file, maxFile)
		if errors.Is(err, fs.ErrNotExist) && !required {
			continue
		}
		if err != nil {
			r.warn(item, "the env_file %s cannot be read: %v", r.project.shown(file), plainfile.Cause(err))
			continue
		}
		for _, v := range r.parseEnvFile(file, string(data), raw, item) {
			s.fileEnv = envfile.Set(s.fileEnv, v)
		}
	}
}

func (r *reader) parseEnvFile(file, data string, raw bool, n *yaml.Node) []envfile.Var {
	shown := r.project.shown(file)
	if !raw {
		vars, err := envfile.Parse(shown, data, r.project.env.lookup)
		if err != nil {
			r.warn(n, "the env_file %s: %v", shown, err)
		}
		return vars
	}
	var vars []envfile.Var
	for i, line := range strings.Split(data, "\n") {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r"), "=")
		if ok && !strings.HasPrefix(name, "#") {
			vars = envfile.Set(vars, envfile.Var{Name: name, Value: value, Origin: shown + ":" + strconv.Itoa(i+1)})
		}
	}
	return vars
}

// environment reads a mapping or a list of NAME=value; a name alone is taken from
// where compose runs, and left out when it is not set there.
func (r *reader) environment(s *Service, n *yaml.Node) {
	for _, p := range pairs(n) {
		if isNull(p.value) {
			r.inherit(s, p.key.Value)
		} else if value, ok := r.textOK(p.value); ok {
			s.ownEnv = envfile.Set(s.ownEnv, envfile.Var{Name: p.key.Value, Value: value, Origin: r.at(p.key)})
		}
	}
	for _, item := range items(n) {
		entry, ok := r.textOK(item)
		if !ok {
			continue
		}
		if name, value, ok := strings.Cut(entry, "="); ok {
			s.ownEnv = envfile.Set(s.ownEnv, envfile.Var{Name: name, Value: value, Origin: r.at(item)})
		} else {
			r.inherit(s, entry)
		}
	}
}

func (r *reader) inherit(s *Service, name string) {
	if value, ok := r.project.env.lookup(name); ok {
		s.ownEnv = envfile.Set(s.ownEnv, envfile.Var{Name: name, Value: value, Origin: r.project.env.where(name)})
	}
}

// build reads a context alone or a mapping; later files override key by key.
func (r *reader) build(s *Service, n *yaml.Node) {
	if s.Build == nil {
		s.Build = &Build{Args: make(map[string]string)}
	}
	b := s.Build
	file := ""
	if n != nil && n.Kind == yaml.ScalarNode {
		b.Context = r.context(r.text(n))
	} else {
		if c := child(n, "context"); c != nil {
			b.Context = r.context(r.text(c))
		} else if b.Context == "" {
			b.Context = r.dir
		}
		file = r.text(child(n, "dockerfile"))
		if t := child(n, "target"); t != nil {
			b.Target = r.text(t)
		}
		if t := child(n, "dockerfile_inline"); t != nil {
			b.Inline = r.text(t)
		}
		args := child(n, "args")
		for _, p := range pairs(args) {
			b.Args[p.key.Value] = r.text(p.value)
		}
		for _, arg := range r.words(args) {
			name, value, ok := strings.Cut(arg, "=")
			if !ok {
				value = r.project.env.get(name)
			}
			b.Args[name] = value
		}
	}
	if strings.Contains(b.Context, "://") || strings.HasPrefix(b.Context, "git@") {
		return // built from elsewhere: there is no Dockerfile here
	}
	if file != "" || b.Dockerfile == "" {
		if file == "" {
			file = "Dockerfile"
		}
		b.Dockerfile = absolute(b.Context, file)
	}
}

func (r *reader) context(c string) string {
	if strings.Contains(c, "://") || strings.HasPrefix(c, "git@") {
		return c
	}
	return absolute(r.dir, c)
}

// port reads one entry of ports, short or long.
func (r *reader) port(s *Service, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		p := Port{HostIP: r.text(child(n, "host_ip")), Published: r.text(child(n, "published")), Target: r.number(child(n, "target")), Protocol: r.text(child(n, "protocol"))}
		if p.Protocol == "" {
			p.Protocol = "tcp"
		}
		s.Ports = append(s.Ports, p)
		return
	}
	text, ok := r.textOK(n)
	if !ok {
		return
	}
	ports, ok := parsePort(text)
	if !ok {
		r.warn(n, "the port %q cannot be read", text)
	}
	s.Ports = append(s.Ports, ports...)
}

// parsePort reads compose's short syntax: [[ip:][published]:]target[/protocol],
// where published and target may be ranges of the same length.
func parsePort(s string) ([]Port, bool) {
	s, protocol, ok := strings.Cut(s, "/")
	if !ok {
		protocol = "tcp"
	}
	ip, published := "", ""
	target := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		published, target = s[:i], s[i+1:]
		if i := strings.LastIndexByte(published, ':'); i >= 0 {
			ip, published = strings.Trim(published[:i], "[]"), published[i+1:]
		}
	}
	first, last, ok := portRange(target)
	if !ok {
		return nil, false
	}
	from, to, isRange := 0, 0, false
	if published != "" {
		if from, to, ok = portRange(published); !ok {
			return nil, false
		}
		isRange = to > from
	}
	var out []Port
	for t := first; t <= last; t++ {
		p := Port{HostIP: ip, Target: t, Protocol: strings.ToLower(protocol)}
		switch {
		case published == "":
		case isRange && last == first:
			p.Published = published // docker picks one of the range
		default:
			p.Published = strconv.Itoa(from + t - first)
		}
		out = append(out, p)
	}
	return out, true
}

func portRange(s string) (first, last int, ok bool) {
	a, b, isRange := strings.Cut(s, "-")
	first, err := strconv.Atoi(a)
	if err != nil || first < 1 || first > 65535 {
		return 0, 0, false
	}
	if !isRange {
		return first, first, true
	}
	last, err = strconv.Atoi(b)
	return first, last, err == nil && last >= first && last <= 65535
}

// mount reads one entry of volumes, short or long; a later mount on the same
// target replaces an earlier one.
func (r *reader) mount(s *Service, n *yaml.Node) {
	var m Mount
	if n.Kind == yaml.MappingNode {
		m = Mount{Type: r.text(child(n, "type")), Source: r.text(child(n, "source")), Target: r.text(child(n, "target")), ReadOnly: r.text(child(n, "read_only")) == "true"}
		if m.Type == "bind" {
			m.Source = absolute(r.dir, home(r, m.Source))
		}
	} else {
		text, ok := r.textOK(n)
		if !ok {
			return
		}
		m = r.shortMount(text)
	}
	if m.Target == "" {
		return
	}
	m.Target = path.Clean(m.Target)
	s.Mounts = slices.DeleteFunc(s.Mounts, func(old Mount) bool { return old.Target == m.Target })
	s.Mounts = append(s.Mounts, m)
}

func (r *reader) shortMount(text string) Mount {
	source, rest, ok := strings.Cut(text, ":")
	if len(source) == 1 && strings.HasPrefix(rest, `\`) { // C:\folder
		drive := source
		source, rest, ok = strings.Cut(rest, ":")
		source = drive + ":" + source
	}
	if !ok {
		return Mount{Type: "volume", Target: text}
	}
	target, mode, _ := strings.Cut(rest, ":")
	m := Mount{Type: "volume", Source: source, Target: target, ReadOnly: slices.Contains(strings.Split(mode, ","), "ro")}
	if strings.HasPrefix(source, ".") || strings.HasPrefix(source, "/") || strings.HasPrefix(source, "~") || strings.Contains(source, `:\`) {
		m.Type, m.Source = "bind", absolute(r.dir, home(r, source))
	}
	return m
}

// home replaces a leading ~.
func home(r *reader, source string) string {
	if rest, ok := strings.CutPrefix(source, "~"); ok && (rest == "" || rest[0] == '/') {
		if dir := r.project.env.get("HOME"); dir != "" {
			return dir + rest
		}
	}
	return source
}

func (r *reader) secretMount(s *Service, n *yaml.Node) {
	m := SecretMount{Source: r.text(n)}
	if n.Kind == yaml.MappingNode {
		m = SecretMount{Source: r.text(child(n, "source")), Target: r.text(child(n, "target"))}
	}
	if m.Target == "" {
		m.Target = m.Source
	}
	if !path.IsAbs(m.Target) {
		m.Target = path.Join("/run/secrets", m.Target)
	}
	s.Secrets = append(s.Secrets, m)
}

func (r *reader) dependsOn(s *Service, n *yaml.Node) {
	names := r.words(n)
	for _, p := range pairs(n) {
		names = append(names, p.key.Value)
	}
	for _, name := range names {
		if !slices.Contains(s.DependsOn, name) {
			s.DependsOn = append(s.DependsOn, name)
		}
	}
}

func (r *reader) extraHosts(s *Service, n *yaml.Node) {
	if s.ExtraHosts == nil {
		s.ExtraHosts = make(map[string]string)
	}
	for _, p := range pairs(n) {
		s.ExtraHosts[p.key.Value] = r.text(p.value)
	}
	for _, entry := range r.words(n) {
		if i := strings.IndexAny(entry, "=:"); i > 0 {
			s.ExtraHosts[entry[:i]] = entry[i+1:]
		}
	}
}
