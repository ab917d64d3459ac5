package shimfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/dockershim/cliconfig"
)

// PluginFolder is the folder that is to come first in cliPluginsExtraDirs.
func (s Site) PluginFolder() string { return s.folder("cli-plugins") }

// madeFile remembers that docker had no configuration file before.
const madeFile = "made-config-json"

func (s Site) configFile() string { return filepath.Join(s.configDir(), cliconfig.FileName) }

func (s Site) configDir() string {
	return cliconfig.Dir(func(name string) string {
		if name == "HOME" {
			return s.Home
		}
		return s.Env(name)
	})
}

// behindPlugin is docker's own compose plugin.
func (s Site) behindPlugin() (string, error) {
	return dockershim.NextPlugin(nil, s.Program, func(name string) string {
		if name == "DOCKER_CONFIG" {
			return s.configDir()
		}
		return s.Env(name)
	})
}

func (s Site) installPlugin() (Outcome, error) {
	var out Outcome
	if _, err := s.behindPlugin(); err != nil {
		return out, fmt.Errorf("%w; install it first: https://docs.docker.com/compose/install/linux/", err)
	}
	path := s.file(s.PluginFolder(), "docker-compose")
	wrote, err := s.put(path, dockershim.PluginRole)
	if err != nil {
		return out, err
	}
	if wrote {
		out.Done = append(out.Done, "wrote "+path)
	}
	edited, err := s.editConfig(cliconfig.Add)
	if err != nil {
		return out, err
	}
	if edited {
		out.Done = append(out.Done, "added "+s.PluginFolder()+" to cliPluginsExtraDirs in "+s.configFile())
	}
	return out, nil
}

func (s Site) uninstallPlugin() (Outcome, error) {
	var out Outcome
	data, err := s.readConfig()
	if err != nil {
		return out, err
	}
	edited := false
	if data != nil { // first, so that docker never looks for what is gone
		if edited, err = s.editConfig(cliconfig.Remove); err != nil {
			return out, err
		}
	}
	if edited {
		out.Done = append(out.Done, "removed "+s.PluginFolder()+" from cliPluginsExtraDirs in "+s.configFile())
	}
	path := s.file(s.PluginFolder(), "docker-compose")
	removed, err := s.take(path)
	if err != nil {
		return out, err
	}
	if removed {
		out.Done = append(out.Done, "removed "+path)
	}
	if err := s.forgetConfig(); err != nil {
		return out, err
	}
	tidy(s.PluginFolder())
	return out, nil
}

// readConfig returns docker's configuration; nil where there is none.
func (s Site) readConfig() ([]byte, error) {
	data, err := os.ReadFile(s.configFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading docker's configuration: %w", err)
	}
	return data, nil
}

// editConfig changes docker's configuration file, and reports whether that changed anything.
func (s Site) editConfig(edit func(data []byte, dir string) ([]byte, error)) (bool, error) {
	data, err := s.readConfig()
	if err != nil {
		return false, err
	}
	after, err := edit(data, s.PluginFolder())
	if err != nil {
		return false, fmt.Errorf("%w: correct %s, or move it away: mv %[2]s %[2]s.old", err, s.configFile())
	}
	if data == nil {
		if err := s.noteNewConfig(); err != nil {
			return false, err
		}
	}
	// Logging in leaves passwords in this file: a new one is for its owner alone.
	changed, err := atomicfile.Write(s.configFile(), after, 0o600)
	if err != nil {
		return false, fmt.Errorf("writing docker's configuration: %w", err)
	}
	return changed, nil
}

// noteNewConfig makes the folder of docker's configuration, and remembers that the file was not there.
func (s Site) noteNewConfig() error {
	if err := os.MkdirAll(s.configDir(), 0o700); err != nil {
		return fmt.Errorf("making the folder of docker's configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.PluginFolder(), madeFile), []byte(s.configFile()), 0o600); err != nil {
		return fmt.Errorf("remembering that docker had no configuration: %w", err)
	}
	return nil
}

// forgetConfig removes docker's configuration file where there was none and nothing else is in it.
func (s Site) forgetConfig() error {
	note := filepath.Join(s.PluginFolder(), madeFile)
	path, err := os.ReadFile(note)
	if err != nil {
		return nil //nolint:nilerr // no note: the file was there before
	}
	if data, err := s.readConfig(); err == nil && string(path) == s.configFile() && cliconfig.IsEmpty(data) {
		if err := os.Remove(s.configFile()); err != nil {
			return fmt.Errorf("removing docker's empty configuration: %w", err)
		}
	}
	if err := os.Remove(note); err != nil {
		return fmt.Errorf("removing a note: %w", err)
	}
	return nil
}
