package compose

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/plainfile"
	"gopkg.in/yaml.v3"
)

// reader reads one file after the other into a project.
type reader struct {
	project  *Project
	seen     map[string]bool // files by path, so that include cannot go in circles
	included int
	shown    string // the file that is being read
	path     string
	dir      string // what its relative paths count from
	name     string // the last name: that was read
	services *yaml.Node
	extends  int      // how deep extends is just now
	current  *Service // the service that is being read, nil between services
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// file reads one compose file and what it includes.
func (r *reader) file(path, dir string) {
	if r.seen[path] || r.included > maxIncludes {
		return
	}
	r.seen[path] = true
	r.included++
	doc := r.parse(path)
	if doc == nil {
		return
	}
	outer := *r
	r.path, r.dir, r.shown, r.services = path, dir, r.project.shown(path), child(doc, "services")
	if n := child(doc, "name"); n != nil {
		r.name = r.text(n)
	}
	for _, include := range items(child(doc, "include")) {
		r.include(include)
	}
	for _, s := range pairs(child(doc, "secrets")) {
		r.secret(s.key.Value, s.value)
	}
	if r.services == nil && child(doc, "include") == nil && looksLikeV1(doc) {
		r.services = doc // the format of 2014: services at the top
	}
	for _, s := range pairs(r.services) {
		r.service(s)
	}
	r.path, r.dir, r.shown, r.services = outer.path, outer.dir, outer.shown, outer.services
}

// looksLikeV1 reports a file whose top level holds services.
func looksLikeV1(doc *yaml.Node) bool {
	for _, p := range pairs(doc) {
		if child(p.value, "image") != nil || child(p.value, "build") != nil {
			return true
		}
	}
	return false
}

// parse reads a file's YAML; what is wrong with it is a warning.
func (r *reader) parse(path string) *yaml.Node {
	shown := r.project.shown(path)
	data, err := plainfile.Read(path, maxFile)
	if err != nil {
		r.project.warn("%s cannot be read: %v", shown, plainfile.Cause(err))
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		msg := strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatchIndex(msg); m != nil {
			shown += ":" + msg[m[2]:m[3]]
			msg = msg[m[1]:]
		}
		msg, _, _ = strings.Cut(msg, "\n")
		r.project.warn("%s: not valid YAML: %s", shown, strings.Map(printable, msg))
		return nil
	}
	if len(doc.Content) == 0 {
		return nil
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		r.project.warn("%s:%d: a compose file must be a mapping", shown, doc.Content[0].Line)
		return nil
	}
	return doc.Content[0]
}

// printable replaces what a terminal would obey.
func printable(c rune) rune {
	if !strconv.IsPrint(c) {
		return '?'
	}
	return c
}

// include reads the files of one entry of include.
func (r *reader) include(n *yaml.Node) {
	paths, dir := n, r.dir
	if n.Kind == yaml.MappingNode {
		paths = child(n, "path")
		if d := r.text(child(n, "project_directory")); d != "" {
			dir = absolute(r.dir, d)
		}
	}
	for i, path := range r.words(paths) {
		if strings.Contains(path, "://") || strings.HasPrefix(path, "git@") || strings.HasPrefix(path, "oci:") {
			r.warn(n, "the included project %q is not on this machine and was not read", path)
			continue
		}
		path = absolute(r.dir, path)
		if i == 0 && child(n, "project_directory") == nil {
			dir = filepath.Dir(path)
		}
		r.file(path, dir)
	}
}

func (r *reader) secret(name string, n *yaml.Node) {
	if file := r.text(child(n, "file")); file != "" {
		r.project.secrets[name] = secret{file: absolute(r.dir, file)}
	} else if variable := r.text(child(n, "environment")); variable != "" {
		value, ok := r.project.env.lookup(variable)
		if ok {
			r.project.secrets[name] = secret{value: value, isEnv: true}
		}
	}
}

// service reads one service and lays it over what earlier files said of it.
func (r *reader) service(p pair) {
	name := p.key.Value
	if p.value == nil || p.value.Kind != yaml.MappingNode {
		r.warn(p.key, "service %q must be a mapping", name)
		return
	}
	s := r.project.Service(name)
	if s == nil {
		s = &Service{Name: name, Origin: r.at(p.key)}
		r.project.Services = append(r.project.Services, s)
	}
	r.current = s
	r.apply(s, p.value)
	r.current = nil
}

// apply lays a service's mapping over s, its base (extends) first.
func (r *reader) apply(s *Service, n *yaml.Node) {
	if ext := child(n, "extends"); ext != nil {
		r.extend(s, ext)
	}
	for _, p := range pairs(n) {
		if tagged(p.value, "!reset") {
			reset(s, p.key.Value)
			continue
		}
		if tagged(p.value, "!override") {
			reset(s, p.key.Value)
		}
		r.key(s, p)
	}
}

// extend applies the service that s extends.
func (r *reader) extend(s *Service, ext *yaml.Node) {
	if r.extends > maxMerges {
		r.warn(ext, "extends goes in circles")
		return
	}
	r.extends++
	defer func() { r.extends-- }()
	base := r.text(child(ext, "service"))
	if ext.Kind == yaml.ScalarNode {
		base = r.text(ext)
	}
	file := r.text(child(ext, "file"))
	if file == "" {
		if n := child(r.services, base); n != nil {
			r.apply(s, n)
		}
		return
	}
	outer := *r
	path := absolute(r.dir, file)
	if doc := r.parse(path); doc != nil {
		r.path, r.dir, r.shown, r.services = path, filepath.Dir(path), r.project.shown(path), child(doc, "services")
		if n := child(r.services, base); n != nil {
			r.apply(s, n)
		}
		r.path, r.dir, r.shown, r.services = outer.path, outer.dir, outer.shown, outer.services
	}
}

// reset forgets what earlier files said of one key.
func reset(s *Service, key string) {
	switch key {
	case "environment":
		s.ownEnv = nil
	case "env_file":
		s.fileEnv = nil
	case "ports":
		s.Ports = nil
	case "volumes":
		s.Mounts = nil
	case "image":
		s.Image, s.ImageOrigin = "", ""
	case "build":
		s.Build = nil
	case "command":
		s.Command = nil
	case "entrypoint":
		s.Entrypoint = nil
	case "profiles":
		s.Profiles = nil
	case "depends_on":
		s.DependsOn = nil
	case "secrets":
		s.Secrets = nil
	case "container_name":
		s.ContainerName = ""
	case "network_mode":
		s.NetworkMode = ""
	}
}

// key applies one key of a service.
func (r *reader) key(s *Service, p pair) {
	n := p.value
	switch p.key.Value {
	case "image":
		s.Image, s.ImageOrigin = r.text(n), r.at(p.key)
	case "build":
		r.build(s, n)
	case "environment":
		r.environment(s, n)
	case "env_file":
		r.envFiles(s, n)
	case "ports":
		for _, item := range items(n) {
			r.port(s, item)
		}
	case "volumes":
		for _, item := range items(n) {
			r.mount(s, item)
		}
	case "secrets":
		for _, item := range items(n) {
			r.secretMount(s, item)
		}
	case "command":
		s.Command = r.command(n)
	case "entrypoint":
		s.Entrypoint = r.command(n)
	case "container_name":
		s.ContainerName = r.text(n)
	case "hostname":
		s.Hostname = r.text(n)
	case "network_mode":
		s.NetworkMode = r.text(n)
	case "working_dir":
		s.WorkingDir = r.text(n)
	case "profiles":
		s.Profiles = append(s.Profiles, r.words(n)...)
	case "depends_on":
		r.dependsOn(s, n)
	case "networks":
		for _, network := range pairs(n) {
			s.Aliases = append(s.Aliases, r.words(child(network.value, "aliases"))...)
		}
	case "extra_hosts":
		r.extraHosts(s, n)
	}
}
