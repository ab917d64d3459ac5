package directusenv

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// real.json holds what the real packages did: dotenv and @directus/env of
// Directus 12.4.1 (10.13.4 agreed on every row), and knex's connection parser
// with node-postgres.
type real struct {
	Dotenv []struct {
		File string
		Want [][2]string
	}
	Cast []struct {
		Name, Value string
		Want        any
	}
	Connection []struct {
		URL, Error, Host, User, Password, Database, Options string
		Port                                                float64
		SSL                                                 any
	}
}

func readReal(t *testing.T) real {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "real.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r real
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDotenvReadsAsTheRealOne(t *testing.T) {
	t.Parallel()
	rows := readReal(t).Dotenv
	if len(rows) < 50 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		got := [][2]string{}
		for _, v := range parseDotenv("f", []byte(row.File)) {
			got = append(got, [2]string{v.Name, v.Value})
		}
		if diff := cmp.Diff(row.Want, got); diff != "" {
			t.Errorf("%q: %s", row.File, diff)
		}
	}
}

func TestDotenvKnowsTheLine(t *testing.T) {
	t.Parallel()
	got := parseDotenv(".env", []byte("\n# x\n\nA=\"1\n2\"\n\n  B=2 # y\nA=3\n"))
	want := []Var{{"A", "3", ".env:8"}, {"B", "2", ".env:7"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCastAsTheRealOne(t *testing.T) {
	t.Parallel()
	rows := readReal(t).Cast
	if len(rows) < 200 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		if diff := cmp.Diff(row.Want, comparable(cast(row.Value, row.Name))); diff != "" {
			t.Errorf("%s=%q: %s", row.Name, row.Value, diff)
		}
	}
}

// comparable writes the numbers that JSON has no word for as the generator did.
func comparable(v any) any {
	n, ok := v.(float64)
	switch {
	case !ok:
		return v
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "+Inf"
	case math.IsInf(n, -1):
		return "-Inf"
	}
	return n
}

func TestConnectionStringAsTheRealOne(t *testing.T) {
	t.Parallel()
	for _, row := range readReal(t).Connection {
		db, err := read(t, Options{NoFile: true, Vars: vars("DB_CLIENT=pg", "DB_CONNECTION_STRING="+row.URL)}).Database()
		if row.Host == "localhost" {
			row.Error = "node-postgres falls back to its defaults, which nobody means"
		}
		if row.Error != "" {
			// An empty host is the one thing accepted here that a JavaScript URL refuses.
			if err == nil && !strings.Contains(row.URL, "@/") {
				t.Errorf("%s: accepted; the real one: %s", row.URL, row.Error)
			}
			if err != nil && (strings.Contains(err.Error(), "p/x") || strings.Contains(err.Error(), "p#x")) {
				t.Errorf("%s: the error %q holds the password", row.URL, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.URL, err)
			continue
		}
		k := db.Keywords
		got := []string{k["host"], or(k["port"], "5432"), k["user"], k["password"], or(k["dbname"], k["user"]), k["options"], k["sslmode"]}
		mode := "verify-full"
		switch ssl := row.SSL.(type) {
		case bool:
			mode = map[bool]string{true: "verify-full", false: "disable"}[ssl]
		case map[string]any:
			if ssl["rejectUnauthorized"] == false {
				mode = "require"
			}
		}
		want := []string{strings.Trim(row.Host, "[]"), text(row.Port), row.User, row.Password, row.Database, row.Options, mode}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", row.URL, diff)
		}
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func vars(pairs ...string) []Var { return ProcessVars(pairs) }

func read(t *testing.T, o Options) *Env {
	t.Helper()
	e, err := Read(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheFileWinsOverTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, ".env", "DB_CLIENT=pg\nDB_HOST=filehost\nDB_PORT=5432\nDB_DATABASE=app\nDB_USER=app\n")
	e := read(t, Options{Dir: dir, Vars: vars("DB_HOST=envhost", "DB_PASSWORD=x"), Shown: filepath.Base})
	db, err := e.Database()
	if err != nil {
		t.Fatal(err)
	}
	if db.Keywords["host"] != "filehost" || db.Keywords["password"] != "x" || db.From != "DB_HOST, .env:2" {
		t.Errorf("got host %q from %q", db.Keywords["host"], db.From)
	}
	want := []string{"DB_HOST is set by env DB_HOST and by .env:2: Directus takes the file"}
	if diff := cmp.Diff(want, db.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestConfigPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, ".env", "DB_HOST=dotenv\n")
	write(t, dir, "c.json", "{\n \"DB_HOST\": \"json\",\n \"DB_PORT\": 5433,\n \"DB_SSL\": true, \"DB_EXCLUDE_TABLES\": [\"a\"]}")
	write(t, dir, "c.yaml", "DB_HOST: yaml\nDB_PORT: 5433\nDB_EXCLUDE_TABLES: [a]\n")
	write(t, dir, "c.js", "module.exports = {}")
	write(t, dir, "bad.json", "[]")
	for file, want := range map[string]string{"c.json": "json", "c.yaml": "yaml"} {
		e := read(t, Options{Dir: dir, Vars: vars("CONFIG_PATH=" + file), Shown: filepath.Base})
		host, origin, _ := e.Lookup("DB_HOST")
		port, _, _ := e.Lookup("DB_PORT")
		if host != want || port != "5433" || !strings.HasPrefix(origin, file+":") || !cmp.Equal(e.ExcludeTables().Names, []string{"a"}) {
			t.Errorf("%s: host %q (%s), port %q, exclude %q", file, host, origin, port, e.ExcludeTables().Names)
		}
	}
	e := read(t, Options{Dir: dir, Vars: vars("CONFIG_PATH=")})
	if host, _, _ := e.Lookup("DB_HOST"); host != "dotenv" {
		t.Errorf("CONFIG_PATH set to nothing: host %q", host)
	}
	e = read(t, Options{Dir: dir, Vars: vars("CONFIG_PATH=gone.env")})
	if _, _, ok := e.Lookup("DB_HOST"); ok || len(e.Warnings) != 1 {
		t.Errorf("a missing CONFIG_PATH: warnings %q", e.Warnings)
	}
	for _, o := range []Options{{Vars: vars("CONFIG_PATH=c.js")}, {Vars: vars("CONFIG_PATH=bad.json")}, {EnvFile: "gone.env"}, {EnvFile: "."}} {
		o.Dir = dir
		_, err := Read(o)
		if _, ok := errors.AsType[*FileError](err); !ok {
			t.Errorf("%+v: got %v, want a *FileError", o, err)
		}
	}
}

func TestFileVariables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := write(t, dir, "pw", "s3cret\n")
	base := []string{"DB_CLIENT=pg", "DB_HOST=h", "DB_PORT=5432", "DB_DATABASE=d", "DB_USER=u"}
	tests := []struct {
		vars []string
		want string
		warn int
	}{
		{[]string{"DB_PASSWORD_FILE=" + secret}, "s3cret\n", 1}, // Directus keeps the line break
		{[]string{"DB_PASSWORD_FILE=pw"}, "s3cret\n", 1},
		{[]string{"DB_PASSWORD_FILE=string:" + secret}, "s3cret\n", 1},
		{[]string{"DB_PASSWORD=a", "DB_PASSWORD_FILE=" + secret}, "s3cret\n", 1}, // the later one wins
		{[]string{"DB_PASSWORD_FILE=" + secret, "DB_PASSWORD=a"}, "a", 1},
		{[]string{"DB_PASSWORD=0123", "EMAIL_SMTP_PASSWORD_FILE=/gone"}, "0123", 0},
	}
	for _, tt := range tests {
		db, err := read(t, Options{Dir: dir, NoFile: true, Vars: vars(append(base, tt.vars...)...)}).Database()
		if err != nil || db.Keywords["password"] != tt.want || len(db.Warnings) != tt.warn {
			t.Errorf("%q: password %q, warnings %q, err %v", tt.vars, db.Keywords["password"], db.Warnings, err)
		}
	}
	_, err := Read(Options{Dir: dir, NoFile: true, Vars: vars("DB_PASSWORD_FILE=/gone")})
	if err == nil || !strings.Contains(err.Error(), "DB_PASSWORD_FILE, env DB_PASSWORD_FILE") {
		t.Errorf("a missing secret file: %v", err)
	}
}

func TestDatabaseErrors(t *testing.T) {
	t.Parallel()
	full := []string{"DB_CLIENT=pg", "DB_HOST=h", "DB_PORT=5432", "DB_DATABASE=d", "DB_USER=u"}
	tests := []struct {
		vars []string
		want string
	}{
		{nil, "no DB_ variable is set"},
		{[]string{"DB_HOST=h", "DB_USER=u"}, "missing DB_CLIENT, DB_PORT, DB_DATABASE beside DB_HOST (env DB_HOST), DB_USER (env DB_USER)"},
		{[]string{"DB_CONNECTION_STRING=postgres://h/d"}, "missing DB_CLIENT beside DB_CONNECTION_STRING (env DB_CONNECTION_STRING)"},
		{[]string{"DB_CLIENT=mysql"}, `DB_CLIENT is "mysql" (env DB_CLIENT): schemaguard guards Postgres only`},
		{[]string{"DB_CLIENT=cockroachdb"}, `DB_CLIENT is "cockroachdb" (env DB_CLIENT): schemaguard guards Postgres only`},
		{append(full, "DB_PORT=abc"), "DB_PORT (env DB_PORT) is not a port number"},
		{append(full, "DB_PORT=70000"), "DB_PORT (env DB_PORT) is not a port number"},
		{append(full, "DB_PASSWORD=a\x00b"), "DB_PASSWORD (env DB_PASSWORD) holds a NUL byte"},
		{[]string{"DB_CLIENT=pg", "DB_CONNECTION_STRING=postgres://u:a,b@h/d"}, "DB_CONNECTION_STRING (env DB_CONNECTION_STRING) holds a comma, so Directus takes it for a list: put string: in front of it"},
	}
	for _, tt := range tests {
		_, err := read(t, Options{NoFile: true, Vars: vars(tt.vars...)}).Database()
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q:\n got %v\nwant %s", tt.vars, err, tt.want)
		}
	}
	for _, client := range []string{"pg", "postgres", "postgresql", "string:pg"} {
		if _, err := read(t, Options{NoFile: true, Vars: vars(append(full, "DB_CLIENT="+client)...)}).Database(); err != nil {
			t.Errorf("%s: %v", client, err)
		}
	}
	db, err := read(t, Options{NoFile: true, Vars: vars(append(full, "DB_CONNECTION_STRING=string:postgres://x:a,b@y/z")...)}).Database()
	if err != nil || db.Keywords["host"] != "y" || db.Keywords["password"] != "a,b" || db.From != "DB_CONNECTION_STRING, env DB_CONNECTION_STRING" {
		t.Errorf("the connection string does not win: %+v, %v", db, err)
	}
}

func TestSSL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vars []string
		mode string
		ca   string
	}{
		{nil, "disable", ""},
		{[]string{"DB_SSL=true"}, "verify-full", ""},
		{[]string{"DB_SSL=false"}, "disable", ""},
		{[]string{"DB_SSL=1"}, "verify-full", ""},
		{[]string{"DB_SSL__REJECT_UNAUTHORIZED=false"}, "require", ""},
		{[]string{"DB_SSL=true", "DB_SSL__REJECT_UNAUTHORIZED=false"}, "require", ""},
		{[]string{"DB_SSL__REJECT_UNAUTHORIZED=false", "DB_SSL=true"}, "verify-full", ""}, // the later one replaces the object
		{[]string{"DB_SSL__REJECT_UNAUTHORIZED=true", "DB_SSL__CA=PEM"}, "verify-full", "PEM"},
		{[]string{`DB_SSL=json:{"rejectUnauthorized":false,"ca":"PEM"}`}, "require", "PEM"},
		{[]string{"DB_SSL=no-verify"}, "require", ""},
		{[]string{"PGSSLMODE=require"}, "verify-full", ""},
		{[]string{"PGSSLMODE=no-verify"}, "require", ""},
		{[]string{"PGSSLMODE=require", "DB_SSL=false"}, "disable", ""},
		{[]string{"DB_SSL=true", "NODE_TLS_REJECT_UNAUTHORIZED=0"}, "require", ""},
	}
	base := []string{"DB_CLIENT=pg", "DB_HOST=h", "DB_PORT=5432", "DB_DATABASE=d", "DB_USER=u"}
	for _, tt := range tests {
		db, err := read(t, Options{NoFile: true, Vars: vars(append(base, tt.vars...)...)}).Database()
		if err != nil || db.Keywords["sslmode"] != tt.mode || db.CA != tt.ca {
			t.Errorf("%q: sslmode %q, ca %q, err %v; want %s", tt.vars, db.Keywords["sslmode"], db.CA, err, tt.mode)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vars    []string
		search  []string
		exclude []string
	}{
		{nil, nil, []string{"spatial_ref_sys", "sysdiagrams"}},
		{[]string{"DB_SEARCH_PATH=public"}, []string{"public"}, []string{"spatial_ref_sys", "sysdiagrams"}},
		{[]string{"DB_SEARCH_PATH=a,b", "DB_EXCLUDE_TABLES=x,y"}, []string{"a", "b"}, []string{"x", "y"}},
		{[]string{"DB_SEARCH_PATH=array:public,other", "DB_EXCLUDE_TABLES=x"}, []string{"public", "other"}, []string{"x"}},
		{[]string{"DB_SEARCH_PATH=a, b", "DB_EXCLUDE_TABLES=a, b"}, []string{"a", " b"}, []string{"a", " b"}}, // no trimming
		{[]string{"DB_SEARCH_PATH=", "DB_EXCLUDE_TABLES="}, nil, nil},
		{[]string{"DB_SEARCH_PATH=null", `DB_EXCLUDE_TABLES=json:["a b","c"]`}, nil, []string{"a b", "c"}},
		{[]string{"DB_EXCLUDE_TABLES=2024,007"}, nil, []string{"2024", "007"}},
	}
	for _, tt := range tests {
		e := read(t, Options{NoFile: true, Vars: vars(tt.vars...)})
		if diff := cmp.Diff([][]string{tt.search, tt.exclude}, [][]string{e.SearchPath().Names, e.ExcludeTables().Names}); diff != "" {
			t.Errorf("%q: %s", tt.vars, diff)
		}
	}
	e := read(t, Options{NoFile: true, Vars: vars("DB_SEARCH_PATH=a")})
	if e.SearchPath().Origin != "DB_SEARCH_PATH, env DB_SEARCH_PATH" || e.ExcludeTables().Origin != "" {
		t.Errorf("origins %q and %q", e.SearchPath().Origin, e.ExcludeTables().Origin)
	}
}

func FuzzDotenv(f *testing.F) {
	for _, s := range []string{"A=b", "DB_PASSWORD=\"a\\nb\"\nDB_HOST='x", "\ufeffA=`b`#c", "A=\r\nB", "export A:\tb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := strings.Count(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n") + strings.Count(string(data), "\r") + 1
		for _, v := range parseDotenv("f", data) {
			if v.Name == "" || len(v.Origin) > len("f:")+len(text(float64(lines))) {
				t.Errorf("%q of %d lines", v, lines)
			}
			cast(v.Value, v.Name)
		}
	})
}

// Whatever the environment holds, nothing panics, and no message holds a secret.
func FuzzDatabase(f *testing.F) {
	f.Add("postgres://u:hunter22@h/d", "hunter22", "true")
	f.Add("postgres://u:hunter22@h:x/d?ssl=1", "array:hunter22,b", "json:{")
	f.Fuzz(func(t *testing.T, connection, password, ssl string) {
		e, err := Read(Options{NoFile: true, Vars: []Var{
			{"DB_CLIENT", "pg", "t"},
			{"DB_CONNECTION_STRING", connection, "t"},
			{"DB_HOST", "h", "t"},
			{"DB_PORT", ssl, "t"},
			{"DB_DATABASE", "d", "t"},
			{"DB_USER", "u", "t"},
			{"DB_PASSWORD", password, "t"},
			{"DB_SSL", ssl, "t"},
			{"DB_SSL__CA", password, "t"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Database(); err != nil && len(password) > 6 && strings.Contains(connection, password) && strings.Contains(err.Error(), password) {
			t.Errorf("%v holds the password", err)
		}
	})
}
