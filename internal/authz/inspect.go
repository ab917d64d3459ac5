package authz

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ErrNotFound says that the engine has no such container, image or volume.
var ErrNotFound = errors.New("not found")

// Inspector tells what the engine knows. Errors wrap ErrNotFound where it has no such thing.
type Inspector interface {
	Container(ctx context.Context, name string) (Container, error)
	Image(ctx context.Context, name string) (Container, error)       // what its containers begin with
	Containers(ctx context.Context, label string) ([]string, error)  // IDs of all, or of those with a label name=value
	Volume(ctx context.Context, name string) (Volume, error)         // with its users, without their environment
	UnusedVolumes(ctx context.Context, named bool) ([]Volume, error) // that a prune deletes
}

// engine asks a docker engine on this machine. The plugin stands before one engine, whose socket is known:
// no context or variable of a user has a say in which.
type engine struct{ client *http.Client }

// Engine returns an Inspector of the docker engine that listens on a unix socket, /var/run/docker.sock.
func Engine(socket string) Inspector {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return engine{&http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConns: 4}}}
}

// get asks for what is at a path. Paths are not escaped beyond what a URL needs: the engine's names of
// images have slashes.
func (e engine) get(ctx context.Context, path string, query url.Values, into any) error {
	u := url.URL{Scheme: "http", Host: "docker", Path: path, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("asking the engine: %w", err)
	}
	res, err := e.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking the engine: %w", err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotFound:
		return fmt.Errorf("asking the engine for %s: %w", path, ErrNotFound)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("asking the engine for %s: %s", path, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("asking the engine for %s: %w", path, err)
	}
	return nil
}

// config is the configuration of a container or image.
type config struct {
	Image           string
	Labels          map[string]string
	Env             []string
	Entrypoint, Cmd words
}

type mounted struct{ Type, Name, Source, Destination string }

func mounts(all []mounted) []Mount {
	var ms []Mount
	for _, m := range all {
		source := m.Source
		if m.Type == "volume" {
			source = m.Name
		}
		ms = append(ms, Mount{source, m.Destination})
	}
	return ms
}

// Container implements Inspector.
func (e engine) Container(ctx context.Context, name string) (Container, error) {
	var c struct {
		ID, Name string
		Config   config
		Mounts   []mounted
	}
	if err := e.get(ctx, "/containers/"+name+"/json", nil, &c); err != nil {
		return Container{}, err
	}
	return Container{
		ID: c.ID, Name: strings.TrimPrefix(c.Name, "/"), Image: c.Config.Image, Labels: c.Config.Labels, Env: c.Config.Env,
		Entrypoint: c.Config.Entrypoint, Cmd: c.Config.Cmd, Mounts: mounts(c.Mounts),
	}, nil
}

// Image implements Inspector.
func (e engine) Image(ctx context.Context, name string) (Container, error) {
	var i struct {
		RepoTags []string
		Config   config
	}
	if err := e.get(ctx, "/images/"+name+"/json", nil, &i); err != nil {
		return Container{}, err
	}
	return Container{
		Image: name, ImageNames: i.RepoTags, Labels: i.Config.Labels, Env: i.Config.Env,
		Entrypoint: i.Config.Entrypoint, Cmd: i.Config.Cmd,
	}, nil
}

// listed is a container in a list, which leaves out the environment.
type listed struct {
	ID     string
	Names  []string
	Image  string
	Labels map[string]string
	Mounts []mounted
}

func (e engine) list(ctx context.Context, filter, value string) ([]listed, error) {
	query := url.Values{"all": {"1"}}
	if value != "" {
		query.Set("filters", filters(filter, value))
	}
	var all []listed
	err := e.get(ctx, "/containers/json", query, &all)
	return all, err
}

func filters(name, value string) string {
	data, err := json.Marshal(map[string][]string{name: {value}})
	if err != nil { // texts always encode
		return ""
	}
	return string(data)
}

// Containers implements Inspector.
func (e engine) Containers(ctx context.Context, label string) ([]string, error) {
	all, err := e.list(ctx, "label", label)
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids, err
}

// inspected is a volume as the engine describes it.
type inspected struct {
	Name, Mountpoint string
	Labels           map[string]string
}

// Volume implements Inspector.
func (e engine) Volume(ctx context.Context, name string) (Volume, error) {
	var v inspected
	if err := e.get(ctx, "/volumes/"+name, nil, &v); err != nil {
		return Volume{}, err
	}
	users, err := e.list(ctx, "volume", v.Name)
	if err != nil {
		return Volume{}, err
	}
	out := Volume{Name: v.Name, Labels: v.Labels, Folder: v.Mountpoint}
	for _, c := range users {
		out.Users = append(out.Users, Container{ID: c.ID, Name: strings.TrimPrefix(slices.Concat(c.Names, []string{""})[0], "/"), Image: c.Image, Labels: c.Labels, Mounts: mounts(c.Mounts)})
	}
	return out, nil
}

// anonymousLabel is what the engine gives a volume that nobody named, since 23.
const anonymousLabel = "com.docker.volume.anonymous"

// UnusedVolumes implements Inspector.
func (e engine) UnusedVolumes(ctx context.Context, named bool) ([]Volume, error) {
	var all struct{ Volumes []inspected }
	if err := e.get(ctx, "/volumes", url.Values{"filters": {filters("dangling", "true")}}, &all); err != nil {
		return nil, err
	}
	var out []Volume
	for _, v := range all.Volumes {
		if _, anonymous := v.Labels[anonymousLabel]; named || anonymous {
			out = append(out, Volume{Name: v.Name, Labels: v.Labels, Folder: v.Mountpoint})
		}
	}
	return out, nil
}
