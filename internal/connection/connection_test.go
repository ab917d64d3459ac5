package connection

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/directusenv"
)

// The PG variables of whoever runs the tests would leak into pgconn.
func TestMain(m *testing.M) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "PG") {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// fakeDocker answers by the first argument and remembers what it was asked.
type fakeDocker struct {
	answers map[string]string
	asked   []string
}

func (d *fakeDocker) Run(_ context.Context, args ...string) ([]byte, error) {
	d.asked = append(d.asked, strings.Join(args, " "))
	answer, ok := d.answers[args[0]]
	if !ok {
		return nil, errors.New("Cannot connect to the Docker daemon")
	}
	return []byte(answer), nil
}

// find unpacks a project and decides for it.
func find(t *testing.T, archive string, flag string, environ []string, docker Docker, known ...string) (*Settings, error) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := config.Options{Dir: dir, Environ: environ}
	if flag != "" {
		o.Flags = map[string]config.Flag{"database.url": {Name: "--dsn", Value: flag}}
	}
	cfg, err := config.Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return Find(t.Context(), Options{
		Config: cfg, Environ: environ, Docker: docker,
		Compose: compose.Load(compose.Options{Dir: dir, Root: dir, Environ: environ}),
		Resolves: func(_ context.Context, host string) bool {
			return slices.Contains(known, host)
		},
		Shown: func(path string) string {
			rel, _ := filepath.Rel(dir, path)
			return rel
		},
	})
}

const dotenv = "-- .env --\nDB_CLIENT=pg\nDB_HOST=127.0.0.1\nDB_PORT=5433\nDB_DATABASE=app\nDB_USER=anna\nDB_PASSWORD=hunter22\n"

const composeFile = `-- compose.yaml --
name: trm
services:
  directus:
    image: directus/directus:11.17.4
    environment: {DB_CLIENT: pg, DB_HOST: db, DB_PORT: 5432, DB_DATABASE: app, DB_USER: cms, DB_PASSWORD: hunter22, DB_SEARCH_PATH: "array:public,other"}
  db:
    image: postgres:16
    ports: ["127.0.0.1:5434:5432"]
`

func TestTheStrongestPlaceWins(t *testing.T) {
	t.Parallel()
	const file = "-- .schemaguard.yaml --\ndatabase:\n  url: postgres://anna@file/db\n"
	const byName = "-- .schemaguard.yaml --\ndatabase:\n  url_env: MY_DB\n"
	ours, common := "SCHEMAGUARD_DATABASE_URL=postgres://anna@ours/db", "DATABASE_URL=host=common user=anna dbname='d b'"
	tests := []struct {
		archive, flag   string
		environ         []string
		source, display string
	}{
		{file + dotenv + composeFile, "postgres://anna@flag:1/db", []string{ours, common}, "flag --dsn", "anna@flag:1/db"},
		{file + dotenv + composeFile, "", []string{ours, common}, "env SCHEMAGUARD_DATABASE_URL", "anna@ours:5432/db"},
		{file + dotenv + composeFile, "", []string{common}, ".schemaguard.yaml:2", "anna@file:5432/db"},
		{byName + dotenv, "", []string{common, "MY_DB=postgres://anna@mine/db"}, "env MY_DB, named by .schemaguard.yaml:2", "anna@mine:5432/db"},
		{dotenv + composeFile, "", []string{common}, "env DATABASE_URL", "anna@common:5432/d b"},
		{dotenv + composeFile, "", nil, "DB_HOST, .env:2", "anna@127.0.0.1:5433/app"},
		{composeFile, "", nil, "compose service directus, DB_HOST, compose.yaml:5", "cms@127.0.0.1:5434/app"},
		{strings.Replace(dotenv, ".env", "apps/cms/.env", 1) + "-- .env --\nDB_CLIENT=mysql\n-- .schemaguard.yaml --\nsnapshot: {path: apps/cms/snapshots/schema.yaml}\n", "", nil, "DB_HOST, apps/cms/.env:2", "anna@127.0.0.1:5433/app"},
		{strings.Replace(dotenv, ".env", "cms.env", 1) + "-- .env --\nDB_CLIENT=mysql\n-- .schemaguard.yaml --\ndirectus: {env_file: cms.env}\n", "", nil, "DB_HOST, cms.env:2", "anna@127.0.0.1:5433/app"},
		{"", "", []string{"PGHOST=/run/postgresql", "PGUSER=x"}, "env PGHOST", ""},
		{"", "postgres://a:hunter22@h1:1,h2:2/d?sslmode=prefer", nil, "flag --dsn", "a@h1:1,h2:2/d"},
		{"", "host=/run/postgresql user=a dbname=d", nil, "flag --dsn", "a@[/run/postgresql]:5432/d"},
		{"", "postgres://a@[::1]:5433/d", nil, "flag --dsn", "a@[::1]:5433/d"},
		{"", "postgres://a@h", nil, "flag --dsn", "a@h:5432/a"},
		{"", "postgres://a%1b[31m@h/d", nil, "flag --dsn", "a?[31m@h:5432/d"},
	}
	for _, tt := range tests {
		s, err := find(t, tt.archive, tt.flag, tt.environ, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.source, err)
			continue
		}
		if s.Source != strings.Replace(tt.source, ".yaml:2", ".yaml:3", 1) && s.Source != tt.source || tt.display != "" && s.Display != tt.display {
			t.Errorf("got %q, %q; want %q, %q", s.Source, s.Display, tt.source, tt.display)
		}
		if strings.Contains(s.Display, "hunter22") || s.PG.RuntimeParams["application_name"] != ApplicationName || s.PG.ConnectTimeout != 5*time.Second || s.StatementTimeout != 30*time.Second {
			t.Errorf("%s: %s, %v, %v", tt.source, s.Display, s.PG.RuntimeParams, s.PG.ConnectTimeout)
		}
	}
}

func TestCandidatesShowTheLosers(t *testing.T) {
	t.Parallel()
	s, err := find(t, dotenv+composeFile, "", []string{"DATABASE_URL=postgres://x:hunter22@h/d"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Candidate{
		{Name: "flag --dsn or SCHEMAGUARD_DATABASE_URL"},
		{Name: "database.url in .schemaguard.yaml"},
		{Name: "database.url_env in .schemaguard.yaml"},
		{Name: "DATABASE_URL", Source: "env DATABASE_URL", State: Used, Display: "x@h:5432/d"},
		{Name: "Directus's DB_ variables here", Source: "DB_HOST, .env:2", State: Weaker, Display: "anna@127.0.0.1:5433/app"},
		{Name: "Directus's DB_ variables in compose (service directus)", Source: "compose service directus, DB_HOST, compose.yaml:5", State: Weaker, Display: "cms@db:5432/app"},
		{Name: "libpq's PG variables"},
	}
	if diff := cmp.Diff(want, s.Candidates); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsStopAndNeverHoldTheSecret(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, archive, flag string
		environ             []string
		want                string
	}{
		{name: "nothing", want: "no database is named; give --dsn"},
		{name: "no URL", flag: "hunter22", want: "flag --dsn: the connection string is neither a URL"},
		{name: "another scheme", flag: "mysql://u:hunter22@h/d", want: "flag --dsn: the connection string is no Postgres URL"},
		{name: "stray percent", flag: "postgres://u:hunter22%zz@h/d", want: "flag --dsn: the connection string is not a valid URL"},
		{name: "unescaped slash", flag: "postgres://u:hunter22/x@h/d", want: "flag --dsn: the connection string"},
		{name: "bad quoting", flag: "host=h password='hunter22", want: "flag --dsn: the connection string cannot be"},
		{name: "bad sslmode", flag: "postgres://u:hunter22@h/d?sslmode=hunter22", want: "flag --dsn: the connection string cannot be used: its sslmode is not valid"},
		{name: "bad port", flag: "host=h port=x password=hunter22", want: "flag --dsn: the connection string cannot be used: its port is not valid"},
		{name: "missing certificate", flag: "postgres://u:hunter22@h/d?sslmode=verify-full&sslrootcert=/gone", want: "flag --dsn: "},
		{name: "a broken strong one is not passed over", archive: dotenv, environ: []string{"DATABASE_URL=hunter22"}, want: "env DATABASE_URL: the connection string is neither"},
		{name: "url_env not set", archive: dotenv + "-- .schemaguard.yaml --\ndatabase: {url_env: MY_DB}\n", want: "env MY_DB, named by .schemaguard.yaml:1: the variable is not set"},
		{name: "mysql", archive: "-- .env --\nDB_CLIENT=mysql\nDB_PASSWORD=hunter22\n", want: `DB_CLIENT is "mysql" (.env:1): schemaguard guards Postgres only; if this Directus`},
		{name: "image default", archive: "-- compose.yaml --\nservices: {directus: {image: directus/directus:11.0.0}}\n", want: `DB_CLIENT is "sqlite3" (the default of the image directus/directus)`},
		{name: "JavaScript", archive: "-- c.js --\n", environ: []string{"CONFIG_PATH=c.js"}, want: "reading c.js, named by env CONFIG_PATH: it is JavaScript"},
		{name: "half a set", archive: "-- .env --\nDB_HOST=db\nDB_PASSWORD=hunter22\n", want: "no database is named: Directus's DB_ variables here are not enough (missing DB_CLIENT, DB_PORT, DB_DATABASE, DB_USER beside DB_HOST (.env:1)"},
		{name: "no such service", archive: composeFile + "-- .schemaguard.yaml --\ndirectus: {service: cms}\n", want: "the compose project has no service \"cms\""},
		{name: "bad CA", archive: dotenv, environ: []string{"DB_SSL__CA=hunter22"}, want: "DB_SSL__CA holds no certificate"},
	}
	for _, tt := range tests {
		_, err := find(t, tt.archive, tt.flag, tt.environ, nil)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
			continue
		}
		for err := error(e); err != nil; err = errors.Unwrap(err) {
			if strings.Contains(err.Error(), "hunter22") {
				t.Errorf("%s: %T holds the secret: %v", tt.name, err, err)
			}
		}
		if len(e.Candidates) == 0 {
			t.Errorf("%s: no candidates", tt.name)
		}
	}
}

// The .env of a compose project feeds its ${...} and is no Directus environment.
func TestHalfAnEnvFileLeadsToCompose(t *testing.T) {
	t.Parallel()
	s, err := find(t, "-- .env --\nDB_USER=interpolated\nDB_PASSWORD=hunter22\n"+strings.Replace(composeFile, "DB_USER: cms", "DB_USER: '${DB_USER}'", 1), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Display != "interpolated@127.0.0.1:5434/app" || s.PG.Password != "hunter22" || s.Candidates[4].State != Unusable {
		t.Errorf("%s, %+v", s.Display, s.Candidates)
	}
}

func TestListsAndTheirSources(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, archive, flag string
		search, exclude     Names
	}{
		{"defaults", "", "postgres://h/d", Names{nil, "default"}, Names{[]string{"spatial_ref_sys", "sysdiagrams"}, "default"}},
		{"compose, for a flag too", composeFile, "postgres://h/d", Names{[]string{"public", "other"}, "DB_SEARCH_PATH, compose.yaml:5"}, Names{[]string{"spatial_ref_sys", "sysdiagrams"}, "default"}},
		{"here before compose", composeFile + dotenv + "DB_SEARCH_PATH=mine\nDB_EXCLUDE_TABLES=a,b\n", "", Names{[]string{"mine"}, "DB_SEARCH_PATH, .env:7"}, Names{[]string{"a", "b"}, "DB_EXCLUDE_TABLES, .env:8"}},
		{"what the winner lacks comes from the other", composeFile + dotenv, "", Names{[]string{"public", "other"}, "DB_SEARCH_PATH, compose.yaml:5"}, Names{[]string{"spatial_ref_sys", "sysdiagrams"}, "default"}},
		{"settings first", composeFile + "-- .schemaguard.yaml --\ndatabase:\n  search_path: [x]\n  exclude_tables: []\n", "", Names{[]string{"x"}, ".schemaguard.yaml:2"}, Names{nil, ".schemaguard.yaml:3"}},
	}
	for _, tt := range tests {
		s, err := find(t, tt.archive, tt.flag, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff([]Names{tt.search, tt.exclude}, []Names{s.SearchPath, s.ExcludeTables}); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

const inspectPublished = `[{"State":{"Running":true},"NetworkSettings":{"Ports":{"5432/tcp":[{"HostIp":"0.0.0.0","HostPort":"49153"},{"HostIp":"::","HostPort":"49153"}]},"Networks":{"trm_default":{"IPAddress":"172.18.0.2"}}}}]`

const inspectPlain = `[{"State":{"Running":true},"NetworkSettings":{"Ports":{"5432/tcp":null},"Networks":{"b":{"IPAddress":"172.18.0.2"},"a":{"IPAddress":""}}}}]`

func TestHostsThatOnlyContainersKnow(t *testing.T) {
	t.Parallel()
	random := strings.Replace(composeFile, `["127.0.0.1:5434:5432"]`, `["5432"]`, 1)
	none := strings.Replace(composeFile, `    ports: ["127.0.0.1:5434:5432"]`+"\n", "", 1)
	here := strings.Replace(dotenv, "DB_HOST=127.0.0.1\nDB_PORT=5433", "DB_HOST=db\nDB_PORT=5432", 1)
	tests := []struct {
		name, archive string
		environ       []string
		docker        map[string]string
		known         []string
		display       string
		note          string
		asked         int
	}{
		{name: "published", archive: composeFile, display: "cms@127.0.0.1:5434/app", note: "db is the compose service db: reached through its published port 127.0.0.1:5434 (compose.yaml:6)"},
		{name: "published, although the name means something here", archive: composeFile, known: []string{"db"}, display: "cms@127.0.0.1:5434/app", note: "db is"},
		{name: "from .env", archive: composeFile + here, display: "anna@127.0.0.1:5434/app", note: "db is"},
		{name: "from .env, and this machine knows the name", archive: composeFile + here, known: []string{"db"}, display: "anna@db:5432/app"},
		{name: "from .env, no compose", archive: here, display: "anna@db:5432/app"},
		{name: "random port", archive: random, docker: map[string]string{"ps": "abc\n", "inspect": inspectPublished}, display: "cms@127.0.0.1:49153/app", note: "db is the compose service db: reached through the port 127.0.0.1:49153 that docker published", asked: 2},
		{name: "engine elsewhere", archive: composeFile, environ: []string{"DOCKER_HOST=ssh://anna@build:22"}, display: "cms@build:5434/app", note: "db is"},
		{name: "a host outside", archive: strings.Replace(composeFile, "DB_HOST: db", "DB_HOST: pg.example.com", 1), display: "cms@pg.example.com:5432/app"},
		{name: "the docker host", archive: strings.Replace(composeFile, "DB_HOST: db", "DB_HOST: host.docker.internal", 1), display: "cms@127.0.0.1:5432/app", note: "host.docker.internal is the machine of the docker engine: 127.0.0.1 was taken"},
	}
	if runtime.GOOS == "linux" {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.name, last.archive, last.docker, last.asked = "no port", none, map[string]string{"ps": "abc\n", "inspect": inspectPlain}, 2
		last.display, last.note = "cms@172.18.0.2:5432/app", "db is the compose service db, which publishes no port: reached at its container's address 172.18.0.2"
	}
	for _, tt := range tests {
		docker := &fakeDocker{answers: tt.docker}
		s, err := find(t, tt.archive, "", tt.environ, docker, tt.known...)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if s.Display != tt.display || len(docker.asked) != tt.asked {
			t.Errorf("%s: %s after asking %q, want %s", tt.name, s.Display, docker.asked, tt.display)
		}
		if notes := strings.Join(s.Notes, "\n"); !strings.HasPrefix(notes, tt.note) || tt.note == "" && notes != "" {
			t.Errorf("%s: notes %q, want %q", tt.name, notes, tt.note)
		}
		if tt.asked > 0 && docker.asked[0] != "ps --quiet --no-trunc --filter label=com.docker.compose.project=trm --filter label=com.docker.compose.service=db" {
			t.Errorf("%s: asked %q", tt.name, docker.asked)
		}
	}
}

func TestUnreachableIsSaid(t *testing.T) {
	t.Parallel()
	none := strings.Replace(composeFile, `    ports: ["127.0.0.1:5434:5432"]`+"\n", "", 1)
	tests := []struct {
		name    string
		docker  Docker
		environ []string
		want    string
	}{
		{"docker is not asked", nil, nil, `the database host "db" is the compose service db, which publishes no fixed port for 5432; publish it`},
		{"no engine", &fakeDocker{}, nil, "which cannot be found: Cannot connect to the Docker daemon; start it with docker compose up -d db"},
		{"not running", &fakeDocker{answers: map[string]string{"ps": "\n"}}, nil, "no container of the compose project trm runs it; start it with docker compose up -d db"},
		{"stopped", &fakeDocker{answers: map[string]string{"ps": "abc", "inspect": `[{"State":{}}]`}}, nil, "its container does not run"},
		{"nonsense", &fakeDocker{answers: map[string]string{"ps": "abc", "inspect": `{`}}, nil, "an answer that cannot be read"},
		{"an option for an id", &fakeDocker{answers: map[string]string{"ps": "--format=x", "inspect": inspectPlain}}, nil, "docker named no container"},
		{"address on another machine", &fakeDocker{answers: map[string]string{"ps": "abc", "inspect": inspectPlain}}, []string{"DOCKER_HOST=tcp://build:2376"}, "publishes no port for 5432"},
	}
	for _, tt := range tests {
		_, err := find(t, none, "", tt.environ, tt.docker)
		var u *UnreachableError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
			continue
		}
		if u.Settings.Display != "cms@db:5432/app" || u.Settings.Source == "" {
			t.Errorf("%s: %+v", tt.name, u.Settings)
		}
	}
}

func TestTLSKeepsTheNameAndTheCertificates(t *testing.T) {
	t.Parallel()
	s, err := find(t, strings.Replace(composeFile, "DB_CLIENT: pg", "DB_CLIENT: pg, DB_SSL: true", 1), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.PG.Host != "127.0.0.1" || s.PG.TLSConfig == nil || s.PG.TLSConfig.ServerName != "db" || s.PG.TLSConfig.InsecureSkipVerify || len(s.PG.Fallbacks) != 0 {
		t.Errorf("host %s, TLS %+v, fallbacks %v", s.PG.Host, s.PG.TLSConfig, s.PG.Fallbacks)
	}
	s, err = find(t, dotenv+"DB_SSL__REJECT_UNAUTHORIZED=false\n", "", nil, nil)
	if err != nil || s.PG.TLSConfig == nil || !s.PG.TLSConfig.InsecureSkipVerify {
		t.Errorf("reject_unauthorized=false: %+v, %v", s, err)
	}
	s, err = find(t, dotenv, "", nil, nil)
	if err != nil || s.PG.TLSConfig != nil || len(s.PG.Fallbacks) != 0 {
		t.Errorf("no SSL: %+v, %v", s, err)
	}
	pg, err := fromDirectus(&directusenv.Database{Keywords: map[string]string{"host": "h", "sslmode": "verify-full", "sslrootcert": ""}, CA: ca, ServerName: "name"})
	if err != nil || pg.TLSConfig.ServerName != "name" || pg.TLSConfig.RootCAs.Equal(x509.NewCertPool()) {
		t.Errorf("CA: %+v, %v", pg, err)
	}
}

func TestPasswordsSurviveAnyCharacter(t *testing.T) {
	t.Parallel()
	for _, password := range []string{`a'b\c "d" e`, "0123", "a=b", "ü✓", "{\"a\":1}", "string:long enough"} {
		s, err := find(t, "", "", []string{"DB_CLIENT=pg", "DB_HOST=h", "DB_PORT=1", "DB_DATABASE=d", "DB_USER=u", "DB_PASSWORD=" + password}, nil)
		if err != nil || s.PG.Password != strings.TrimPrefix(password, "string:") {
			t.Errorf("%q became %+v, %v", password, s, err)
			continue
		}
		if got := s.Redact.String("failed: " + s.PG.Password + " was refused"); len(password) > 5 && strings.Contains(got, s.PG.Password) {
			t.Errorf("not redacted: %s", got)
		}
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		archive, flag string
		want          time.Duration
	}{
		{"", "postgres://h/d", 5 * time.Second},
		{"", "postgres://h/d?connect_timeout=9", 9 * time.Second},
		{"-- .schemaguard.yaml --\ndatabase: {connect_timeout: 1s}\n", "postgres://h/d?connect_timeout=9", time.Second},
	} {
		s, err := find(t, tt.archive, tt.flag, nil, nil)
		if err != nil || s.PG.ConnectTimeout != tt.want {
			t.Errorf("%s: %v, %v", tt.flag, s.PG.ConnectTimeout, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	s, err := find(t, strings.Replace(composeFile, "DB_HOST: db", "DB_HOST: localhost", 1)+"  cms2: {image: 'directus/directus:1.0.0'}\n", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(s.Warnings, "\n")
	for _, want := range []string{"cms2 look like Directus too", "reaches its database at localhost, which means something else"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q lacks %q", all, want)
		}
	}
}

func TestWarningsOfTheServiceCountWhenItWins(t *testing.T) {
	t.Parallel()
	archive := strings.Replace(composeFile, "DB_PASSWORD: hunter22", "DB_PASSWORD: '${PW}'", 1)
	const want = "compose.yaml:5: the variable PW is not set; compose takes it for empty"
	s, err := find(t, archive, "", nil, nil)
	if err != nil || strings.Join(s.Warnings, "\n") != want {
		t.Errorf("compose won: %q, %v", s.Warnings, err)
	}
	s, err = find(t, archive, "postgres://h/d", nil, nil)
	if err != nil || len(s.Warnings) != 0 {
		t.Errorf("a flag won: %q, %v", s.Warnings, err)
	}
	_, err = find(t, strings.Replace(archive, "DB_USER: cms", "DB_USER: '${U:?}'", 1), "", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "missing DB_USER") || !strings.Contains(err.Error(), "compose.yaml:5: required variable U is not set") {
		t.Errorf("a required variable is missing: %v", err)
	}
}

// CLI is tried with a docker of our own: a script that is first on PATH.
func TestCLI(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\ncase $1 in ok) echo \"$2\";; bad) printf 'one\\n\\033[31mtwo\\n' >&2; exit 1;; *) exec sleep 5;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	cli := CLI{Environ: os.Environ()}
	if out, err := cli.Run(t.Context(), "ok", "a b"); err != nil || string(out) != "a b\n" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := cli.Run(t.Context(), "bad"); err == nil || err.Error() != "?[31mtwo" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := cli.Run(ctx, "slow"); err == nil || err.Error() != "docker did not answer in time" {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := cli.Run(t.Context(), "ok"); err == nil || err.Error() != "there is no docker command" {
		t.Errorf("got %v", err)
	}
}

// Whatever a connection string holds, its error never repeats a part of it that
// could be the password.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"postgres://u:hunter22@h/d", "host=h password='hunter22", "postgres://u:hunter22%zz@h", "hunter22", "postgres://hunter22:x@h:port/?sslmode=hunter22", "service=hunter22"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		pg, err := parse(dsn)
		if err == nil {
			if d := display(pg); strings.ContainsFunc(d, func(r rune) bool { return r < ' ' }) {
				t.Errorf("%q is not fit for a terminal", d)
			}
			return
		}
		var path *os.PathError
		if strings.Contains(dsn, "hunter22") && strings.Contains(err.Error(), "hunter22") && !errors.As(err, &path) {
			t.Errorf("%q: %v", dsn, err)
		}
	})
}

// ca is a certificate of nobody.
const ca = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUFDWP3vUur3hZ7pJKc21COpDESVgwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjQwODQyNDFaGA8yMTI2MTAzMTA4NDI0
MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIXE
J7EtQzG0Va6LO/dkvLYOKTt/rznrrKmuTcMRV7X2+ARX8fw86Tgb6RLp+Lx4Cz2M
1P+pMvG/VW9ak4M9Gf+jUzBRMB0GA1UdDgQWBBRQP5gQuSo9vhngdpcEc6LkXWY2
hDAfBgNVHSMEGDAWgBRQP5gQuSo9vhngdpcEc6LkXWY2hDAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIQD5LyByieCR7QZYbXhjmf+Fyr9KHzizjVJh
tLrjrbX2dQIgFAOoL/hFY/FvxTIWv3q4V8NRojN7WWDUBBj4tTDHSqY=
-----END CERTIFICATE-----`
