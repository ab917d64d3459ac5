package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds the settings file: a real one has a few dozen lines.
const maxFile = 256 << 10

// A Flag is one setting from the command line.
type Flag struct {
	Name  string // with its dashes, as messages show it: "--dsn"
	Value string // a list is separated by commas
}

// Options says where Load looks.
type Options struct {
	Dir     string          // where to start; "" is the working directory
	File    string          // read this file instead of looking for one; relative to Dir
	Environ []string        // NAME=value, as os.Environ returns it
	Flags   map[string]Flag // by key, for example "snapshot.path"; only those that were given
}

// Load reads the settings. Its errors are of type *Error, joined when there are
// several, except for a file that exists and cannot be read.
func Load(o Options) (*Config, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the folder %s: %w", o.Dir, err)
	}
	c := &Config{}
	if err := c.locate(dir, o.File); err != nil {
		return nil, err
	}
	table := keys()
	for _, k := range table {
		k.setDefault(c)
	}
	var problems []error
	if c.File != "" {
		data, err := readFile(c.File)
		if err != nil {
			return nil, fmt.Errorf("reading settings: %w", err)
		}
		problems = append(problems, c.decode(data, table)...)
	}
	problems = append(problems, c.applyEnv(o.Environ, table)...)
	problems = append(problems, c.applyFlags(o.Flags, table)...)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	c.lint()
	return c, nil
}

// locate fills File and Root.
func (c *Config) locate(dir, explicit string) error {
	if explicit != "" {
		if !filepath.IsAbs(explicit) {
			explicit = filepath.Join(dir, explicit)
		}
		if info, err := os.Stat(explicit); err != nil {
			return &Error{File: explicit, Msg: "the settings file named by --config does not exist"}
		} else if info.IsDir() {
			return &Error{File: explicit, Msg: "the settings file named by --config is a folder"}
		}
		c.File, c.Root, c.fileInText = explicit, filepath.Dir(explicit), relative(dir, explicit)
		return nil
	}
	c.Root = dir
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, FileName)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			c.File, c.Root, c.fileInText = file, at, relative(dir, file)
			return nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("looking for settings: %w", err)
		}
		for _, near := range []string{"schemaguard.yaml", "schemaguard.yml", ".schemaguard.yml", ".schemaguard.json"} {
			if _, err := os.Stat(filepath.Join(at, near)); err == nil {
				c.Warnings = append(c.Warnings, fmt.Sprintf("%s is not read: the settings file is called %s", relative(dir, filepath.Join(at, near)), FileName))
			}
		}
		// .git is a folder, or a file in a linked worktree and a submodule.
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			c.Root = at
			return nil
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// relative shortens file for messages: below dir or near it, else absolute.
func relative(dir, file string) string {
	rel, err := filepath.Rel(dir, file)
	if err != nil || strings.HasPrefix(rel, filepath.Join("..", "..", "..")) {
		return file
	}
	return filepath.ToSlash(rel)
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxFile)
	}
	return data, err
}

func (c *Config) applyEnv(environ []string, table []key) []error {
	// The last entry of a name wins, as in the C library's reading by most shells.
	env := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, EnvPrefix) {
			env[name] = value
		}
	}
	var problems []error
	for _, k := range table {
		value := env[k.env()]
		if value == "" { // set to nothing is how a shell unsets for one command
			continue
		}
		o := Origin{Kind: FromEnv, Name: k.env()}
		if err := k.set(c, words(k, value), o); err != nil {
			problems = append(problems, &Error{Source: o.String(), Key: k.name, Msg: err.Error()})
		}
	}
	return problems
}

func (c *Config) applyFlags(flags map[string]Flag, table []key) []error {
	var problems []error
	for _, k := range table {
		f, ok := flags[k.name]
		if !ok {
			continue
		}
		o := Origin{Kind: FromFlag, Name: f.Name}
		if err := k.set(c, words(k, f.Value), o); err != nil {
			problems = append(problems, &Error{Source: o.String(), Key: k.name, Msg: err.Error()})
		}
	}
	return problems
}

// words splits the value of a list at its commas.
func words(k key, value string) []string {
	if k.kind != list {
		return []string{value}
	}
	var out []string
	for w := range strings.SplitSeq(value, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// lint adds warnings about settings that contradict each other.
func (c *Config) lint() {
	d := c.Database
	if d.URL.IsSet() && d.URL.Origin.Kind == FromFile && holdsPassword(d.URL.V) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s holds a password in a file that is usually committed: set database.url_env to the name of a variable instead", d.URL.Origin))
	}
	if d.URL.IsSet() && d.URLEnv.IsSet() && d.URL.Origin.Kind == FromFile {
		c.Warnings = append(c.Warnings, fmt.Sprintf("database.url (%s) and database.url_env (%s) are both set: database.url wins", d.URL.Origin, d.URLEnv.Origin))
	}
}

func holdsPassword(dsn string) bool {
	if strings.Contains(dsn, "password=") {
		return true
	}
	_, rest, ok := strings.Cut(dsn, "://")
	if !ok {
		return false
	}
	user, _, ok := strings.Cut(rest, "@")
	return ok && strings.Contains(user, ":")
}
