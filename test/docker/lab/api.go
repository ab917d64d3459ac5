//go:build docker

package lab

import (
	"context"
	"encoding/json"
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

// Pid returns the process that is the first of a running container, on this machine.
func (e *Engine) Pid(ctx context.Context, container string) (int, error) {
	var c struct{ State struct{ Pid int } }
	if err := e.get(ctx, "/containers/"+url.PathEscape(container)+"/json", &c); err != nil {
		return 0, err
	}
	if c.State.Pid == 0 {
		return 0, fmt.Errorf("container %s does not run", container)
	}
	return c.State.Pid, nil
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

// Images lists the IDs of all images.
func (e *Engine) Images(ctx context.Context) ([]string, error) {
	var all []struct{ ID string }
	if err := e.get(ctx, "/images/json?all=1", &all); err != nil {
		return nil, err
	}
	var ids []string
	for _, i := range all {
		ids = append(ids, i.ID)
	}
	slices.Sort(ids)
	return ids, nil
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
