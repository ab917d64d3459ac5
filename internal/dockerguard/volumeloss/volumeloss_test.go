package volumeloss

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

const anonymous = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// world has db with a volume with a name and one without, web without any, and volumes that nothing uses.
func world() (bootsource.World, []inventory.Volume) {
	label := func(service string) map[string]string {
		return map[string]string{inventory.LabelProject: "sg", inventory.LabelService: service}
	}
	w := bootsource.World{
		Name: "sg",
		Project: &inventory.Project{
			Name:     "sg",
			Services: map[string]inventory.Service{"db": {Name: "db", Image: "pg", Scale: 1}, "web": {Name: "web", Image: "web", Scale: 1, DependsOn: []inventory.Dependency{{Service: "db"}}}},
			Volumes:  map[string]inventory.ProjectVolume{"data": {Name: "sg_data"}, "kept": {Name: "kept", External: true}},
		},
		Images: map[string]inventory.Image{"pg": {ID: "1"}, "web": {ID: "2"}},
		Containers: []inventory.Container{
			{ID: "c1", Name: "sg-db-1", State: "running", Image: "pg", Labels: label("db"), Mounts: []inventory.Mount{
				{Type: "volume", Name: "sg_data", Target: "/var/lib/postgresql/data"}, {Type: "volume", Name: anonymous, Target: "/x"},
			}},
			{ID: "c2", Name: "sg-web-1", State: "running", Image: "web", Labels: label("web")},
		},
	}
	return w, []inventory.Volume{
		{Name: "sg_data", Labels: map[string]string{inventory.LabelProject: "sg"}},
		{Name: anonymous},
		{Name: "kept"},
		{Name: "unused"},
		{Name: strings.Repeat("ab", 32)},
	}
}

func TestDoomed(t *testing.T) {
	t.Parallel()
	short := map[string]string{anonymous: "anon", strings.Repeat("ab", 32): "dangling"}
	for _, c := range []struct {
		line    string
		named   bool
		stopped bool
		noFile  bool
		want    string
	}{
		{line: "compose down", want: ""},
		{line: "compose down -v", want: "sg_data anon"},
		{line: "compose down -v", noFile: true, want: "sg_data anon"},
		{line: "compose -p sg down --volumes", want: "sg_data anon"},
		{line: "compose rm -f -v db", want: ""}, // it runs
		{line: "compose rm -f -v -s db", want: "anon"},
		{line: "compose rm -f -v db", stopped: true, want: "anon"},
		{line: "compose rm -fsv web", want: ""},
		{line: "compose up -d -V", want: "anon"},
		{line: "compose up -d", want: ""},
		{line: "rm -f -v sg-db-1", want: "anon"},
		{line: "rm -f sg-db-1", want: ""},
		{line: "volume rm unused", want: "unused"},
		{line: "volume rm sg_data", want: ""}, // in use: docker refuses
		{line: "volume rm none", want: ""},
		{line: "volume prune -f", want: "dangling"},
		{line: "volume prune -f", named: true, want: "kept unused dangling"},
		{line: "system prune -f --volumes", named: true, want: "kept unused dangling"},
		{line: "system prune -f --volumes", named: true, stopped: true, want: "sg_data anon kept unused dangling"},
		{line: "system prune -f", named: true, want: ""},
	} {
		w, all := world()
		if c.stopped {
			w.Containers[0].State = "exited"
		}
		if c.noFile {
			w.Project = nil
		}
		cmd := dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: strings.Fields(c.line)})
		var got []string
		if cmd.Volumes.Scope != dockercmd.NoVolumes {
			for _, v := range Doomed(cmd, bootsource.Predict(cmd, w), &w, all, c.named) {
				if s := short[v.Name]; s != "" {
					v.Name = s
				}
				got = append(got, v.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s (named %v, stopped %v): %q, want %q", c.line, c.named, c.stopped, got, c.want)
		}
	}
}

func TestIsDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target, env string
		want        bool
	}{
		{"/var/lib/postgresql/data", "", true},
		{"/var/lib/postgresql", "", true},
		{"/bitnami/postgresql", "", true},
		{"/data", "PGDATA=/data/pg", true},
		{"/data", "PGDATA=/database", false},
		{"/directus/uploads", "", false},
	} {
		if got := IsDatabase([]string{c.env}, inventory.Mount{Type: "volume", Target: c.target}); got != c.want {
			t.Errorf("%s with %q: %v", c.target, c.env, got)
		}
	}
}
