package engine

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// Ping asks whether the engine answers, and for its API version ("1.41").
func (e *Engine) Ping(ctx context.Context) (api string, err error) {
	out, _, err := e.run(ctx, e.Docker, "version", "--format", "{{.Server.APIVersion}}")
	return strings.TrimSpace(string(out)), err
}

// Containers returns every container of the daemon, running or not, in two questions. Containers that
// this package made are left out.
func (e *Engine) Containers(ctx context.Context) ([]inventory.Container, error) {
	out, _, err := e.run(ctx, e.Docker, "ps", "--all", "--quiet", "--no-trunc")
	if err != nil {
		return nil, err
	}
	ids := plainWords(out)
	if len(ids) == 0 {
		return nil, nil
	}
	out, stderr, err := e.run(ctx, e.Docker, append([]string{"inspect", "--type", "container"}, ids...)...)
	if err != nil && !refused(err, stderr, "no such") { // one that went away in between is gone
		return nil, err
	}
	all, err := inventory.ReadContainers(out)
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for _, c := range all {
		if c.Labels[probeLabel] == "" {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// Images returns the local images that the references name now. What is not there is left out.
func (e *Engine) Images(ctx context.Context, refs []string) (map[string]inventory.Image, error) {
	found := map[string]inventory.Image{}
	refs = operands(refs)
	if len(refs) == 0 {
		return found, nil
	}
	out, stderr, err := e.run(ctx, e.Docker, append([]string{"image", "inspect"}, refs...)...)
	if err == nil {
		images, err := inventory.ReadImages(out)
		if err != nil || len(images) != len(refs) {
			return nil, err
		}
		for i, ref := range refs {
			found[ref] = images[i]
		}
		return found, nil
	}
	if !refused(err, stderr, "no such image", "image not known", "no such object") {
		return nil, err
	}
	if len(refs) == 1 {
		return found, nil
	}
	for _, ref := range refs { // which of them are missing only single questions tell
		one, err := e.Images(ctx, []string{ref})
		if err != nil {
			return nil, err
		}
		maps.Copy(found, one)
	}
	return found, nil
}

// Services returns the swarm services of these names, by name. What is not there is left out.
func (e *Engine) Services(ctx context.Context, names []string) (map[string]inventory.SwarmService, error) {
	found := map[string]inventory.SwarmService{}
	for _, name := range operands(names) { // one that is missing spoils the answer about the others
		out, stderr, err := e.run(ctx, e.Docker, "service", "inspect", name)
		switch {
		case err != nil && refused(err, stderr, "no such service", "not found", "not a swarm manager"):
			continue
		case err != nil:
			return nil, err
		}
		services, err := inventory.ReadServices(out)
		if err != nil {
			return nil, err
		}
		for _, s := range services {
			found[s.Name] = s
		}
	}
	return found, nil
}

// AnyImage returns the id of some image that is here.
func (e *Engine) AnyImage(ctx context.Context) (string, error) {
	out, _, err := e.run(ctx, e.Docker, "image", "ls", "--quiet", "--no-trunc")
	if err != nil {
		return "", err
	}
	if ids := plainWords(out); len(ids) > 0 {
		return ids[0], nil
	}
	return "", errors.New("the engine has no image")
}

// Volumes returns every volume of the daemon.
func (e *Engine) Volumes(ctx context.Context) ([]inventory.Volume, error) {
	out, _, err := e.run(ctx, e.Docker, "volume", "ls", "--quiet")
	if err != nil {
		return nil, err
	}
	names := plainWords(out)
	if len(names) == 0 {
		return nil, nil
	}
	out, stderr, err := e.run(ctx, e.Docker, append([]string{"volume", "inspect"}, names...)...)
	if err != nil && !refused(err, stderr, "no such volume") {
		return nil, err
	}
	return inventory.ReadVolumes(out)
}

// Address returns where the daemon listens, such as unix:///var/run/docker.sock or ssh://user@host, as
// docker itself resolves flags, variables and contexts.
func (e *Engine) Address(ctx context.Context) (string, error) {
	out, _, err := e.run(ctx, e.Docker, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
	return strings.TrimSpace(string(out)), err
}

// plainWords splits a list of names or ids, and leaves out what docker would take for a flag.
func plainWords(out []byte) []string { return operands(strings.Fields(string(out))) }

func operands(list []string) []string {
	var out []string
	for _, w := range list {
		if w != "" && !strings.HasPrefix(w, "-") {
			out = append(out, w)
		}
	}
	return out
}
