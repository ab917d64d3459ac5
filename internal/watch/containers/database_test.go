package containers

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/dockerguard/containerdb"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func TestSameServer(t *testing.T) {
	t.Parallel()
	runs := &inventory.Container{
		Networks:  []inventory.Network{{Address: "172.18.0.2"}},
		Published: []inventory.Port{{HostIP: "0.0.0.0", Host: 55432, Container: 5432}},
	}
	at := func(host string, port uint16) *connection.Settings {
		return &connection.Settings{PG: &pgconn.Config{Host: host, Port: port}}
	}
	for _, c := range []struct {
		mine, theirs *connection.Settings
		runs         *inventory.Container
		want         bootsource.Certainty
	}{
		{at("localhost", 5432), at("127.0.0.1", 5432), nil, bootsource.Yes},
		{at("localhost", 5433), at("127.0.0.1", 5432), nil, bootsource.No},
		{at("172.18.0.2", 5432), at("127.0.0.1", 55432), runs, bootsource.Yes},
		{at("::1", 55432), at("172.18.0.2", 5432), runs, bootsource.Yes},
		{at("127.0.0.1", 5432), at("127.0.0.1", 55432), runs, bootsource.No},
		{at("/var/run/postgresql", 5432), at("127.0.0.1", 5432), nil, bootsource.Maybe},
		{at("db.example.com", 5432), at("10.0.0.1", 5432), nil, bootsource.Maybe},
	} {
		l := &look{st: &workspace.Settings{Settings: c.mine}}
		if got := l.sameServer(&containerdb.Found{Settings: c.theirs, Container: c.runs}); got != c.want {
			t.Errorf("%s:%d and %s:%d: %s, want %s", c.mine.PG.Host, c.mine.PG.Port, c.theirs.PG.Host, c.theirs.PG.Port, got, c.want)
		}
	}
}
