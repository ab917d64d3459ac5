package runner

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

func database(t *testing.T, dsn string) Database {
	t.Helper()
	pg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return Database{PG: pg, SearchPath: []string{"app", "public"}, Exclude: []string{"positions"}}
}

func value(environ []string, name string) string {
	for _, v := range slices.Backward(environ) {
		if k, v, ok := strings.Cut(v, "="); ok && k == name {
			return v
		}
	}
	return ""
}

// TestNothingLeadsElsewhere: whatever the environment says of a database, Directus
// hears of the throwaway one alone.
func TestNothingLeadsElsewhere(t *testing.T) {
	t.Parallel()
	environ := []string{
		"PATH=/bin", "HOME=/h", "DB_HOST=production", "DB_HOST_FILE=/run/secrets/host", "DB_CONNECTION_STRING=postgres://production", "DB_SSL=true",
		"DATABASE_URL=postgres://production", "PGHOST=production", "CONFIG_PATH=/app/.env", "REDIS=redis://production", "SECRET=theirs", "SCHEMAGUARD_ALLOW=x",
		"CACHE_STORE=redis", "EXTENSIONS_PATH=/app/extensions",
	}
	c := Runner{Words: []string{"node", "cli.js"}}.Prepare(database(t, "postgres://u:hunter22@127.0.0.1:5433/throwaway?sslmode=disable"), environ, "/w", "bootstrap")
	if diff := cmp.Diff([]string{"node", "cli.js", "bootstrap"}, c.Words); diff != "" || c.Dir != "/w" {
		t.Error(diff, c.Dir)
	}
	if all := strings.Join(c.Environ, "\n"); strings.Contains(all, "production") || strings.Contains(all, "/run/secrets") || strings.Contains(all, "theirs") || strings.Contains(all, "/app/.env") || strings.Contains(all, "CACHE_STORE") {
		t.Error(all)
	}
	for name, want := range map[string]string{
		"DB_HOST": "127.0.0.1", "DB_PORT": "5433", "DB_USER": "u", "DB_PASSWORD": "hunter22", "DB_DATABASE": "throwaway", "DB_CLIENT": "pg",
		"DB_SEARCH_PATH": "array:app,public", "DB_EXCLUDE_TABLES": "positions", "PATH": "/bin", "EXTENSIONS_PATH": "/app/extensions", "CONFIG_PATH": filepath.Join("/w", "none.env"),
	} {
		if got := value(c.Environ, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	other := Runner{Words: []string{"x"}}.Prepare(database(t, "postgres://h/d"), environ, "/w")
	if value(c.Environ, "SECRET") == "" || value(c.Environ, "SECRET") == value(other.Environ, "SECRET") {
		t.Error("the secret is not made up")
	}
}

// TestInDocker: variables go by name, so that no secret is an argument; the file is
// mounted, the network is the machine's.
func TestInDocker(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux: elsewhere the host has another name")
	}
	r := Image("registry.example.com:5000/team/directus:12.4.1@sha256:abc")
	if r.Version != "12.4.1" || Image("directus/directus").Version != "" || Image("localhost:5000/directus").Version != "" {
		t.Errorf("%+v", r)
	}
	c := r.Prepare(database(t, "postgres://u:hunter22@127.0.0.1:5433/d?sslmode=disable"), nil, "/w", "schema", "apply", "--yes", "/w/new.yaml")
	line := strings.Join(c.Words, " ")
	if len(c.Remove) != 4 || !strings.HasPrefix(line, "docker run --name "+c.Remove[3]+" --network host --volume /w:/w:ro --env DB_CLIENT --env DB_HOST ") ||
		!strings.HasSuffix(line, " --rm --entrypoint node registry.example.com:5000/team/directus:12.4.1@sha256:abc /directus/cli.js schema apply --yes /w/new.yaml") {
		t.Error(line)
	}
	if strings.Contains(line, "hunter22") || value(c.Environ, "DB_PASSWORD") != "hunter22" {
		t.Errorf("%s\n%q", line, c.Environ)
	}
	own, err := Command("docker run --rm --network=ci team/directus node /directus/cli.js", t.TempDir())
	if err != nil {
		t.Skip("needs docker on PATH: ", err)
	}
	if line := strings.Join(own.Prepare(database(t, "postgres://h/d"), nil, "/w", "bootstrap").Words, " "); strings.Contains(line, "--network host") || !strings.Contains(line, "--env DB_HOST") {
		t.Error(line)
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lab/node_modules/directus/cli.js": "", "lab/node_modules/directus/package.json": `{"name":"directus","version":"11.17.4"}`, "run.sh": "", "empty/x": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Command("sh run.sh --flag", dir)
	if err != nil || !cmp.Equal(r.Words, []string{"sh", filepath.Join(dir, "run.sh"), "--flag"}) {
		t.Errorf("%+v, %v", r, err)
	}
	// A folder of the project that has the name of a word is not meant by it.
	if r, err := Command("sh empty run.sh ./empty", dir); err != nil || !cmp.Equal(r.Words, []string{"sh", "empty", filepath.Join(dir, "run.sh"), filepath.Join(dir, "empty")}) {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := Command("./run.sh", dir); err != nil || r.Words[0] != filepath.Join(dir, "run.sh") || r.Name != "command ./run.sh" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{"", "no-such-program-at-all x", "sh 'open", "empty"} {
		if r, err := Command(bad, dir); err == nil && bad != "" {
			t.Errorf("%q is %+v", bad, r)
		}
	}
	// Their Directus has the database of the project, and `schema apply --yes` would go there.
	for _, other := range []string{"docker compose run --rm directus node cli.js", "docker exec cms node /directus/cli.js", "/usr/bin/docker-compose run directus", "docker --context prod run x", "kubectl exec cms -- node cli.js"} {
		if r, err := Command(other, dir); err == nil || !strings.Contains(err.Error(), "a database of its own") {
			t.Errorf("%q is %+v, %v", other, r, err)
		}
	}
	r, err = Command("lab", dir)
	switch {
	case err != nil && strings.Contains(err.Error(), "node is not on PATH"):
		t.Skip("needs node on PATH")
	case err != nil || r.Version != "11.17.4" || r.Words[1] != filepath.Join(dir, "lab/node_modules/directus/cli.js"):
		t.Errorf("%+v, %v", r, err)
	}
	if found, err := Find(filepath.Join(dir, "lab")); err != nil || found.Version != "11.17.4" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestFindNothing(t *testing.T) {
	if _, err := os.Stat(inImage); err == nil {
		t.Skip("needs a machine that is no Directus image")
	}
	t.Setenv("PATH", t.TempDir())
	if r, err := Find(t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("%+v, %v", r, err)
	}
}
