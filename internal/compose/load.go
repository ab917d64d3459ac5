package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/envfile"
	"github.com/schemaguard/schemaguard/internal/plainfile"
)

const (
	maxFile     = 4 << 20 // a compose or env file larger than this is not read
	maxIncludes = 50      // files that include and extends may pull in
)

// Options says which project is meant.
type Options struct {
	// Dir is where docker compose would be called; its files are looked for
	// there and, up to Root, above.
	Dir string
	// Root is the highest folder that is looked at; "" is Dir alone.
	Root string
	// Files are the compose files, absolute; none for compose's own rules.
	Files []string
	// Project is the project's name, "" for compose's own rules.
	Project string
	// Environ is the process environment, as os.Environ returns it.
	Environ []string
	// Shown shortens a path for origins and warnings; nil makes it relative to Dir.
	Shown func(path string) string
}

// defaultFiles and overrideFiles are compose's names, in its order of preference.
func defaultFiles() []string {
	return []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
}

func overrideFiles() []string {
	return []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
}

// Load reads the project. It returns nil when there is no compose file; whatever
// is wrong with the files is in the project's Warnings.
func Load(o Options) *Project {
	if o.Shown == nil {
		o.Shown = func(path string) string {
			if rel, err := filepath.Rel(o.Dir, path); err == nil && !strings.HasPrefix(rel, filepath.Join("..", "..")) {
				return filepath.ToSlash(rel)
			}
			return path
		}
	}
	p := &Project{shown: o.Shown, secrets: make(map[string]secret), env: newEnvironment(o.Environ)}
	files := o.Files
	if len(files) == 0 {
		files = p.composeFile(o.Dir)
	}
	if len(files) == 0 {
		files = findFiles(o.Dir, o.Root)
	}
	if len(files) == 0 {
		return nil
	}
	p.Dir = filepath.Dir(files[0])
	if dir := p.env.get("COMPOSE_PROJECT_DIRECTORY"); dir != "" {
		p.Dir = absolute(o.Dir, dir)
	}
	p.readEnvFiles(o.Dir)
	if len(o.Files) == 0 {
		// COMPOSE_FILE may stand in the .env file that was only now read.
		if named := p.composeFile(p.Dir); len(named) > 0 {
			files = named
		}
	}
	r := &reader{project: p, seen: make(map[string]bool)}
	for _, file := range files {
		p.Files = append(p.Files, file)
		r.file(file, p.Dir)
	}
	for _, s := range p.Services {
		for _, v := range slices.Concat(s.fileEnv, s.ownEnv) {
			s.Environment = envfile.Set(s.Environment, v)
		}
	}
	p.name(o.Project, r.name)
	return p
}

// composeFile returns the files named by COMPOSE_FILE.
func (p *Project) composeFile(dir string) []string {
	list := p.env.get("COMPOSE_FILE")
	if list == "" {
		return nil
	}
	sep := p.env.get("COMPOSE_PATH_SEPARATOR")
	if sep == "" {
		sep = string(os.PathListSeparator)
	}
	var out []string
	for file := range strings.SplitSeq(list, sep) {
		if file != "" && file != "-" {
			out = append(out, absolute(dir, file))
		}
	}
	return out
}

// findFiles looks for the usual names from dir up to root, and for an override
// beside the first that it finds.
func findFiles(dir, root string) []string {
	for at := dir; ; at = filepath.Dir(at) {
		if main := firstOf(at, defaultFiles()); main != "" {
			files := []string{main}
			if over := firstOf(at, overrideFiles()); over != "" {
				files = append(files, over)
			}
			return files
		}
		if root == "" || at == root || at == filepath.Dir(at) {
			return nil
		}
	}
}

func firstOf(dir string, names []string) string {
	for _, name := range names {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// readEnvFiles reads COMPOSE_ENV_FILES, else the project's .env; the process
// environment stays stronger.
func (p *Project) readEnvFiles(dir string) {
	files := []string{filepath.Join(p.Dir, ".env")}
	if list := p.env.get("COMPOSE_ENV_FILES"); list != "" {
		files = nil
		for file := range strings.SplitSeq(list, ",") {
			files = append(files, absolute(dir, file))
		}
	}
	for _, file := range files {
		data, err := plainfile.Read(file, maxFile)
		if errors.Is(err, fs.ErrNotExist) && p.env.get("COMPOSE_ENV_FILES") == "" {
			continue
		}
		if err != nil {
			p.warn("%s cannot be read: %v", p.shown(file), plainfile.Cause(err))
			continue
		}
		vars, err := envfile.Parse(p.shown(file), string(data), p.env.lookup)
		if err != nil {
			p.warn("%s: %v", p.shown(file), err)
		}
		p.env.addFile(vars)
	}
}

// name decides the project's name as compose does.
func (p *Project) name(configured, inFile string) {
	for _, name := range []string{configured, p.env.get("COMPOSE_PROJECT_NAME"), inFile} {
		if name != "" {
			p.Name = name
			return
		}
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(filepath.Base(p.Dir)))
	p.Name = strings.TrimLeft(name, "_-")
}

// warn keeps a warning, once.
func (p *Project) warn(format string, args ...any) {
	p.Warnings = appendOnce(p.Warnings, fmt.Sprintf(format, args...))
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// environment is what ${NAME} in the files sees: the process, then env files.
type environment struct {
	process map[string]string
	file    map[string]string
	origin  map[string]string
}

func newEnvironment(environ []string) *environment {
	e := &environment{process: make(map[string]string, len(environ)), file: make(map[string]string), origin: make(map[string]string)}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			e.process[name] = value
		}
	}
	return e
}

func (e *environment) addFile(vars []envfile.Var) {
	for _, v := range vars {
		e.file[v.Name], e.origin[v.Name] = v.Value, v.Origin
	}
}

func (e *environment) lookup(name string) (string, bool) {
	if v, ok := e.process[name]; ok {
		return v, true
	}
	v, ok := e.file[name]
	return v, ok
}

func (e *environment) get(name string) string {
	v, _ := e.lookup(name)
	return v
}

// where says where a variable's value comes from.
func (e *environment) where(name string) string {
	if _, ok := e.process[name]; ok {
		return "env " + name
	}
	return e.origin[name]
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
