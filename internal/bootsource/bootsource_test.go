package bootsource

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// world is a project sg of db, directus and web, web on directus on db, as it runs: every test bends it.
type world struct {
	World
}

func newWorld() *world {
	w := &world{World{
		Name: "sg", Separator: "-",
		Project: &inventory.Project{Name: "sg", Services: map[string]inventory.Service{
			"db":       {Name: "db", Image: "pg", Scale: 1, Hash: "h-db"},
			"directus": {Name: "directus", Image: "sg-directus", Build: true, Context: "/ctx", Scale: 1, Hash: "h-directus", DependsOn: []inventory.Dependency{{Service: "db", Restart: true}}},
			"web":      {Name: "web", Image: "web", Scale: 1, Hash: "h-web", DependsOn: []inventory.Dependency{{Service: "directus"}}},
		}},
		Images: map[string]inventory.Image{"pg": {ID: "i-pg"}, "sg-directus": {ID: "i-directus", Entry: []string{"/start"}}, "web": {ID: "i-web"}},
	}}
	for _, s := range []string{"db", "directus", "web"} {
		w.Containers = append(w.Containers, inventory.Container{
			ID: "c-" + s, Name: "sg-" + s + "-1", State: "running", Image: w.Project.Services[s].Image, ImageID: w.Images[w.Project.Services[s].Image].ID,
			Entry:  []string{"/start"},
			Labels: map[string]string{inventory.LabelProject: "sg", inventory.LabelService: s, inventory.LabelHash: "h-" + s, inventory.LabelImage: w.Images[w.Project.Services[s].Image].ID},
		})
	}
	w.Containers[1].Labels[inventory.LabelDependsOn] = "db:service_started:true"
	w.Containers[2].Labels[inventory.LabelDependsOn] = "directus:service_started:false"
	return w
}

// The ways in which a world is bent.
var bends = map[string]func(*world){
	"":              func(*world) {},
	"stopped":       func(w *world) { w.Containers[1].State = "exited" },
	"created":       func(w *world) { w.Containers[1].State = "created" },
	"paused":        func(w *world) { w.Containers[1].State = "paused" },
	"db-stopped":    func(w *world) { w.Containers[0].State = "exited" },
	"env-changed":   func(w *world) { w.Containers[1].Labels[inventory.LabelHash] = "other" },
	"db-changed":    func(w *world) { w.Containers[0].Labels[inventory.LabelHash] = "other" },
	"rebuilt":       func(w *world) { w.Images["sg-directus"] = inventory.Image{ID: "i-new"} },
	"no-image":      func(w *world) { delete(w.Images, "sg-directus") },
	"down":          func(w *world) { w.Containers = nil },
	"no-file":       func(w *world) { w.Project = nil },
	"dry-recreates": func(w *world) { w.DryRun = inventory.Actions{"sg-directus-1": {Recreated: true}} },
	"dry-agrees":    func(w *world) { w.DryRun = inventory.Actions{"sg-directus-1": {Running: true}} },
	"policy-build":  func(w *world) { bend(w, func(s *inventory.Service) { s.PullPolicy = "build" }) },
	"policy-always": func(w *world) { bend(w, func(s *inventory.Service) { s.PullPolicy, s.Build = "always", false }) },
	"doubt":         func(w *world) { w.Doubt, w.Project = true, nil },
	"one-off": func(w *world) {
		w.Containers[1].Labels[inventory.LabelOneOff] = "True"
	},
	"other-project": func(w *world) {
		for i := range w.Containers {
			w.Containers[i].Labels[inventory.LabelProject] = "other"
		}
	},
	"profile-off": func(w *world) { delete(w.Project.Services, "directus") },
	"swarm": func(w *world) {
		w.Containers[1].Labels = map[string]string{inventory.LabelSwarm: "st_directus", inventory.LabelStack: "st"}
	},
}

func bend(w *world, f func(*inventory.Service)) {
	s := w.Project.Services["directus"]
	f(&s)
	w.Project.Services["directus"] = s
}

// told is a plan in short, Directus only: "yes container", "no", "maybe container,image".
func told(p Plan) string {
	var out []string
	for _, b := range p.Boots {
		if b.Service != "directus" && b.Service != "st_directus" && b.Spec.Image != "sg-directus" {
			continue
		}
		if b.Will == No && !b.Armed {
			continue
		}
		kinds := make([]string, len(b.Sources))
		for i, s := range b.Sources {
			kinds[i] = string(s.Kind)
		}
		text := b.Will.String()
		if b.Armed {
			text = "later"
		}
		out = append(out, text+" "+strings.Join(kinds, ","))
	}
	return strings.Join(out, "; ")
}

// The rows were measured with real engines and with Compose 2.40.3, 5.6.0 and 1.29.2; v1 in front of a row is
// the last.
func TestPredict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ row, bent, want string }{
		{"docker compose restart", "", "yes container"},
		{"docker compose restart directus", "", "yes container"},
		{"docker compose restart directus", "paused", "yes container"},
		{"docker compose restart directus", "stopped", "yes container"},
		{"docker compose restart directus", "rebuilt", "yes container"},
		{"docker compose restart directus", "other-project", ""},
		{"docker compose restart directus", "one-off", ""},
		{"docker compose -p sg restart", "no-file", "yes container"},
		{"docker compose restart", "profile-off", ""},
		{"docker compose restart directus", "profile-off", "yes container"},
		{"docker compose restart db", "", "yes container"},
		{"docker compose restart db", "no-file", "yes container"},
		{"docker compose restart db --no-deps", "", ""},
		{"v1 docker-compose restart db", "", ""},
		{"docker compose restart web", "stopped", ""},
		{"docker compose start", "", ""},
		{"docker compose start directus", "stopped", "yes container"},
		{"docker compose start web", "stopped", "yes container"},
		{"docker compose start web", "no-file", ""},
		{"v1 docker-compose start web", "stopped", ""},

		{"docker compose up -d", "", ""},
		{"docker compose up -d", "dry-agrees", ""},
		{"docker compose up -d", "paused", ""},
		{"docker compose up -d", "stopped", "yes container"},
		{"docker compose up -d", "created", "yes container"},
		{"docker compose up -d", "env-changed", "yes image"},
		{"docker compose up -d", "rebuilt", "yes image"},
		{"docker compose up -d", "dry-recreates", "yes image"},
		{"docker compose up -d", "down", "yes image"},
		{"docker compose up -d", "no-image", "maybe build"},
		{"docker compose up -d --no-build", "no-image", ""},
		{"docker compose up -d web", "rebuilt", "yes image"},
		{"docker compose up -d web", "stopped", "yes container"},
		{"docker compose up -d web --no-deps", "rebuilt", ""},
		{"docker compose up -d db", "rebuilt", ""},
		{"docker compose up -d db", "db-changed", ""},
		{"docker compose up -d", "db-changed", "yes container"},
		{"docker compose up -d", "db-stopped", ""},
		{"docker compose up -d --build", "", "maybe build"},
		{"docker compose up -d --build", "env-changed", "yes build"},
		{"docker compose up -d --build web", "", "maybe build"},
		{"docker compose up -d --build web --no-deps", "", ""},
		{"docker compose up -d --build", "stopped", "yes container,build"},
		{"docker compose up -d", "policy-build", "maybe build"},
		{"docker compose up -d", "policy-always", "maybe pull"},
		{"docker compose up -d --pull never", "policy-always", ""},
		{"docker compose up -d --force-recreate", "", "yes image"},
		{"docker compose up -d --force-recreate web", "", ""},
		{"v1 docker-compose up -d --force-recreate web", "", "yes image"},
		{"docker compose up -d --always-recreate-deps web", "", "yes image"},
		{"docker compose up -d --no-recreate", "rebuilt", ""},
		{"docker compose up -d --no-recreate", "stopped", "yes container"},
		{"docker compose up -d -V", "", "yes image"},
		{"docker compose up -d --scale directus=2", "", "yes image"},
		{"docker compose up -d --scale directus=0", "", "later image"},
		{"docker compose scale directus=2", "", "yes image"},
		{"docker compose scale web=1", "rebuilt", "yes image"},
		{"docker compose scale web=1 --no-deps", "rebuilt", ""},
		{"docker compose up --no-start", "rebuilt", "later image"},
		{"docker compose create", "", ""},
		{"docker compose create --force-recreate", "", "later image"},
		{"docker compose run directus", "", "yes image"},
		{"docker compose run web", "stopped", "yes container"},
		{"docker compose run --no-deps web", "stopped", ""},
		{"docker compose run --entrypoint sh directus", "", ""},
		{"docker compose run --entrypoint /start directus", "", "yes image"},
		{"docker compose -f - up -d", "doubt", "maybe container,image"},
		{"docker compose run directus bash", "", "yes image"},
		{"docker compose exec directus ls", "", ""},
		{"docker compose exec directus directus schema apply /x.yaml", "", "yes container"},
		{"docker compose stop", "", "later container"},
		{"docker compose down", "", "later image"},
		{"docker compose ps", "", ""},
		{"docker compose up --dry-run", "stopped", ""},
		{"docker compose watch", "", "maybe container,build"},
		{"docker compose build directus", "", "later build"},
		{"docker compose frobnicate", "", "maybe container,image"},
		{"docker compose up -d --frobnicate web", "", "maybe container,image"},

		{"docker restart sg-directus-1", "", "yes container"},
		{"docker restart c-dir", "", "yes container"},
		{"docker restart sg-db-1", "", ""},
		{"docker start sg-directus-1", "", ""},
		{"docker start sg-directus-1", "stopped", "yes container"},
		{"docker stop sg-directus-1", "", "later container"},
		{"docker rm -f sg-directus-1", "", "later image"},
		{"docker run sg-directus", "", "yes image"},
		{"docker run --entrypoint sh sg-directus", "", ""},
		{"docker create sg-directus", "", "later image"},
		{"docker exec sg-directus-1 ls", "", ""},
		{"docker exec sg-directus-1 directus schema apply /x.yaml", "", "yes container"},
		{"docker tag x sg-directus:latest", "", "later pull"},
		{"docker pull other", "", ""},
		{"docker pause sg-directus-1", "", ""},
		{"docker ps", "", ""},
		{"docker service update --force st_directus", "swarm", "yes image"},
		{"docker service update --force other", "swarm", ""},
		{"docker stack deploy -c x.yml st", "swarm", "maybe image"},
		{"docker service update --force st_directus", "", ""},
		{"docker node update --availability drain n", "swarm", "maybe image"},
	} {
		t.Run(c.row+" "+c.bent, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			bends[c.bent](w)
			words := strings.Fields(c.row)
			in := dockercmd.Invocation{Version: dockercmd.V2}
			if words[0] == "v1" {
				in.Version, words, w.V1 = dockercmd.V1, words[1:], true
			}
			in.Program, in.Args = words[0], words[1:]
			if got := told(Predict(dockercmd.Parse(in), w.World)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What is covered by a mount is taken from there, in a new container only.
func TestAt(t *testing.T) {
	t.Parallel()
	bind := inventory.Mount{Type: "bind", Source: "/host", Target: "/directus/snapshots"}
	b := Boot{Spec: Spec{Mounts: []inventory.Mount{bind, {Type: "volume", Target: "/directus/uploads"}}}}
	for _, c := range []struct {
		from Kind
		file string
		want Kind
	}{
		{Image, "/directus/snapshots/schema.yaml", Mount},
		{Build, "/directus/snapshots/schema.yaml", Mount},
		{Container, "/directus/snapshots/schema.yaml", Container},
		{Image, "/directus/other.yaml", Image},
		{Image, "/directus/uploads/x", Image}, // a new volume without a name is filled from the image
	} {
		if got := b.At(Source{Kind: c.from}, c.file); got.Kind != c.want {
			t.Errorf("%s of %s is taken from %s, want %s", c.file, c.from, got.Kind, c.want)
		}
	}
}

// What is built or pulled first is named with the services it is for.
func TestPreparation(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := Predict(dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: strings.Fields("compose up -d --build web --pull always")}), w.World)
	if diff := cmp.Diff([]string{"[directus]", "[db web]"}, []string{fmt.Sprint(p.Build), fmt.Sprint(p.Pull)}); diff != "" {
		t.Error(diff)
	}
}

// The environment of a new container is the image's under the service's, and its secrets are those of the old.
func TestSpec(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.Images["sg-directus"] = inventory.Image{ID: "i-new", Env: []string{"A=image", "B=image"}, Entry: []string{"/start"}, Labels: map[string]string{"l": "image"}}
	bend(w, func(s *inventory.Service) { s.Env = []string{"B=service"} })
	w.Containers[1].Mounts = []inventory.Mount{{Type: "bind", Source: "/s", Target: "/run/secrets/p"}, {Type: "bind", Source: "/gone", Target: "/x"}}
	p := Predict(dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: strings.Fields("compose up -d directus")}), w.World)
	for _, b := range p.Boots {
		if b.Service != "directus" {
			continue
		}
		want := Spec{Image: "sg-directus", Env: []string{"A=image", "B=image", "B=service"}, Entry: []string{"/start"}, Labels: map[string]string{"l": "image"}, Mounts: []inventory.Mount{{Type: "bind", Source: "/s", Target: "/run/secrets/p"}}}
		if diff := cmp.Diff(want, b.Spec); diff != "" {
			t.Error(diff)
		}
	}
}

// FuzzPredict: no command line makes it panic, and what only reads boots nothing.
func FuzzPredict(f *testing.F) {
	for _, s := range []string{"compose up -d", "restart c-d", "compose scale directus=x", "run -v :/x --mount type= sg-directus", "compose frob"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		w := newWorld()
		c := dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: strings.Fields(line)})
		p := Predict(c, w.World)
		if c.Kind == dockercmd.ReadOnly && !c.AppliesSchema() && len(p.Boots) > 0 {
			t.Errorf("%q only reads, and boots %+v", line, p.Boots)
		}
	})
}
