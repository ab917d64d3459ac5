package directusenv

import (
	"errors"
	"net/url"
	"strings"
)

// errNotURL is the answer to a connection string that knex would take for a
// SQLite file name.
var errNotURL = errors.New("is not a URL such as postgres://user:password@host:5432/database, which is all that Directus understands")

// fromConnectionString fills db from DB_CONNECTION_STRING as node-postgres's
// parser (pg-connection-string 2.6, the one that knex uses) understands it. It is
// more forgiving than libpq's: a stray "%" stands for itself, and parameters that
// Postgres does not know are dropped.
func (e *Env) fromConnectionString(db *Database, s string) error {
	if strings.ContainsRune(s, 0) {
		return errors.New("holds a NUL byte")
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme == "" || scheme == "socket" {
		return errNotURL
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	params := parseQuery(query)
	set := func(keyword, value string) {
		if value != "" {
			db.Keywords[keyword] = value
		}
	}
	user, password, hostport := userinfo(authority)
	host, port, err := splitHostPort(hostport)
	if err != nil {
		return err
	}
	set("host", unescape(host))
	set("port", port)
	set("user", user)
	set("password", password)
	set("dbname", unescape(path))
	for _, k := range []string{"host", "port", "user", "password", "options", "client_encoding"} {
		set(k, params[k])
	}
	e.applyURLSSL(db, params)
	return nil
}

// userinfo splits an authority at its last "@", as a browser's URL does.
func userinfo(authority string) (user, password, hostport string) {
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return "", "", authority
	}
	user, password, _ = strings.Cut(authority[:at], ":")
	return unescape(user), unescape(password), authority[at+1:]
}

func splitHostPort(s string) (host, port string, err error) {
	host = s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
	}
	if strings.Trim(port, "0123456789") != "" || strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "", "", errors.New("cannot be read: percent-encode the characters / ? # @ : of its user and password")
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), port, nil
}

// parseQuery is the query of a URL; of two values for a name the last wins.
func parseQuery(query string) map[string]string {
	params := make(map[string]string)
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name = unescape(strings.ReplaceAll(name, "+", " ")); name != "" {
			params[name] = unescape(strings.ReplaceAll(value, "+", " "))
		}
	}
	return params
}

// unescape decodes percent-encoding, and keeps a text whose encoding is broken.
func unescape(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

// applyURLSSL reads ssl and sslmode of a connection string. With one of them,
// node-postgres verifies; libpq's own meaning counts only with uselibpqcompat.
func (e *Env) applyURLSSL(db *Database, params map[string]string) {
	for _, k := range []string{"sslrootcert", "sslcert", "sslkey"} {
		if params[k] != "" {
			db.Keywords[k] = params[k]
		}
	}
	files := params["sslrootcert"] != "" || params["sslcert"] != "" || params["sslkey"] != ""
	mode := params["sslmode"]
	switch ssl := params["ssl"]; {
	case params["uselibpqcompat"] == "true" && mode != "":
	case mode == "disable":
	case mode == "no-verify":
		mode = "require"
	case mode != "" || files:
		mode = "verify-full"
	case ssl == "true" || ssl == "1":
		mode = "verify-full"
	case ssl == "no-verify":
		mode = "require"
	case ssl != "":
		mode = "disable"
	default:
		mode = "disable"
		if v, _, ok := e.Lookup("PGSSLMODE"); ok {
			switch ssl := pgSSLMode(v).(type) {
			case bool:
				mode = map[bool]string{true: "verify-full", false: "disable"}[ssl]
			default:
				mode = "require"
			}
		}
	}
	db.setSSLMode(mode)
	e.applyNodeTLS(db)
}
