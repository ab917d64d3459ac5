package live

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

func fleet(t *testing.T) *pgconn.Config {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	config, err := pgconn.ParseConfig(pgtest.RestoreSQL(t, dumps...))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// A network that swallows everything once the queries are under way makes no
// error. The check ends all the same, and not clean.
func TestOpenGivesUpOnASilentNetwork(t *testing.T) {
	t.Parallel()
	config := fleet(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var silent atomic.Bool
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	go forward(listener, network, address, &silent)
	through := config.Copy()
	through.Host, through.Port = "127.0.0.1", uint16(listener.Addr().(*net.TCPAddr).Port)
	through.TLSConfig, through.Fallbacks = nil, nil
	began := time.Now()
	db, err := Open(context.Background(), Options{Config: through, Display: "fleet", StatementTimeout: 300 * time.Millisecond})
	if err == nil {
		db.Close()
		t.Fatal("a silent network was no error")
	}
	if !silent.Load() {
		t.Fatalf("the queries were never sent: %v", err)
	}
	if waited := time.Since(began); waited > 15*time.Second {
		t.Errorf("gave up after %s: %v", waited, err)
	}
}

// forward connects to the real server, and swallows its answers from the first
// query on.
func forward(listener net.Listener, network, address string, silent *atomic.Bool) {
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
		go func() {
			buf := make([]byte, 32<<10)
			for {
				n, err := client.Read(buf)
				if bytes.Contains(buf[:n], []byte("BEGIN ISOLATION")) {
					silent.Store(true)
				}
				if err != nil {
					_ = server.Close()
					return
				}
				_, _ = server.Write(buf[:n])
			}
		}()
		go func() {
			buf := make([]byte, 32<<10)
			for {
				n, err := server.Read(buf)
				if err != nil {
					return
				}
				if !silent.Load() {
					_, _ = client.Write(buf[:n])
				}
			}
		}()
	}
}

// Where the database cannot be written, the sync point of this clone counts, if
// it is the later one.
func TestSyncPointOfThisCloneCountsWhereItIsLater(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	config := fleet(t)
	local := syncpoint.NewLocal(filepath.Join(t.TempDir(), "state"), "fleet")
	open := func(readOnly string) *Database {
		c := config.Copy()
		c.RuntimeParams["default_transaction_read_only"] = readOnly
		db, err := Open(ctx, Options{Config: c, Display: "fleet", Fallback: &local, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		return db
	}
	point := func(minute int) syncpoint.Point {
		s := snapshot.New(snapshot.FormatFull, "12.4.1", "postgres")
		return syncpoint.New(syncpoint.Written, s, nil, time.Date(2026, 11, 24, 12, minute, 0, 0, time.UTC), "v1", "anna@laptop")
	}
	if note, err := open("off").WriteSyncPoint(ctx, point(1)); err != nil || note != "" {
		t.Fatalf("writing into the database: %q, %v", note, err)
	}
	note, err := open("on").WriteSyncPoint(ctx, point(2))
	if err != nil || !strings.Contains(note, "this clone only") {
		t.Fatalf("writing where nothing may be written: %q, %v", note, err)
	}
	points, err := open("off").SyncPoints(ctx)
	if err != nil || len(points) != 2 || syncpoint.Latest(points).At.Minute() != 2 {
		t.Errorf("%v, %v", points, err)
	}
}
