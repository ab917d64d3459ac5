package containerdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

func settings(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Load(config.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func container(id, service, state string, more func(*inventory.Container)) inventory.Container {
	c := inventory.Container{
		ID: id, Name: "sg-" + service + "-1", State: state,
		Labels:   map[string]string{inventory.LabelProject: "sg", inventory.LabelService: service},
		Networks: []inventory.Network{{Name: "sg_default", Address: "", Aliases: []string{service}}},
	}
	if more != nil {
		more(&c)
	}
	return c
}

// env is what names a database, without its host.
func env(host string) []string {
	return []string{"DB_CLIENT=pg", "DB_HOST=" + host, "DB_PORT=5432", "DB_USER=app", "DB_PASSWORD=hidden-secret", "DB_DATABASE=cms"}
}

func TestFind(t *testing.T) {
	t.Parallel()
	published := container("d1", "db", "running", func(c *inventory.Container) {
		c.Published = []inventory.Port{{HostIP: "0.0.0.0", Host: 55432, Container: 5432}}
		c.Networks[0].Address = "172.18.0.2"
	})
	inside := container("d1", "db", "running", func(c *inventory.Container) { c.Networks[0].Address = "172.18.0.2" })
	stopped := container("d1", "db", "exited", nil)
	foreign := container("f1", "db", "running", func(c *inventory.Container) {
		c.Labels[inventory.LabelProject] = "other"
		c.Networks[0] = inventory.Network{Name: "other_default", Address: "172.19.0.9", Aliases: []string{"db"}}
	})
	for _, c := range []struct {
		name, host string
		others     []inventory.Container
		address    string
		mode       string
		hosts      []string
		want       string // display
		runs       string // id of the database's container
		unreached  bool
	}{
		{name: "published", host: "db", others: []inventory.Container{published}, want: "app@127.0.0.1:55432/cms", runs: "d1"},
		{name: "on an engine elsewhere", host: "db", others: []inventory.Container{published}, address: "ssh://me@box", want: "app@box:55432/cms", runs: "d1"},
		{name: "address of the container", host: "db", others: []inventory.Container{inside}, want: "app@172.18.0.2:5432/cms", runs: "d1"},
		{name: "no way from another machine", host: "db", others: []inventory.Container{inside}, address: "tcp://box:2376", unreached: true, runs: "d1"},
		{name: "stopped", host: "db", others: []inventory.Container{stopped}, unreached: true, runs: "d1"},
		{name: "stopped, with a fixed port", host: "db", others: []inventory.Container{container("d1", "db", "exited", func(c *inventory.Container) {
			c.Published = []inventory.Port{{Host: 5432, Container: 5432}}
		})}, unreached: true, runs: "d1"},
		{name: "somebody else's of that name", host: "db", others: []inventory.Container{foreign, stopped}, unreached: true, runs: "d1"},
		{name: "a host of the network", host: "pg.example.com", others: []inventory.Container{published}, want: "app@pg.example.com:5432/cms"},
		{name: "inside itself", host: "localhost", unreached: true},
		{name: "inside the engine's machine", host: "localhost", mode: "host", address: "ssh://box", unreached: true},
		{name: "the host's own", host: "127.0.0.1", mode: "host", want: "app@127.0.0.1:5432/cms"},
		{name: "an address there, another one here", host: "10.0.0.5", address: "ssh://box", unreached: true},
		{name: "a host that was added", host: "pg", hosts: []string{"pg:10.0.0.5"}, want: "app@10.0.0.5:5432/cms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			self := container("x1", "directus", "running", nil)
			boot := &bootsource.Boot{Container: &self, Project: "sg", Service: "directus", Spec: bootsource.Spec{
				Env: env(c.host), NetMode: c.mode, Hosts: c.hosts, Networks: []string{"sg_default"},
			}}
			got, err := Find(context.Background(), Input{Boot: boot, Containers: append(c.others, self), Address: c.address, Config: settings(t)})
			if err != nil {
				t.Fatal(err)
			}
			if (got.Unreachable != nil) != c.unreached {
				t.Fatalf("unreachable: %v", got.Unreachable)
			}
			if !c.unreached && got.Settings.Display != c.want {
				t.Errorf("found %s, want %s", got.Settings.Display, c.want)
			}
			id := ""
			if got.Container != nil {
				id = got.Container.ID
			}
			if id != c.runs {
				t.Errorf("container %q runs it, want %q", id, c.runs)
			}
		})
	}
}

// The connection string is a way to name the same, and a password in a file that is mounted is read there.
func TestFindReadsWhatDirectusReads(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(secret, []byte("from-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := container("d1", "db", "running", func(c *inventory.Container) {
		c.Published = []inventory.Port{{HostIP: "127.0.0.1", Host: 55432, Container: 5432}}
	})
	boot := &bootsource.Boot{Project: "sg", Service: "directus", Spec: bootsource.Spec{
		Env: []string{"DB_CLIENT=pg", "DB_CONNECTION_STRING=postgres://app:hidden-secret@db:5432/cms"},
	}}
	got, err := Find(context.Background(), Input{Boot: boot, Containers: []inventory.Container{db}, Config: settings(t)})
	if err != nil || got.Unreachable != nil || got.Settings.Display != "app@127.0.0.1:55432/cms" || got.Container == nil {
		t.Errorf("%+v %v", got, err)
	}
	boot.Spec.Env = append(env("db"), "DB_PASSWORD_FILE=/run/secrets/p")
	boot.Spec.Env = slices.DeleteFunc(boot.Spec.Env, func(e string) bool { return strings.HasPrefix(e, "DB_PASSWORD=") })
	boot.Spec.Mounts = []inventory.Mount{{Type: "bind", Source: secret, Target: "/run/secrets/p"}}
	got, err = Find(context.Background(), Input{Boot: boot, Containers: []inventory.Container{db}, Config: settings(t)})
	if err != nil || got.Unreachable != nil || got.Settings.PG.Password != "from-file" {
		t.Errorf("%+v %v", got, err)
	}
}

// Nothing of this machine may name the database of a container.
func TestFindTakesNothingElse(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://wrong@wrong/wrong")
	t.Setenv("SCHEMAGUARD_DATABASE_URL", "postgres://wrong@wrong/wrong")
	t.Setenv("PGHOST", "wrong")
	cfg, err := config.Load(config.Options{Dir: t.TempDir(), Environ: []string{"SCHEMAGUARD_DATABASE_URL=postgres://wrong@wrong/wrong"}})
	if err != nil {
		t.Fatal(err)
	}
	boot := &bootsource.Boot{Service: "directus", Spec: bootsource.Spec{Env: env("pg.example.com")}}
	got, err := Find(context.Background(), Input{Boot: boot, Config: cfg})
	if err != nil || got.Settings.Display != "app@pg.example.com:5432/cms" {
		t.Errorf("%v %v", got.Settings, err)
	}
	boot.Spec.Env = nil
	if got, err := Find(context.Background(), Input{Boot: boot, Config: cfg}); err == nil {
		t.Errorf("without any variable it found %s", got.Settings.Display)
	}
	boot.Spec.Env = []string{"DB_CLIENT=mysql", "DB_HOST=x"}
	if _, err := Find(context.Background(), Input{Boot: boot, Config: cfg}); !errors.Is(err, ErrOther) {
		t.Errorf("mysql gave %v", err)
	}
}
