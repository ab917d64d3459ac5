// Package directusenv reads the environment of a Directus as Directus itself
// reads it, as far as its database is concerned.
//
// The rules are those of @directus/env 6.3.0 (Directus 12.4.1) and of the api's
// getDatabase; 10.13.4 differs only in having no type prefix in front of a
// _FILE path. They are not what a reader of .env files expects:
//
//   - the file (CONFIG_PATH, else .env) wins over the process environment;
//   - NAME_FILE holds the path of a file with the value, whose last line break
//     belongs to the value;
//   - a value may begin with its type (string: number: boolean: array: json:
//     regex:), and without one the type is guessed: "a,b" is a list.
//
// It refuses to connect, to look for files elsewhere, and to run a CONFIG_PATH
// that is JavaScript.
package directusenv

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/plainfile"
)

// maxFile bounds an environment file and a _FILE secret.
const maxFile = 1 << 20

// A Var is one variable of an environment and where it was set.
type Var struct {
	Name   string
	Value  string
	Origin string // "env DB_HOST", ".env:3", "compose.yaml:12"
}

// ProcessVars returns the entries of os.Environ as variables.
func ProcessVars(environ []string) []Var {
	vars := make([]Var, 0, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			vars = append(vars, Var{Name: name, Value: value, Origin: "env " + name})
		}
	}
	return vars
}

// Options says which environment is meant.
type Options struct {
	// Vars is the process environment of Directus, in order: when NAME and
	// NAME_FILE are both set, the later one wins.
	Vars []Var
	// Dir is the folder Directus runs in.
	Dir string
	// EnvFile is the file to read instead of CONFIG_PATH or Dir/.env; it must
	// exist. "" for Directus's own rule.
	EnvFile string
	// NoFile leaves the file out: for a container whose folders are not here.
	NoFile bool
	// ReadFile reads a file of the machine Directus runs on; nil is os.ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Shown shortens a file's path for origins; nil keeps the path.
	Shown func(path string) string
}

// An Env is what Directus sees, limited to the DB_ variables and the few others
// that decide how its database is reached.
type Env struct {
	// File is the environment file that was read, "" when there was none.
	File     string
	Warnings []string
	entries  map[string]entry
	order    []string // the names in the order in which Directus goes through them
	options  Options
}

// An entry is one variable after _FILE and type were applied.
type entry struct {
	raw    string
	value  any
	origin string
}

// Read reads the environment. It fails when a file that Directus would need
// cannot be read, as Directus would; the error never holds a value.
func Read(o Options) (*Env, error) {
	if o.ReadFile == nil {
		o.ReadFile = func(name string) ([]byte, error) { return plainfile.Read(name, maxFile) }
	}
	if o.Shown == nil {
		o.Shown = func(path string) string { return path }
	}
	e := &Env{entries: make(map[string]entry), options: o}
	vars := slices.Clone(o.Vars)
	if !o.NoFile {
		fileVars, err := e.readConfigFile(vars)
		if err != nil {
			return nil, err
		}
		vars = e.merge(vars, fileVars)
	}
	for _, v := range vars {
		if !concerns(v.Name) {
			continue
		}
		if err := e.add(v); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// concerns limits the reading to what decides about the database: a broken
// EMAIL_PASSWORD_FILE is no reason not to check a schema.
func concerns(name string) bool {
	return strings.HasPrefix(name, "DB_") || name == "PGSSLMODE" || name == "NODE_TLS_REJECT_UNAUTHORIZED"
}

// readConfigFile reads the file of CONFIG_PATH, else .env; none is no error.
func (e *Env) readConfigFile(vars []Var) ([]Var, error) {
	path, from := e.options.EnvFile, "directus.env_file"
	mustExist := path != ""
	if path == "" {
		path, from = ".env", ""
		for _, v := range vars {
			// process.env["CONFIG_PATH"] || default: set to nothing is not set.
			if v.Name == "CONFIG_PATH" && v.Value != "" {
				path, from = v.Value, v.Origin
			}
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.options.Dir, path)
	}
	shown := e.options.Shown(path)
	data, err := e.options.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !mustExist {
		if from != "" {
			e.Warnings = append(e.Warnings, fmt.Sprintf("CONFIG_PATH (%s) names %s, which does not exist: Directus reads no file then", from, shown))
		}
		return nil, nil
	}
	if err != nil {
		return nil, &FileError{Path: shown, From: from, Err: err}
	}
	fileVars, err := parseFile(path, shown, data)
	if err != nil {
		return nil, &FileError{Path: shown, From: from, Err: err}
	}
	e.File = path
	return fileVars, nil
}

// merge lays the file over the process environment, as a JavaScript spread does:
// a name that both have keeps its place and takes the file's value.
func (e *Env) merge(vars, fileVars []Var) []Var {
	at := make(map[string]int, len(vars))
	out := make([]Var, 0, len(vars)+len(fileVars))
	process := 0
	for i, v := range slices.Concat(vars, fileVars) {
		if i < len(vars) {
			process++
		}
		j, ok := at[v.Name]
		if !ok {
			at[v.Name] = len(out)
			out = append(out, v)
			continue
		}
		if i >= len(vars) && j < process && out[j].Value != v.Value && strings.HasPrefix(v.Name, "DB_") {
			e.Warnings = append(e.Warnings, fmt.Sprintf("%s is set by %s and by %s: Directus takes the file", v.Name, out[j].Origin, v.Origin))
		}
		out[j] = v
	}
	return out
}

// add applies _FILE and the type, and stores the variable.
func (e *Env) add(v Var) error {
	name, value := v.Name, v.Value
	if len(name) > len("_FILE") && strings.HasSuffix(name, "_FILE") {
		flag := castFlag(value)
		path := strings.TrimPrefix(value, flag+":")
		if !filepath.IsAbs(path) {
			path = filepath.Join(e.options.Dir, path)
		}
		data, err := e.options.ReadFile(path)
		if err != nil {
			return &FileError{Path: e.options.Shown(path), From: name + ", " + v.Origin, Err: err}
		}
		name = strings.TrimSuffix(name, "_FILE")
		value = string(data)
		if name == "DB_PASSWORD" && strings.HasSuffix(value, "\n") {
			e.Warnings = append(e.Warnings, fmt.Sprintf("the file of %s ends with a line break, and Directus makes it part of the password: write it with printf instead of echo", v.Origin))
		}
		if flag != "" {
			value = flag + ":" + value
		}
		v.Origin += " (" + e.options.Shown(path) + ")"
	}
	if _, ok := e.entries[name]; ok {
		e.order = slices.DeleteFunc(e.order, func(n string) bool { return n == name })
	}
	e.order = append(e.order, name)
	e.entries[name] = entry{raw: value, value: cast(value, name), origin: v.Origin}
	return nil
}

// A FileError is an environment file or a _FILE secret that cannot be read.
type FileError struct {
	Path string // as messages show it
	From string // what named the file, "" for the default
	Err  error
}

// Error names the file and what named it.
func (e *FileError) Error() string {
	if e.From == "" {
		return fmt.Sprintf("reading Directus's environment file %s: %v", e.Path, plainfile.Cause(e.Err))
	}
	return fmt.Sprintf("reading %s, named by %s: %v", e.Path, e.From, plainfile.Cause(e.Err))
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }
