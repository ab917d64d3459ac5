package database

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

func at(t *testing.T, dsn string, log *bytes.Buffer) Database {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	secrets := &redact.Redactor{}
	secrets.Add(config.Password)
	return Database{Options{
		Settings: &connection.Settings{PG: config, Display: "the test", Redact: secrets, StatementTimeout: 5 * time.Second},
		Budget:   time.Second, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
	}}
}

// fleet is the example project's database, and its snapshot.
func fleet(t *testing.T) (dsn string, target check.Target) {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.RestoreSQL(t, dumps...), check.Target{File: "schema.yaml", Data: data}
}

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.Exec(t.Context(), sql).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestWait: a database that comes later is waited for, and one that does not is
// said to be away, without its password.
func TestWait(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d := at(t, "postgres://anna:s3cret-word@127.0.0.1:1/app", &log)
	err := d.Wait(t.Context(), 700*time.Millisecond)
	var own *bootgate.Error
	if !errors.As(err, &own) || own.Code != bootgate.CodeUnreachable || own.Exit != 3 || strings.Contains(err.Error()+log.String(), "s3cret-word") {
		t.Errorf("%v\n%s", err, log.String())
	}
	if !strings.Contains(log.String(), "step=wait") {
		t.Errorf("waiting says nothing:\n%s", log.String())
	}
	real, err := pgconn.ParseConfig(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	late := at(t, "postgres://x@127.0.0.1:1/app?sslmode=disable", &log)
	late.Settings.PG = real.Copy()
	tries := 0
	late.Settings.PG.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if tries++; tries < 4 {
			return nil, errors.New("not yet")
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	if err := late.Wait(t.Context(), time.Minute); err != nil || tries != 4 {
		t.Errorf("after %d tries: %v", tries, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Wait(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	dsn, target := fleet(t)
	d := at(t, dsn, &bytes.Buffer{})
	l, err := d.Look(t.Context(), target)
	if err != nil || l.Verdict.State != policy.Clean || len(l.Verdict.Changes) != 0 || l.Target == nil || len(l.Points) != 0 {
		t.Fatalf("equal: %v %+v", err, l)
	}
	hash := bootgate.PlanHash(l, target.Data)
	if err := d.Record(t.Context(), syncpoint.New(syncpoint.Applied, l.Live, nil, time.Now(), "t", "t")); err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "CREATE TABLE mine (id int PRIMARY KEY); INSERT INTO mine VALUES (1), (2); INSERT INTO directus_collections (collection) VALUES ('mine')")
	l, err = d.Look(t.Context(), target)
	if err != nil || l.Verdict.State != policy.Refused || l.Verdict.Counts.Unsaved != 1 || len(l.Points) != 1 || l.Facts.Tables == nil {
		t.Errorf("a collection that nobody saved: %v %+v", err, l)
	}
	if bootgate.PlanHash(l, target.Data) == hash {
		t.Error("another schema, and the same plan")
	}
	// The version that the image names is believed before the header.
	d.Versions = func() []live.Candidate { return []live.Candidate{{Version: "12.3.0", Source: "image"}} }
	if l, err = d.Look(t.Context(), target); err != nil || l.Version.String() != "12.3.0" {
		t.Errorf("%v %+v", err, l)
	}
}

// TestUnable: what cannot be looked at has a code, and is no verdict.
func TestUnable(t *testing.T) {
	t.Parallel()
	_, target := fleet(t)
	for name, c := range map[string]struct {
		dsn  string
		code string
	}{
		"empty":       {pgtest.Database(t), "NOT_DIRECTUS"},
		"unreachable": {"postgres://anna:s3cret-word@127.0.0.1:1/app?connect_timeout=1", "UNREACHABLE"},
	} {
		_, err := at(t, c.dsn, &bytes.Buffer{}).Look(t.Context(), target)
		var own *bootgate.Error
		if !errors.As(err, &own) || own.Code != c.code || own.Exit != 3 || strings.Contains(err.Error(), "s3cret-word") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBin: what a plan drops is kept, and what is written later is seen.
func TestBin(t *testing.T) {
	t.Parallel()
	dsn, target := fleet(t)
	d := at(t, dsn, &bytes.Buffer{})
	run(t, dsn, "CREATE TABLE mine (id int PRIMARY KEY); INSERT INTO mine VALUES (1), (2); INSERT INTO directus_collections (collection) VALUES ('mine')")
	l, err := d.Look(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	doomed := bootgate.Doomed{Plan: plan.Simulate(l.Live, l.Target, l.Version, l.Facts), Live: l.Live, Version: l.Version, Reason: "the test"}
	kept, err := Bin{Database: d, Tool: "t", By: "t"}.Fill(t.Context(), doomed)
	if err != nil || !strings.Contains(kept.Said, "2 rows") {
		t.Fatalf("%v %+v", err, kept)
	}
	if moved, err := kept.Recheck(t.Context()); err != nil || len(moved) != 0 {
		t.Errorf("nothing was written: %v %v", moved, err)
	}
	again, err := Bin{Database: d, Tool: "t", By: "t"}.Fill(t.Context(), doomed)
	if err != nil || again.Said != kept.Said {
		t.Errorf("the same is kept twice: %v, %q and %q", err, kept.Said, again.Said)
	}
	run(t, dsn, "INSERT INTO mine VALUES (3)")
	if moved, err := kept.Recheck(t.Context()); err != nil || fmt.Sprint(moved) != "[mine (2 rows then, 3 now)]" {
		t.Errorf("a row was written: %v %v", moved, err)
	}
	doomed.Plan = plan.Simulate(l.Live, l.Live, l.Version, l.Facts)
	if kept, err := (Bin{Database: d}).Fill(t.Context(), doomed); err != nil || kept.Recheck == nil {
		t.Errorf("nothing is doomed: %v", err)
	}
	run(t, dsn, "DROP SCHEMA schemaguard_trash CASCADE; CREATE SCHEMA schemaguard_trash; CREATE TABLE schemaguard_trash.entries (x int)")
	doomed.Plan = plan.Simulate(l.Live, l.Target, l.Version, l.Facts)
	var own *bootgate.Error
	if _, err := (Bin{Database: d}).Fill(t.Context(), doomed); !errors.As(err, &own) || own.Exit != 2 {
		t.Errorf("a bin that is none: %v", err)
	}
}

// TestRecordWithoutRight: a role that may not keep the point says so.
func TestRecordWithoutRight(t *testing.T) {
	t.Parallel()
	dsn, target := fleet(t)
	l, err := at(t, dsn, &bytes.Buffer{}).Look(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	run(t, dsn, "ALTER DATABASE "+name(t, dsn)+" SET default_transaction_read_only = on")
	err = at(t, dsn, &bytes.Buffer{}).Record(t.Context(), syncpoint.New(syncpoint.Applied, l.Live, snapshot.Encode(l.Live, snapshot.YAML), time.Now(), "t", "t"))
	if !errors.Is(err, syncpoint.ErrNoRight) {
		t.Errorf("%v", err)
	}
}

func name(t *testing.T, dsn string) string {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return config.Database
}
