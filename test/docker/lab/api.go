//go:build docker

package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// get asks the engine; path begins with a slash and has no version.
func (e *Engine) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://docker/v1.40"+path, nil)
	if err != nil {
		return err
	}
	res, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 400))
		return fmt.Errorf("asking the engine for %s: %s: %s", path, res.Status, text)
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// Container is one container as the engine lists it.
type Container struct {
	ID, Image, ImageID, State string
	Names                     []string
	Labels                    map[string]string
}

// Name is its name without the leading slash.
func (c Container) Name() string {
	if len(c.Names) == 0 {
		return ""
	}
	return strings.TrimPrefix(c.Names[0], "/")
}

// Containers lists all containers, running or not.
func (e *Engine) Containers(ctx context.Context) ([]Container, error) {
	var all []Container
	return all, e.get(ctx, "/containers/json?all=1", &all)
}

// Volumes lists the names of all volumes.
func (e *Engine) Volumes(ctx context.Context) ([]string, error) {
	var all struct{ Volumes []struct{ Name string } }
	if err := e.get(ctx, "/volumes", &all); err != nil {
		return nil, err
	}
	var names []string
	for _, v := range all.Volumes {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	return names, nil
}

// event is what the engine tells of a container; its names are those of the API.
type event struct {
	Action   string
	TimeNano int64 `json:"timeNano"`
	Actor    struct {
		ID         string
		Attributes map[string]string
	}
}

// events returns what happened to containers from one moment to another.
func (e *Engine) events(ctx context.Context, from, until time.Time) ([]event, error) {
	query := url.Values{
		"since":   {stamp(from)},
		"until":   {stamp(until)},
		"filters": {`{"type":["container"],"event":["start"]}`},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://docker/v1.40/events?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var all []event
	for dec := json.NewDecoder(res.Body); ; {
		var ev event
		if err := dec.Decode(&ev); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, ev)
	}
}

func stamp(t time.Time) string { return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()) }

// mounted is what of a container says which volumes are its own.
type mounted struct {
	ID     string
	Names  []string
	Labels map[string]string
	Mounts []struct{ Type, Name string }
}

func (e *Engine) mounts(ctx context.Context) ([]mounted, error) {
	var all []mounted
	return all, e.get(ctx, "/containers/json?all=1", &all)
}

// of tells whether a container is of a project, as Boots does.
func of(project string, labels map[string]string, name string) bool {
	return labels["com.docker.compose.project"] == project || strings.HasPrefix(strings.TrimPrefix(name, "/"), project) ||
		strings.HasPrefix(labels["com.docker.swarm.service.name"], project)
}

// AnonymousVolumes lists the volumes without a name that the containers of a project use.
func (e *Engine) AnonymousVolumes(ctx context.Context, project string) ([]string, error) {
	all, err := e.mounts(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range all {
		if len(c.Names) == 0 || !of(project, c.Labels, c.Names[0]) {
			continue
		}
		for _, m := range c.Mounts {
			if m.Type == "volume" && len(m.Name) == 64 {
				names = append(names, m.Name)
			}
		}
	}
	return names, nil
}

// remove asks the engine to delete something; that it is gone already is no error.
func (e *Engine) remove(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, "http://docker/v1.40"+path, nil)
	if err != nil {
		return err
	}
	res, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusConflict {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 400))
		return fmt.Errorf("removing %s: %s: %s", path, res.Status, text)
	}
	return nil
}

// Remove takes away the services of a swarm, containers, networks and volumes of a project, and the images named after it.
func (e *Engine) Remove(ctx context.Context, project string) error {
	var errs []error
	var services []struct {
		ID   string
		Spec struct{ Name string }
	}
	if err := e.get(ctx, "/services", &services); err == nil { // an engine that is no swarm refuses
		for _, s := range services {
			if strings.HasPrefix(s.Spec.Name, project) {
				errs = append(errs, e.remove(ctx, "/services/"+s.ID))
			}
		}
	}
	all, err := e.mounts(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if len(c.Names) > 0 && of(project, c.Labels, c.Names[0]) {
			errs = append(errs, e.remove(ctx, "/containers/"+c.ID+"?force=1&v=1"))
		}
	}
	var networks []struct{ ID, Name string }
	if err := e.get(ctx, "/networks", &networks); err != nil {
		return err
	}
	for _, n := range networks {
		if strings.HasPrefix(n.Name, project) {
			errs = append(errs, e.remove(ctx, "/networks/"+n.ID))
		}
	}
	volumes, err := e.Volumes(ctx)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		if strings.HasPrefix(v, project) {
			errs = append(errs, e.remove(ctx, "/volumes/"+v+"?force=1"))
		}
	}
	return errors.Join(append(errs, e.remove(ctx, "/images/"+url.PathEscape(project)+"/directus:1?force=1"))...)
}

// Cleanup is the context of what a test does after its end.
func Cleanup(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
