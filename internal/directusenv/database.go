package directusenv

import (
	"fmt"
	"slices"
	"strings"
)

// defaultExcludeTables is @directus/env's default of DB_EXCLUDE_TABLES.
const defaultExcludeTables = "spatial_ref_sys,sysdiagrams"

// A List is a list of names and where it was set; Origin is "" for a default.
type List struct {
	Names  []string
	Origin string
}

// A Database is how a Directus reaches its Postgres.
type Database struct {
	// Keywords are libpq connection keywords (host, port, user, password, dbname,
	// sslmode, options, client_encoding, sslrootcert, sslcert, sslkey).
	Keywords map[string]string
	// CA, Cert and Key are PEM texts from DB_SSL__CA, DB_SSL__CERT and
	// DB_SSL__KEY; "" when not set.
	CA, Cert, Key string
	// ServerName is the name that the certificate must hold, "" for the host.
	ServerName string
	// From says which variable decided, with its place: "DB_HOST, .env:3".
	From string
	// SearchPath holds the schemas; none means that Directus reads "public" and
	// leaves the session's own search_path alone.
	SearchPath    List
	ExcludeTables List
	Warnings      []string
}

// A ClientError says that Directus uses another database than Postgres.
type ClientError struct {
	Client string
	Origin string
}

// Error names the client and where it was set.
func (e *ClientError) Error() string {
	return fmt.Sprintf("DB_CLIENT is %q (%s): schemaguard guards Postgres only", e.Client, e.Origin)
}

// An IncompleteError says that the environment does not lead to a database.
type IncompleteError struct {
	Missing []string // the variables Directus would ask for
	Have    []string // the DB_ variables that are set, with their places
}

// Error names what is missing; Have is empty when there is no DB_ at all.
func (e *IncompleteError) Error() string {
	if len(e.Have) == 0 {
		return "no DB_ variable is set"
	}
	return fmt.Sprintf("missing %s beside %s", strings.Join(e.Missing, ", "), strings.Join(e.Have, ", "))
}

// A ValueError is a variable whose value Directus cannot use either.
type ValueError struct {
	Name, Origin, Msg string
}

// Error never holds the value.
func (e *ValueError) Error() string { return fmt.Sprintf("%s (%s) %s", e.Name, e.Origin, e.Msg) }

// Lookup returns a variable's text and origin.
func (e *Env) Lookup(name string) (value, origin string, ok bool) {
	v, ok := e.entries[name]
	return text(v.value), v.origin, ok
}

// SearchPath returns DB_SEARCH_PATH as Directus hands it to knex: a text is one
// schema, a list several; nothing, null and "" are no search path.
func (e *Env) SearchPath() List {
	return e.list("DB_SEARCH_PATH")
}

// ExcludeTables returns DB_EXCLUDE_TABLES. Setting it replaces the default, so a
// list without spatial_ref_sys lets Directus see PostGIS's table.
func (e *Env) ExcludeTables() List {
	if _, ok := e.entries["DB_EXCLUDE_TABLES"]; !ok {
		return List{Names: strings.Split(defaultExcludeTables, ",")}
	}
	return e.list("DB_EXCLUDE_TABLES")
}

func (e *Env) list(name string) List {
	v, ok := e.entries[name]
	if !ok {
		return List{}
	}
	l := List{Origin: name + ", " + v.origin}
	switch value := v.value.(type) {
	case nil:
	case []any:
		for _, item := range value {
			if s := text(item); s != "" {
				l.Names = append(l.Names, s)
			}
		}
	default:
		if s := text(value); s != "" {
			l.Names = []string{s}
		}
	}
	return l
}

// Database returns how this Directus reaches its database. Errors: *ClientError,
// *IncompleteError, *ValueError.
func (e *Env) Database() (*Database, error) {
	db := &Database{
		Keywords:      make(map[string]string),
		SearchPath:    e.SearchPath(),
		ExcludeTables: e.ExcludeTables(),
		Warnings:      slices.Clone(e.Warnings),
	}
	client, origin, ok := e.Lookup("DB_CLIENT")
	if ok && !slices.Contains([]string{"pg", "postgres", "postgresql"}, client) {
		return nil, &ClientError{Client: client, Origin: origin}
	}
	connection, origin, hasConnection := e.Lookup("DB_CONNECTION_STRING")
	hasConnection = hasConnection && connection != ""
	if missing := e.missing(hasConnection); len(missing) > 0 {
		return nil, &IncompleteError{Missing: missing, Have: e.have()}
	}
	if hasConnection {
		if _, isList := e.entries["DB_CONNECTION_STRING"].value.([]any); isList {
			return nil, &ValueError{"DB_CONNECTION_STRING", origin, "holds a comma, so Directus takes it for a list: put string: in front of it"}
		}
		db.From = "DB_CONNECTION_STRING, " + origin
		if err := e.fromConnectionString(db, connection); err != nil {
			return nil, &ValueError{"DB_CONNECTION_STRING", origin, err.Error()}
		}
		return db, nil
	}
	return db, e.fromParts(db)
}

// missing lists what Directus's validateEnv would ask for.
func (e *Env) missing(hasConnection bool) []string {
	required := []string{"DB_CLIENT", "DB_HOST", "DB_PORT", "DB_DATABASE", "DB_USER"}
	if hasConnection {
		required = required[:1]
	}
	return slices.DeleteFunc(required, func(name string) bool {
		_, ok := e.entries[name]
		return ok
	})
}

// have lists the variables that say something about a connection.
func (e *Env) have() []string {
	var out []string
	for _, name := range e.order {
		if strings.HasPrefix(name, "DB_") {
			out = append(out, name+" ("+e.entries[name].origin+")")
		}
	}
	return out
}

// fromParts fills db from DB_HOST, DB_PORT and so on. Everything else that
// begins with DB_ goes to node-postgres as it is; only what libpq knows too is
// taken over.
func (e *Env) fromParts(db *Database) error {
	parts := map[string]string{"DB_HOST": "host", "DB_PORT": "port", "DB_USER": "user", "DB_PASSWORD": "password", "DB_DATABASE": "dbname", "DB_OPTIONS": "options", "DB_CLIENT_ENCODING": "client_encoding"}
	for name, keyword := range parts {
		value, origin, ok := e.Lookup(name)
		if strings.ContainsRune(value, 0) {
			return &ValueError{name, origin, "holds a NUL byte"}
		}
		if ok && value != "" {
			db.Keywords[keyword] = value
		}
	}
	if port, ok := e.entries["DB_PORT"].value.(float64); ok && !(port >= 1 && port <= 65535 && port == float64(int(port))) {
		return &ValueError{"DB_PORT", e.entries["DB_PORT"].origin, "is not a port number"}
	}
	for _, name := range []string{"DB_HOST", "DB_CONNECTION_STRING"} {
		if v, ok := e.entries[name]; ok && db.From == "" {
			db.From = name + ", " + v.origin
		}
	}
	e.applySSL(db)
	return nil
}

// applySSL turns DB_SSL and DB_SSL__* into an sslmode. node-postgres verifies the
// certificate and the host name unless it is told not to, and without any setting
// it does not use TLS at all.
func (e *Env) applySSL(db *Database) {
	ssl := any(nil)
	if mode, ok := e.entries["PGSSLMODE"]; ok {
		ssl = pgSSLMode(text(mode.value))
	}
	for _, name := range e.order {
		v := e.entries[name].value
		switch sub, nested := strings.CutPrefix(name, "DB_SSL__"); {
		case name == "DB_SSL":
			ssl = v
		case nested:
			// lodash.set replaces what is no object by one.
			object, ok := ssl.(map[string]any)
			if !ok {
				object = map[string]any{}
			}
			object[camel(sub)] = v
			ssl = object
		}
	}
	switch v := ssl.(type) {
	case nil:
		db.setSSLMode("disable")
	case bool:
		db.setSSLMode(map[bool]string{true: "verify-full", false: "disable"}[v])
	case map[string]any:
		mode := "verify-full"
		if reject, ok := v["rejectUnauthorized"]; ok && !truthy(reject) {
			mode = "require"
		}
		db.CA, db.Cert, db.Key = text(v["ca"]), text(v["cert"]), text(v["key"])
		db.ServerName = text(v["servername"])
		db.setSSLMode(mode)
	default:
		// Any other text or number that is not empty switches TLS on.
		switch {
		case !truthy(v):
			db.setSSLMode("disable")
		case text(v) == "no-verify":
			db.setSSLMode("require")
		default:
			db.setSSLMode("verify-full")
		}
	}
	e.applyNodeTLS(db)
}

// applyNodeTLS obeys the variable with which node stops verifying altogether.
func (e *Env) applyNodeTLS(db *Database) {
	if v, _, ok := e.Lookup("NODE_TLS_REJECT_UNAUTHORIZED"); ok && v == "0" && strings.HasPrefix(db.Keywords["sslmode"], "verify-") {
		db.setSSLMode("require")
		db.CA = ""
	}
}

// setSSLMode also keeps pgx from reading libpq's files in ~/.postgresql, which
// node-postgres does not know: with them "require" would verify after all.
func (db *Database) setSSLMode(mode string) {
	db.Keywords["sslmode"] = mode
	for _, k := range []string{"sslrootcert", "sslcert", "sslkey"} {
		if _, ok := db.Keywords[k]; !ok {
			db.Keywords[k] = ""
		}
	}
}

// pgSSLMode is node-postgres's reading of PGSSLMODE.
func pgSSLMode(mode string) any {
	switch mode {
	case "prefer", "require", "verify-ca", "verify-full":
		return true
	case "no-verify":
		return map[string]any{"rejectUnauthorized": false}
	}
	return false
}

// truthy is JavaScript's Boolean(value).
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && v == v
	case string:
		return v != ""
	}
	return true
}

// camel turns REJECT_UNAUTHORIZED into rejectUnauthorized.
func camel(name string) string {
	parts := strings.Split(strings.ToLower(name), "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}
