package pulse_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// soon bounds what is to happen at once, on a machine that is busy with others.
const soon = 20 * time.Second

// lost fails the test where an error is not that of a lost connection.
func lost(t *testing.T, what string, err error) {
	t.Helper()
	if _, ok := errors.AsType[*pulse.LostError](err); !ok {
		t.Errorf("%s: %v, want a lost connection", what, err)
	}
}

// waitsForTheEnd checks that a wait ends at once, with an error, when something
// ends the connection.
func waitsForTheEnd(t *testing.T, p *pulse.Pulse, end func()) {
	t.Helper()
	began := time.Now()
	ended := make(chan struct{})
	time.AfterFunc(50*time.Millisecond, func() { defer close(ended); end() })
	_, err := p.Wait(context.Background(), 10*soon)
	<-ended
	lost(t, "waiting", err)
	if took := time.Since(began); took > soon {
		t.Errorf("the wait ended after %s", took)
	}
	_, err = p.Look(context.Background())
	lost(t, "looking afterwards", err)
}

func TestBackendKilled(t *testing.T) {
	t.Parallel()
	p, conn, _ := begin(t)
	waitsForTheEnd(t, p, func() {
		_ = conn.Exec(context.Background(), fmt.Sprintf("SELECT pg_terminate_backend(%d)", p.PID())).Close()
	})
}

func TestDatabaseDropped(t *testing.T) {
	t.Parallel()
	p, _, dsn := begin(t)
	c := config(t, dsn)
	name := c.Database
	c.Database = "postgres"
	admin, err := pgconn.ConnectConfig(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	waitsForTheEnd(t, p, func() { _ = admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)").Close() })
	if _, err := pulse.Connect(context.Background(), pulse.Options{Config: config(t, dsn), Display: "fleet"}); err == nil || !strings.Contains(err.Error(), "3D000") {
		t.Errorf("connecting to a database that is gone: %v", err)
	}
}

// ownServer starts a server that only one test uses.
func ownServer(t *testing.T) *pgserver.Server {
	t.Helper()
	srv, err := pgserver.Start(context.Background(), pgserver.Options{Binaries: pgtest.Binaries(t), TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	conn := connect(t, srv.DSN("postgres"))
	run(t, conn, "CREATE TABLE directus_collections (collection text PRIMARY KEY); CREATE TABLE directus_fields (id serial PRIMARY KEY, collection text, field text)",
		"CREATE TABLE directus_relations (id serial PRIMARY KEY); CREATE TABLE directus_migrations (version text)")
	return srv
}

// A server of its own: the password changes, nothing at all happens, and at last
// it is shut down.
func TestOwnServer(t *testing.T) {
	t.Parallel()
	srv := ownServer(t)
	conn := connect(t, srv.DSN("postgres"))
	run(t, conn, "CREATE ROLE watcher LOGIN SUPERUSER PASSWORD 'first-secret'")
	u, err := url.Parse(srv.TCPDSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("watcher", "first-secret")
	opt := pulse.Options{Config: config(t, u.String()), Display: "watcher@here/postgres"}
	p := watch(t, opt)
	look(t, p)
	for range 100 {
		if r := look(t, p); r != (pulse.Reading{Level: pulse.Visible}) {
			t.Fatalf("nothing happened on the whole server, and a look says %v", r)
		}
	}
	run(t, conn, "ALTER ROLE watcher PASSWORD 'second-secret'")
	if r := look(t, p); r.Moved {
		t.Errorf("after the password was changed: %v", r)
	}
	if _, err := pulse.Connect(context.Background(), opt); err == nil || !strings.Contains(err.Error(), "28P01") || strings.Contains(err.Error(), "secret") {
		t.Errorf("connecting with the old password: %v", err)
	}
	run(t, conn, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO watcher; CREATE TABLE hidden (id integer PRIMARY KEY)")
	look(t, p)
	run(t, conn, "ALTER ROLE watcher NOSUPERUSER")
	if r := look(t, p); !r.Moved {
		t.Errorf("the role sees less than before: %v", r)
	}
	waitsForTheEnd(t, p, func() { _ = srv.Stop() })
}

// A network that swallows everything makes no error. A look ends all the same.
func TestSilentNetwork(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	var silent atomic.Bool
	through := behind(t, config(t, dsn), func(b []byte) []byte {
		if silent.Load() {
			return nil
		}
		return b
	})
	p := watch(t, pulse.Options{Config: through, Display: "fleet", StatementTimeout: 300 * time.Millisecond})
	look(t, p)
	silent.Store(true)
	if _, err := p.Wait(context.Background(), 10*time.Millisecond); err != nil {
		t.Errorf("silence is no error while waiting: %v", err)
	}
	began := time.Now()
	_, err := p.Look(context.Background())
	lost(t, "looking", err)
	if took := time.Since(began); took > soon {
		t.Errorf("gave up after %s", took)
	}
}

// behind returns the settings of a database seen through something that may
// change what the server says.
func behind(t *testing.T, c *pgconn.Config, change func([]byte) []byte) *pgconn.Config {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	network, address := pgconn.NetworkAddress(c.Host, c.Port)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				return
			}
			go forward(client, server, func(b []byte) []byte { return b })
			go forward(server, client, change)
		}
	}()
	through := c.Copy()
	through.Host, through.Port = "127.0.0.1", uint16(listener.Addr().(*net.TCPAddr).Port)
	through.TLSConfig, through.Fallbacks = nil, nil
	return through
}

func forward(from, to net.Conn, change func([]byte) []byte) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			_ = to.Close()
			return
		}
		_, _ = to.Write(change(buf[:n]))
	}
}

// A pooler gives out process numbers of its own. Nobody listens behind one, since
// the session is somebody else's with the next transaction.
func TestBehindAPooler(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	install(t, connect(t, dsn))
	through := behind(t, config(t, dsn), func(b []byte) []byte {
		if at := bytes.Index(b, []byte{'K', 0, 0, 0, 12}); at >= 0 && at+9 <= len(b) {
			binary.BigEndian.PutUint32(b[at+5:], 77)
		}
		return b
	})
	p := watch(t, pulse.Options{Config: through, Display: "fleet"})
	if look(t, p); p.Listening() {
		t.Error("it listens behind a pooler")
	}
	straight := watch(t, pulse.Options{Config: config(t, dsn), Display: "fleet"})
	if !straight.Listening() {
		t.Error("it does not listen without a pooler")
	}
}

// While a schema change holds its lock nothing can be seen of it; the connection
// stands, and afterwards it is seen.
func TestLockedTable(t *testing.T) {
	t.Parallel()
	p, conn, dsn := begin(t)
	run(t, conn, "BEGIN; ALTER TABLE directus_fields ADD COLUMN own text")
	run(t, connect(t, dsn), "CREATE SCHEMA something")
	if _, err := p.Look(context.Background()); !errors.Is(err, pulse.ErrBusy) {
		t.Errorf("while the table is locked: %v, want ErrBusy", err)
	}
	run(t, conn, "COMMIT")
	if r := look(t, p); !r.Moved {
		t.Errorf("after the lock: %v, want moved", r)
	}
}

func TestRoleWithoutRights(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn := connect(t, dsn)
	run(t, conn, "DO $$ BEGIN CREATE ROLE pulse_poor LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
	c := config(t, dsn)
	c.User = "pulse_poor"
	p := watch(t, pulse.Options{Config: c, Display: "fleet"})
	for range 2 {
		_, err := p.Look(context.Background())
		if _, ok := errors.AsType[*catalog.NotReadableError](err); !ok {
			t.Fatalf("without any right: %v", err)
		}
	}
	run(t, conn, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pulse_poor")
	if r := look(t, p); !r.Moved {
		t.Errorf("with the right: %v", r)
	}
	if r := look(t, p); r.Moved || r.Level > pulse.Versions {
		t.Errorf("at rest: %v", r)
	}
	run(t, conn, "ALTER TABLE directus_relations RENAME TO away")
	_, err := p.Look(context.Background())
	if missing, ok := errors.AsType[*catalog.NotDirectusError](err); !ok || missing.Table != "directus_relations" {
		t.Errorf("a missing table: %v", err)
	}
	run(t, conn, "ALTER TABLE away RENAME TO directus_relations")
	if r := look(t, p); r.Moved {
		t.Errorf("everything is as it was at the last look that ended well: %v", r)
	}
	// By its columns a table can be read, and its versions cannot.
	run(t, conn, `REVOKE SELECT ON directus_fields FROM pulse_poor;
		DO $$ BEGIN EXECUTE (SELECT format('GRANT SELECT (%s) ON directus_fields TO pulse_poor', string_agg(quote_ident(attname), ',')) FROM pg_attribute WHERE attrelid = 'directus_fields'::regclass AND attnum > 0 AND NOT attisdropped); END $$`)
	for range 2 {
		run(t, conn, "CREATE SCHEMA more; DROP SCHEMA more")
		if r := look(t, p); r.Moved || r.Level != pulse.Content {
			t.Errorf("where the versions may not be read: %v", r)
		}
	}
	run(t, conn, "INSERT INTO directus_fields (collection, field) VALUES ('a', 'b')")
	if r := look(t, p); !r.Moved {
		t.Errorf("a row was added: %v", r)
	}
}

// A statement that takes too long is refused by the server; the connection stands.
func TestStatementTimeout(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	p := watch(t, pulse.Options{Config: config(t, dsn), Display: "fleet", StatementTimeout: 150 * time.Millisecond})
	conn := connect(t, dsn)
	run(t, conn, "BEGIN; LOCK TABLE directus_fields")
	_, err := p.Look(context.Background())
	if err == nil || errors.Is(err, pulse.ErrBusy) || !strings.Contains(err.Error(), "statement timeout") {
		t.Errorf("got %v, want a statement timeout", err)
	}
	run(t, conn, "ROLLBACK")
	look(t, p)
}
