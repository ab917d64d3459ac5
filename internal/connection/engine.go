package connection

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// localMachine is where ports are published by an engine of this machine.
const localMachine = "127.0.0.1"

// engineMachine returns the host that the docker command's engine runs on, by
// docker's own rules: DOCKER_HOST, else the context of DOCKER_CONTEXT, else the
// current context of docker's config.json. It asks no docker and no network. When
// a context cannot be read, the answer is this machine and an error.
func engineMachine(getenv func(string) string) (string, error) {
	if host := getenv("DOCKER_HOST"); host != "" {
		return machineOf(host), nil
	}
	dir := getenv("DOCKER_CONFIG")
	if dir == "" {
		home := getenv("HOME")
		if home == "" {
			home = getenv("USERPROFILE")
		}
		if home == "" {
			return localMachine, nil
		}
		dir = filepath.Join(home, ".docker")
	}
	name := getenv("DOCKER_CONTEXT")
	if name == "" {
		var file struct{ CurrentContext string }
		if err := readJSON(filepath.Join(dir, "config.json"), &file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return localMachine, fmt.Errorf("docker's config.json cannot be read: %w", err)
		}
		name = file.CurrentContext
	}
	if name == "" || name == "default" {
		return localMachine, nil
	}
	// docker keeps a context under the hash of its name.
	hash := sha256.Sum256([]byte(name))
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	if err := readJSON(filepath.Join(dir, "contexts", "meta", hex.EncodeToString(hash[:]), "meta.json"), &meta); err != nil {
		return localMachine, fmt.Errorf("the docker context %q cannot be read: %w", name, err)
	}
	return machineOf(meta.Endpoints["docker"].Host), nil
}

// machineOf takes the host out of an engine's address; a socket or pipe is here.
func machineOf(engine string) string {
	u, err := url.Parse(engine)
	if err != nil {
		return localMachine
	}
	switch u.Scheme {
	case "tcp", "ssh", "http", "https":
		if host := u.Hostname(); host != "" && host != "localhost" {
			return host
		}
	}
	return localMachine
}

func readJSON(name string, to any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			return pe.Err
		}
		return err
	}
	if json.Unmarshal(data, to) != nil {
		return errors.New("it is not valid JSON")
	}
	return nil
}
