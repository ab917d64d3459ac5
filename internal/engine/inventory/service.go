package inventory

import (
	"encoding/json"
	"fmt"
)

// SwarmService is what a swarm makes the tasks of a service of.
type SwarmService struct {
	Name   string
	Image  string // as it was named; the orchestrator may have added a digest
	Env    []string
	Entry  []string // what stands in for the image's entrypoint
	Words  []string // what stands in for its command
	Labels map[string]string
	Mounts []Mount
}

// ReadServices reads what `docker service inspect` prints.
func ReadServices(data []byte) ([]SwarmService, error) {
	var raw []struct {
		Spec struct {
			Name         string
			TaskTemplate struct {
				ContainerSpec struct {
					Image   string
					Env     []string
					Command []string
					Args    []string
					Labels  map[string]string
					Mounts  []struct{ Type, Source, Target string }
				}
			}
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("reading services from docker service inspect: %w", err)
	}
	out := make([]SwarmService, len(raw))
	for i, r := range raw {
		c := r.Spec.TaskTemplate.ContainerSpec
		out[i] = SwarmService{Name: r.Spec.Name, Image: c.Image, Env: c.Env, Entry: c.Command, Words: c.Args, Labels: c.Labels}
		for _, m := range c.Mounts {
			mount := Mount{Type: m.Type, Source: m.Source, Target: m.Target}
			if m.Type == "volume" {
				mount.Name, mount.Source = m.Source, ""
			}
			out[i].Mounts = append(out[i].Mounts, mount)
		}
	}
	return out, nil
}
