// Package bootlock is the lock that lets one boot at a time change the schema of a
// database: a session advisory lock of Postgres on a connection of its own, kept
// open for as long as it is held. The server frees it when the holder is gone,
// however it went.
//
// It believes nothing: a pooler that gives the connection to somebody else takes
// the lock along, so the lock counts only once the server was seen to hold it for
// this very session. Where that cannot be shown there is no lock.
package bootlock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Key is the lock: "schemagd" in ASCII. Advisory locks belong to one database, so
// it is the same for all.
const Key int64 = 0x736368656d616764

const (
	tick      = 500 * time.Millisecond // between two tries
	sayEvery  = 10 * time.Second       // that somebody else holds it
	pulse     = 5 * time.Second        // between two looks whether it is still held
	patience  = 5 * time.Second        // for an answer to one question
	goodbye   = time.Second            // for closing
	maxName   = 63                     // bytes of an application_name
	probes    = 3                      // sessions that try to get the same server connection
	poolerFix = "set SCHEMAGUARD_LOCK_URL to a connection that goes to Postgres itself, or to a pool in session mode"
)

// tryLockSQL takes the lock without waiting, unlockSQL gives it back.
func tryLockSQL() string { return "SELECT pg_try_advisory_lock(" + strconv.FormatInt(Key, 10) + ")" }
func unlockSQL() string  { return "SELECT pg_advisory_unlock(" + strconv.FormatInt(Key, 10) + ")" }

// Options say which database, and how long to wait.
type Options struct {
	Config  *pgconn.Config
	Display string // "user@host:port/database", without a password
	// Same is the database that the lock is for, where Config goes there another
	// way; nil where it is the same.
	Same    *pgconn.Config
	Name    string        // how others see the holder: "schemaguard boot on web-1"
	Timeout time.Duration // to wait for another holder; 0 waits for ever
	Log     *slog.Logger
	Now     func() time.Time
}

// UnreachableError says that the connection for the lock could not be had, or broke.
type UnreachableError struct {
	Display string
	cause   error
}

// Error implements error; it holds no password.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the lock on %s cannot be taken: %s", e.Display, terminal.Clean(redact.String(strings.Join(strings.Fields(e.cause.Error()), " "))))
}

// Unwrap returns the driver's error.
func (e *UnreachableError) Unwrap() error { return e.cause }

// UnreliableError says that a lock was taken that the server does not hold for
// this session, or may give to another.
type UnreliableError struct{ Display, Why string }

// Error implements error and says what to set.
func (e *UnreliableError) Error() string {
	return fmt.Sprintf("a lock on %s would not last: %s; %s", e.Display, e.Why, poolerFix)
}

// TimeoutError says that another boot holds the lock, and for too long.
type TimeoutError struct {
	Waited time.Duration
	Holder string // who it is, in words; may be empty
}

// Error implements error.
func (e *TimeoutError) Error() string {
	who := e.Holder
	if who == "" {
		who = "another boot"
	}
	return fmt.Sprintf("%s has held the lock on the database for longer than %s; wait for it, or give more time with --lock-timeout", who, e.Waited)
}

// Lock is the lock, held.
type Lock struct {
	opt  Options
	pid  uint64 // of the server process that holds it
	stop chan struct{}
	done sync.WaitGroup
	lost chan struct{}

	mu   sync.Mutex // of conn
	conn *pgconn.PgConn
	once sync.Once
}

// Take waits for the lock. It returns an *[UnreachableError], *[UnreliableError] or
// *[TimeoutError], or the end of ctx.
func Take(ctx context.Context, o Options) (*Lock, error) {
	config := o.Config.Copy()
	if config.RuntimeParams == nil {
		config.RuntimeParams = map[string]string{}
	}
	config.RuntimeParams["application_name"] = shortened(o.Name)
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = patience
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, &UnreachableError{o.Display, err}
	}
	l := &Lock{opt: o, conn: conn, stop: make(chan struct{}), lost: make(chan struct{})}
	if err := l.take(ctx); err != nil {
		l.close()
		return nil, err
	}
	l.done.Go(l.watch)
	return l, nil
}

func shortened(name string) string {
	if len(name) > maxName {
		name = name[:maxName]
	}
	return name
}

// take proves that this session will be one, waits for the lock, and proves that
// it is there. A session that is none is left as it was found: a lock that was
// taken through a pool would stay on the pool's connection for good.
func (l *Lock) take(ctx context.Context) error {
	session, err := l.look(ctx)
	if err != nil {
		return &UnreachableError{l.opt.Display, err}
	}
	l.pid = session.pid
	if uint64(l.conn.PID()) != session.pid {
		// Somebody stands between: the process that was named at the start is not the
		// one that answers.
		if err := l.probe(ctx); err != nil {
			return err
		}
	}
	l.settle(ctx)
	if err := l.await(ctx); err != nil {
		return err
	}
	if err := l.Verify(ctx); err != nil {
		_, _ = l.rows(ctx, unlockSQL())
		return err
	}
	return l.elsewhere(ctx)
}

func (l *Lock) unreliable(why string) error { return &UnreliableError{l.opt.Display, why} }

// settle makes the server notice soon that this machine is gone. What an older
// server does not know is left.
func (l *Lock) settle(ctx context.Context) {
	for _, set := range []string{
		"SET tcp_keepalives_idle = 30", "SET tcp_keepalives_interval = 10", "SET tcp_keepalives_count = 3",
		"SET idle_session_timeout = 0", "SET statement_timeout = 0",
	} {
		_, _ = l.rows(ctx, set)
	}
}

// await tries until the lock is had, and says who has it meanwhile.
func (l *Lock) await(ctx context.Context) error {
	began, said := l.opt.Now(), time.Time{}
	for {
		rows, err := l.rows(ctx, tryLockSQL())
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &UnreachableError{l.opt.Display, err}
		}
		if len(rows) == 1 && rows[0][0] == "t" {
			return nil
		}
		now := l.opt.Now()
		if l.opt.Timeout > 0 && now.Sub(began) >= l.opt.Timeout {
			return &TimeoutError{l.opt.Timeout, l.holder(ctx)}
		}
		if now.Sub(said) >= sayEvery {
			said = now
			who := l.holder(ctx)
			if who == "" {
				who = "another boot"
			}
			l.opt.Log.Info("waiting: "+who+" has the database to itself", "step", "lock", "duration", now.Sub(began).Round(time.Millisecond).String())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(tick + rand.N(tick)):
		}
	}
}

// isOurs picks the lock out of pg_locks: a key of 64 bits stands there in halves.
func isOurs() string {
	return fmt.Sprintf("l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid = %d AND l.objid = %d AND l.granted"+
		" AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())", uint32(Key>>32), uint32(Key&0xffffffff))
}

// holder says who holds the lock; empty where it cannot be told.
func (l *Lock) holder(ctx context.Context) string {
	rows, err := l.rows(ctx, "SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), ''),"+
		" coalesce(extract(epoch FROM now() - a.backend_start)::int::text, '') FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE "+isOurs()+" LIMIT 1")
	if err != nil || len(rows) == 0 {
		return ""
	}
	pid, name, addr, age := rows[0][0], rows[0][1], rows[0][2], rows[0][3]
	if name == "" {
		name = "another boot"
	}
	who := terminal.Clean(name) + " (process " + pid + " of the server"
	if addr != "" {
		who += ", from " + terminal.Clean(addr)
	}
	if age != "" {
		who += ", connected for " + age + " s"
	}
	return who + ")"
}

// held is what the server says of this session.
type held struct {
	pid uint64
	ok  bool
}

const ownSQL = "SELECT pg_backend_pid(), EXISTS (SELECT FROM pg_locks l WHERE %s AND l.pid = pg_backend_pid())"

func (l *Lock) look(ctx context.Context) (held, error) {
	rows, err := l.rows(ctx, fmt.Sprintf(ownSQL, isOurs()))
	if err != nil {
		return held{}, err
	}
	if len(rows) != 1 {
		return held{}, errors.New("the server did not say which process it is")
	}
	pid, err := strconv.ParseUint(rows[0][0], 10, 32)
	if err != nil {
		return held{}, fmt.Errorf("reading the number of the server's process: %w", err)
	}
	return held{pid, rows[0][1] == "t"}, nil
}

// rows asks one question by the simple protocol, which every pooler understands.
func (l *Lock) rows(ctx context.Context, sql string) ([][]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return ask(ctx, l.conn, sql)
}

func ask(ctx context.Context, conn *pgconn.PgConn, sql string) ([][]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, result := range results {
		for _, row := range result.Rows {
			texts := make([]string, len(row))
			for i, cell := range row {
				texts[i] = string(cell)
			}
			rows = append(rows, texts)
		}
	}
	return rows, nil
}

// Verify asks the server whether this session still holds the lock. It returns an
// *[UnreachableError] or *[UnreliableError].
func (l *Lock) Verify(ctx context.Context) error {
	now, err := l.look(ctx)
	switch {
	case err != nil:
		return &UnreachableError{l.opt.Display, err}
	case now.pid != l.pid:
		return l.moved(now.pid)
	case !now.ok:
		return l.unreliable("the server does not hold it any more")
	}
	return nil
}

func (l *Lock) moved(pid uint64) error {
	return l.unreliable(fmt.Sprintf("process %d of the server answered first, and process %d answers now, as behind PgBouncer in transaction mode", l.pid, pid))
}

// watch keeps the connection busy, and notices when the lock is gone.
func (l *Lock) watch() {
	for {
		select {
		case <-l.stop:
			return
		case <-time.After(pulse):
		}
		if err := l.Verify(context.Background()); err != nil {
			l.opt.Log.Error("the lock is gone: "+err.Error(), "step", "lock")
			close(l.lost)
			return
		}
	}
}

// Lost is closed when it turns out that the lock is gone.
func (l *Lock) Lost() <-chan struct{} { return l.lost }

// Unlock gives the lock up and ends the connection. It may be called twice.
func (l *Lock) Unlock() {
	l.once.Do(func() {
		close(l.stop)
		l.done.Wait()
		_, _ = l.rows(context.Background(), unlockSQL())
		l.close()
	})
}

func (l *Lock) close() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.conn.Close(ctx)
}

// Parse reads a connection string for the lock. Its error holds nothing of it.
func Parse(url string) (*pgconn.Config, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, errors.New("it is no connection string of Postgres")
	}
	return config, nil
}
