package connection

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/redact"
)

// parse reads a connection string as libpq does (URL or keywords; the PG
// variables, the password file and the service file fill what it leaves out). Its
// errors never quote the string: a broken one hides its password badly.
func parse(dsn string) (*pgconn.Config, error) {
	dsn = strings.TrimSpace(dsn)
	if splitsPassword(dsn) {
		return nil, errNotEncoded
	}
	pg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, explain(dsn, err)
	}
	return pg, nil
}

var errNotEncoded = errors.New("the connection string is not a valid URL: percent-encode the characters % / ? # @ : and blanks of its user, password and database")

// splitsPassword tells a URL whose authority ends within its password, as that of
// postgres://user:p@ss/word@host/db does: the rest of the password would be taken
// for a host and a database, which are shown.
func splitsPassword(dsn string) bool {
	_, rest, isURL := strings.Cut(dsn, "://")
	if !isURL {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return false
	}
	beforeValues, _, _ := strings.Cut(rest[end:], "=")
	return strings.Contains(beforeValues, "@")
}

// explain says what is wrong with a connection string without repeating it.
func explain(dsn string, err error) error {
	scheme, _, isURL := strings.Cut(dsn, "://")
	var path *os.PathError
	switch {
	case isURL && scheme != "postgres" && scheme != "postgresql":
		return errors.New("the connection string is no Postgres URL: it must begin with postgres:// or postgresql://")
	case errors.As(err, &path):
		return fmt.Errorf("a file that the connection string or a PG variable names cannot be read: %s: %w", clean(path.Path), path.Err)
	case !isURL && !strings.Contains(dsn, "="):
		return errors.New("the connection string is neither a URL (postgres://user@host/database) nor keywords (host=... dbname=...)")
	}
	for _, known := range []string{"sslmode", "port", "connect_timeout", "target_session_attrs", "service", "channel_binding", "krbsrvname", "min_protocol_version", "max_protocol_version", "sslnegotiation", "TLS"} {
		if msg := innermost(err); strings.Contains(msg, known) && !strings.Contains(msg, "password") {
			return fmt.Errorf("the connection string cannot be used: its %s is not valid", strings.Replace(known, "TLS", "TLS setting", 1))
		}
	}
	if isURL {
		return errNotEncoded
	}
	return errors.New("the connection string cannot be read: quote a value with blanks as 'a b', and \\ and ' as \\\\ and \\'")
}

// innermost is the text of the last error of a chain, with secrets hidden.
func innermost(err error) string {
	if parse, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		// Its own text ends with what went wrong, after the quoted string.
		text := parse.Error()
		if i := strings.LastIndex(text, "`: "); i >= 0 {
			return redact.String(text[i+3:])
		}
	}
	return ""
}

// fromDirectus builds a configuration from what Directus uses.
func fromDirectus(db *directusenv.Database) (*pgconn.Config, error) {
	names := make([]string, 0, len(db.Keywords))
	for name := range db.Keywords {
		names = append(names, name)
	}
	slices.Sort(names)
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var dsn strings.Builder
	for _, name := range names {
		fmt.Fprintf(&dsn, "%s='%s' ", name, quote.Replace(db.Keywords[name]))
	}
	pg, err := pgconn.ParseConfig(dsn.String())
	if err != nil {
		if _, ok := errors.AsType[*os.PathError](err); ok {
			return nil, explain("", err)
		}
		return nil, errors.New("the DB_ variables do not make a connection that Postgres understands")
	}
	if pg.TLSConfig == nil {
		return pg, nil
	}
	return pg, applyPEM(pg.TLSConfig, db)
}

// applyPEM applies the certificates that Directus has as text.
func applyPEM(t *tls.Config, db *directusenv.Database) error {
	if db.ServerName != "" {
		t.ServerName = db.ServerName
	}
	if db.CA != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(db.CA)) {
			return errors.New("DB_SSL__CA holds no certificate")
		}
		t.RootCAs = pool
	}
	if db.Cert != "" && db.Key != "" {
		pair, err := tls.X509KeyPair([]byte(db.Cert), []byte(db.Key))
		if err != nil {
			return errors.New("DB_SSL__CERT and DB_SSL__KEY are no certificate with its key")
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return nil
}

// display is user@host:port/database, the hosts in the order they are tried.
func display(pg *pgconn.Config) string {
	hosts := []string{hostPort(pg.Host, pg.Port)}
	for _, fb := range pg.Fallbacks {
		if h := hostPort(fb.Host, fb.Port); !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	database := pg.Database
	if database == "" {
		database = pg.User
	}
	return clean(pg.User + "@" + strings.Join(hosts, ",") + "/" + database)
}

func hostPort(host string, port uint16) string {
	if strings.HasPrefix(host, "/") {
		return "[" + host + "]:" + strconv.Itoa(int(port))
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// clean makes a text from outside fit for a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
