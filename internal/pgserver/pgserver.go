// Package pgserver runs a throwaway Postgres: found among the installed binaries, started in a
// temporary folder as a user without privileges, and gone with the process that started it.
//
// It serves tests and the demo. It refuses to be a server for anything that has to last: data is
// written without fsync, and everything is removed at the end.
//
//	srv, err := pgserver.Start(ctx, pgserver.Options{})
//	defer srv.Stop()
//	conn, err := pgx.Connect(ctx, srv.DSN("postgres"))
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// SuperUser is the name of the only role of a fresh server.
const SuperUser = "postgres"

// startTimeout bounds how long a server may take until it answers, on a slow and busy machine.
const startTimeout = 60 * time.Second

// Options say how a server is started; the zero value is right for most callers.
type Options struct {
	// Binaries to use; the zero value looks for them with [Find].
	Binaries Binaries
	// TCP also listens on a free port of 127.0.0.1, with a password. Windows always does.
	TCP bool
	// Settings are further parameters of postgresql.conf (name to value).
	Settings map[string]string
}

// Server is a running throwaway Postgres.
type Server struct {
	binaries Binaries
	dir      string // everything of this server, removed at the end
	port     int
	tcp      bool
	password string // for TCP only: the socket lies in a folder that only its owner can enter

	process  *process
	stopOnce sync.Once
	stopErr  error
	detach   func() bool
}

// Start initialises a data folder, starts Postgres on it and returns when it answers. The server
// lives until [Server.Stop], until ctx is done, or until this process ends, however it ends.
//
// The result of initdb is kept below the user's cache folder, so that later starts take a fraction
// of a second; without that folder, or with a damaged one, initdb simply runs again.
func Start(ctx context.Context, opts Options) (*Server, error) {
	bin := opts.Binaries
	if bin.Dir == "" {
		found, err := Find(ctx)
		if err != nil {
			return nil, err
		}
		bin = found
	}
	account, err := serverAccount()
	if err != nil {
		return nil, fmt.Errorf("choosing a user to run postgres as: %w", err)
	}
	srv, err := startOnce(ctx, bin, account, opts, useCache)
	if damaged, ok := errors.AsType[*damagedTemplateError](err); ok {
		// The cached data folder did not start: forget it and do it the long way, once.
		_ = os.RemoveAll(damaged.template)
		srv, err = startOnce(ctx, bin, account, opts, ignoreCache)
	}
	if err != nil {
		return nil, fmt.Errorf("starting a throwaway postgres from %s: %w", bin.Dir, err)
	}
	srv.detach = context.AfterFunc(ctx, func() { _ = srv.Stop() })
	return srv, nil
}

func startOnce(ctx context.Context, bin Binaries, account account, opts Options, cache cacheUse) (_ *Server, err error) {
	dir, err := makeServerDir(account)
	if err != nil {
		return nil, err
	}
	s := &Server{binaries: bin, dir: dir, tcp: opts.TCP || runtime.GOOS == "windows", port: 5432}
	defer func() {
		if err != nil {
			_ = s.Stop()
		}
	}()
	made, err := makeDataDir(ctx, bin, account, s.dataDir(), cache)
	if err != nil {
		return nil, err
	}
	s.password = made.password
	if s.tcp {
		if s.port, err = freePort(ctx); err != nil {
			return nil, err
		}
	}
	s.process, err = startProcess(ctx, bin, account, s, opts.Settings)
	if err != nil {
		return nil, err
	}
	if err := s.waitUntilReady(ctx); err != nil {
		if made.template != "" && ctx.Err() == nil {
			return nil, &damagedTemplateError{template: made.template, cause: err}
		}
		return nil, err
	}
	return s, nil
}

// damagedTemplateError says that a server made from the cached data folder did not come up.
type damagedTemplateError struct {
	template string
	cause    error
}

func (e *damagedTemplateError) Error() string { return e.cause.Error() }
func (e *damagedTemplateError) Unwrap() error { return e.cause }

func (s *Server) dataDir() string { return filepath.Join(s.dir, "data") }
func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

// Binaries returns the binaries that this server runs, psql and pg_dump among them.
func (s *Server) Binaries() Binaries { return s.binaries }

// SocketDir returns the folder of the unix socket, empty on Windows.
func (s *Server) SocketDir() string {
	if runtime.GOOS == "windows" {
		return ""
	}
	return s.dir
}

// Port returns the port number: that of the socket's name, and of 127.0.0.1 where TCP was asked for.
func (s *Server) Port() int { return s.port }

// Password returns the password of [SuperUser] over TCP; over the socket none is needed.
func (s *Server) Password() string { return s.password }

// DSN returns the URL of one database of this server, understood by libpq and pgx.
func (s *Server) DSN(database string) string {
	if runtime.GOOS == "windows" {
		return s.TCPDSN(database)
	}
	q := url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.port)}, "user": {SuperUser}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// TCPDSN returns the URL of one database on 127.0.0.1; it works only where [Options.TCP] was set.
func (s *Server) TCPDSN(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(SuperUser, s.password), Path: "/" + database,
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), RawQuery: "sslmode=disable",
	}
	return u.String()
}

// CreateDatabase makes a database. An empty template means an empty database; a template must have
// no connections.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) error {
	return createOn(ctx, s.DSN("postgres"), name, template)
}

// Stop ends the server and removes its folder. Calls after the first return the first's result.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		if s.detach != nil {
			s.detach()
		}
		var err error
		if s.process != nil {
			err = s.process.stop()
		}
		s.stopErr = errors.Join(err, os.RemoveAll(s.dir))
	})
	return s.stopErr
}

// waitUntilReady asks until the server answers a query, or its process ends.
func (s *Server) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("postgres ended before it answered; its log says: %s", logTail(s.logFile()))
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres to answer: %w (last: %w); its log says: %s", ctx.Err(), err, logTail(s.logFile()))
		case <-tick.C:
		}
	}
}

// freePort asks the system for a port nobody uses. Another process may take it before Postgres
// does; then the start fails and says so.
func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// logTail returns the end of a log, for an error message.
func logTail(path string) string {
	const most = 2000
	data, err := os.ReadFile(path)
	if err != nil {
		return "(no log)"
	}
	if len(data) > most {
		data = data[len(data)-most:]
	}
	return string(data)
}
