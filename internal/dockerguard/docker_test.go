//go:build docker

package dockerguard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	schemaguard "github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// lab is a project whose containers run on a real engine and whose database is a real Postgres on this machine.
type lab struct {
	t       *testing.T
	dir     string
	project string
	dsn     string
	state   string
}

const composeFile = `name: %[1]s
services:
  db:
    image: %[1]s-box
    entrypoint: ["/box"]
    environment: {SOCKET: %[2]q, POSTGRES_DB: cms}
    ports: ["127.0.0.1::5432"]
    volumes: ["pgdata:/var/lib/postgresql/data", %[3]q]
  directus:
    build: .
    environment: {DB_CLIENT: pg, DB_HOST: db, DB_PORT: "5432", DB_USER: postgres, DB_PASSWORD: hidden-secret, DB_DATABASE: %[4]q, KEY: k, SECRET: s}
    labels: {schemaguard.snapshot: /directus/snapshots/schema.yaml}
    depends_on: {db: {condition: service_started, restart: true}}
    stop_grace_period: 1s
  web:
    image: %[1]s-box
    entrypoint: ["/box"]
    depends_on: [directus]
    stop_grace_period: 1s
volumes: {pgdata: {}}
`

// newLab starts one, with the example's snapshot committed, built and applied.
func newLab(t *testing.T) *lab {
	t.Helper()
	return newLabOf(t, composeFile, "docker", "compose")
}

// newLabOf starts one of another compose file, with another compose.
func newLabOf(t *testing.T, file string, compose ...string) *lab {
	t.Helper()
	for _, need := range [][]string{{"docker", "version"}, {"docker", "compose", "version"}} {
		if out, err := exec.Command(need[0], need[1:]...).CombinedOutput(); err != nil {
			t.Skipf("needs %s to answer: %s", strings.Join(need[:len(need)-1], " "), out)
		}
	}
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	project := fmt.Sprintf("sgguard%d", time.Now().UnixNano()%1e9)
	l := &lab{t: t, dir: filepath.Join(t.TempDir(), project), project: project, dsn: pgtest.RestoreSQL(t, dumps...), state: t.TempDir()}
	u, err := url.Parse(l.dsn)
	if err != nil {
		t.Fatal(err)
	}
	sockets := u.Query().Get("host")
	port := u.Query().Get("port")
	if port == "" {
		port = "5432"
	}
	l.write("compose.yaml", fmt.Sprintf(file, l.project, "/sockets/.s.PGSQL."+port, sockets+":/sockets", strings.TrimPrefix(u.Path, "/")))
	l.write("Dockerfile", "FROM scratch\nCOPY box /box\nCOPY snapshots /directus/snapshots\nENTRYPOINT [\"/box\"]\n")
	example, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l.write("snapshots/schema.yaml", string(example))
	l.write(".gitignore", "box\n")
	build := exec.Command("go", "build", "-o", filepath.Join(l.dir, "box"), "./testdata/box")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the box: %v: %s", err, out)
	}
	l.run("git", "init", "-q")
	l.commit("the example")
	t.Cleanup(func() {
		cmd := exec.Command("docker", "compose", "-p", l.project, "down", "--volumes", "--timeout", "1")
		cmd.Dir, cmd.Env = l.dir, l.environ()
		_ = cmd.Run()
		_ = exec.Command("docker", "rmi", "--force", l.project+"-box", l.project+"-directus", l.project+"_directus").Run()
	})
	l.run("docker", "build", "-q", "-t", l.project+"-box", ".")
	l.run(append(compose, "up", "-d", "--build")...)
	return l
}

func (l *lab) environ() []string {
	return append(os.Environ(), "DOCKER_BUILDKIT=0", "XDG_STATE_HOME="+l.state, "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
}

func (l *lab) write(name, content string) {
	l.t.Helper()
	name = filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) run(argv ...string) string {
	l.t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = l.dir, l.environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Fatalf("%s: %v: %s", strings.Join(argv, " "), err, out)
	}
	return string(out)
}

func (l *lab) commit(message string) {
	l.t.Helper()
	l.run("git", "add", "-A")
	l.run("git", "commit", "-q", "-m", message)
}

func (l *lab) sql(text string) {
	l.t.Helper()
	conn, err := pgx.Connect(l.t.Context(), l.dsn)
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(l.t.Context(), text); err != nil {
		l.t.Fatal(err)
	}
}

// create makes a collection as a person would in the app, with rows.
func (l *lab) create(name string, rows int) {
	l.sql(fmt.Sprintf(`CREATE TABLE %[1]s (id integer PRIMARY KEY); INSERT INTO %[1]s SELECT generate_series(1, %[2]d);
INSERT INTO directus_collections (collection) VALUES ('%[1]s'); INSERT INTO directus_fields (collection, field) VALUES ('%[1]s', 'id')`, name, rows))
}

// decide asks about a command line without running anything.
func (l *lab) decide(line string, more ...func(*Request)) Decision {
	l.t.Helper()
	words := strings.Fields(strings.ReplaceAll(line, "PROJECT", l.project))
	env := l.environ()
	getenv := func(name string) string {
		for _, v := range slices.Backward(env) {
			if k, v, ok := strings.Cut(v, "="); ok && k == name {
				return v
			}
		}
		return ""
	}
	r := Request{
		Command: dockercmd.Parse(dockercmd.Invocation{Program: words[0], Args: words[1:], Env: getenv}),
		Environ: env, Dir: l.dir,
	}
	for _, m := range more {
		m(&r)
	}
	start := time.Now()
	d, err := Decide(l.t.Context(), r)
	if err != nil {
		l.t.Fatal(err)
	}
	var text bytes.Buffer
	_ = d.Explain(&text)
	l.t.Logf("%s  (%s)\n%s", line, time.Since(start).Round(time.Millisecond), text.String())
	if strings.Contains(text.String(), "hidden-secret") {
		l.t.Error("a password is shown")
	}
	return d
}

func (l *lab) want(line string, want Outcome, holds string, more ...func(*Request)) Decision {
	l.t.Helper()
	d := l.decide(line, more...)
	var text bytes.Buffer
	_ = d.Explain(&text)
	if d.Outcome != want || !strings.Contains(text.String(), holds) {
		l.t.Errorf("%s: %s (%s), want %s with %q", line, d.Outcome, d.Reason, want, holds)
	}
	return d
}

// save writes the snapshot of the database into the file, as `schemaguard snapshot` does.
func (l *lab) save() {
	l.t.Helper()
	w, err := workspace.OpenAt(l.t.Context(), l.dir, workspace.Options{Environ: append(l.environ(), "SCHEMAGUARD_DATABASE_URL="+l.dsn), Now: time.Now})
	if err != nil {
		l.t.Fatal(err)
	}
	s, err := w.Connect(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	defer s.Close()
	l.write("snapshots/schema.yaml", string(snapshot.Encode(s.Live().Snapshot, snapshot.YAML)))
}

// running lets the guard run its first steps.
func (l *lab) running(r *Request) {
	r.Run = func(_ context.Context, argv []string) error {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = l.dir, l.environ()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
}

func allow(list string) func(*Request) { return func(r *Request) { r.Allow = []string{list} } }

// keeping has the guard keep what is about to be destroyed.
func keeping(keep func(*plan.Plan) (string, error)) func(*Request) {
	return func(r *Request) {
		r.Keep = func(ctx context.Context, s *workspace.Session, t workspace.Target) (string, error) {
			p, err := s.Plan(ctx, t)
			if err != nil {
				return "", err
			}
			return keep(p)
		}
	}
}

// TestIncident is the story that all this is for: collections made in the app, a stale image, a restart.
func TestIncident(t *testing.T) {
	l := newLab(t)
	l.want("docker compose restart", Pass, "verdict  clean")
	l.want("docker restart PROJECT-directus-1", Pass, "verdict  clean")
	l.want("docker compose ps", Pass, "starts nothing")
	l.want("docker compose restart web", Pass, "no Directus container")

	l.create("ev_a", 7)
	for _, line := range []string{
		"docker compose restart", "docker compose restart directus", "docker compose restart db", "docker restart PROJECT-directus-1",
		"docker compose up -d --force-recreate", "docker compose -p PROJECT restart directus", "docker compose run --rm directus",
		"docker compose up -d --build", "docker compose up -d -V directus",
	} {
		l.want(line, Refuse, "collection ev_a")
	}
	for _, line := range []string{"docker compose up -d", "docker compose up -d web", "docker compose restart web", "docker compose start directus", "docker compose restart --no-deps db"} {
		l.want(line, Pass, "")
	}
	for _, line := range []string{"docker compose stop directus", "docker compose down", "docker stop PROJECT-directus-1"} {
		l.want(line, Warn, "collection ev_a")
	}
	d := l.want("docker compose restart directus", Refuse, "7 rows")
	l.want("docker compose restart directus", Refuse, "", allow("COLLECTION_DROP:collection ev"))
	l.want("docker compose restart directus", Warn, "agreed to", allow(strings.Join(keys(&d), ",")))
	if _, err := os.Stat(filepath.Join(l.state, "schemaguard", "consents.log")); err == nil {
		t.Error("explaining kept a consent")
	}
	l.want("docker compose restart directus", Warn, "agreed to", l.running, func(r *Request) { r.Ask = func(string) (string, error) { return "7", nil } })
	l.want("docker compose restart directus", Refuse, "", l.running, func(r *Request) { r.Ask = func(string) (string, error) { return "6", nil } })
	if data, err := os.ReadFile(filepath.Join(l.state, "schemaguard", "consents.log")); err != nil || bytes.Count(data, []byte("\n")) != 1 || !bytes.Contains(data, []byte("collection ev_a")) {
		t.Errorf("the log holds %s %v", data, err)
	}

	// What was agreed to is kept first, and where that fails nothing was agreed to.
	agree := func(r *Request) { r.Ask = func(string) (string, error) { return "7", nil } }
	l.want("docker compose restart directus", Warn, "kept 7 rows", l.running, agree, keeping(func(p *plan.Plan) (string, error) {
		if !slices.ContainsFunc(p.Actions, func(a plan.Action) bool { return a.Key.Collection == "ev_a" && a.Verb == plan.Drop }) {
			return "", errors.New("another plan")
		}
		return "kept 7 rows", nil
	}))
	l.want("docker compose restart directus", Refuse, "could not be kept: the disk is full", l.running, agree, keeping(func(*plan.Plan) (string, error) { return "", errors.New("the disk is full") }))
	l.want("docker compose restart directus", Warn, "agreed to", agree, allow(strings.Join(keys(&d), ",")), keeping(func(*plan.Plan) (string, error) { return "", errors.New("explaining keeps something") }))

	l.save()
	l.want("docker compose restart directus", Refuse, "ev_a") // saved, and in no commit
	l.commit("save the schema")
	l.want("docker compose restart directus", Refuse, "the image of "+l.project+"-directus-1 was built before your commit")
	l.want("docker compose restart directus", Refuse, "    docker compose up -d --build directus\n")
	built := l.want("docker compose up -d --build directus", Warn, "build")
	if len(built.Steps) != 1 || built.Targets[len(built.Targets)-1].Sources == nil {
		t.Errorf("steps %q", built.Steps)
	}
	done := l.want("docker compose up -d --build directus", Pass, "verdict  clean", l.running)
	if !slices.Contains(done.Args, "--no-build") || slices.Contains(done.Args, "--build") {
		t.Errorf("goes on with %q", done.Args)
	}
	l.run(append([]string{"docker"}, done.Args...)...)
	l.want("docker compose restart directus", Pass, "verdict  clean")

	// After a pull: the snapshot has more than the database, and the image is built from it.
	l.sql("DROP TABLE ev_a; DELETE FROM directus_fields WHERE collection = 'ev_a'; DELETE FROM directus_collections WHERE collection = 'ev_a'")
	d = l.want("docker compose restart directus", Pass, "")
	var text bytes.Buffer
	if _ = d.Lines(&text); strings.Count(text.String(), "\n") != 1 || !strings.Contains(text.String(), "pending") {
		t.Errorf("pending is told as %q", text.String())
	}
}

func keys(d *Decision) []string {
	var out []string
	for _, f := range d.Refusals() {
		out = append(out, string(f.Code)+":"+f.Item)
	}
	return out
}

// TestUnknownIsNoPass: what cannot be asked is not clean.
func TestUnknownIsNoPass(t *testing.T) {
	l := newLab(t)
	l.want("docker -H tcp://127.0.0.1:1 compose restart directus", NotRun, "docker")
	l.want("docker compose up -d", Pass, "")
	l.run("docker", "stop", "-t", "1", l.project+"-db-1")
	l.want("docker compose restart directus", NotRun, "start "+l.project+"-db-1")
	l.run("docker", "start", l.project+"-db-1")
	l.want("docker compose restart directus", Pass, "verdict  clean") // now it was seen
	l.run("docker", "stop", "-t", "1", l.project+"-db-1")
	l.want("docker compose restart directus", Pass, "when it was last seen")
	l.run("docker", "start", l.project+"-db-1")
	l.create("ev_seen", 1)
	l.want("docker compose restart directus", Refuse, "ev_seen")
	l.run("docker", "stop", "-t", "1", l.project+"-db-1")
	l.want("docker compose restart directus", Refuse, "SEEN_UNSAVED")
	l.sql("DROP TABLE ev_seen; DELETE FROM directus_fields WHERE collection = 'ev_seen'; DELETE FROM directus_collections WHERE collection = 'ev_seen'")
	l.want("docker compose restart directus", Warn, "agreed to", allow("SEEN_UNSAVED:"+l.project+"-directus-1"))
	l.want("docker compose restart directus", Pass, "verdict  clean", l.running, func(r *Request) { r.StartDB = true })
	l.run("docker", "stop", "-t", "1", l.project+"-db-1")
	l.run("rm", "-rf", filepath.Join(l.state, "schemaguard", "verdicts"))
	l.want("docker compose restart directus", Warn, "agreed to", allow("UNREACHABLE:"+l.project+"-directus-1"))
	started := l.want("docker compose restart directus", Pass, "verdict  clean", l.running, func(r *Request) { r.StartDB = true })
	if len(started.Targets) == 0 {
		t.Error("no target")
	}
}

// TestMount: what is mounted from the working tree counts, in a container that exists and in a new one.
func TestMount(t *testing.T) {
	l := newLabOf(t, strings.Replace(composeFile, "    build: .\n", "    build: .\n    volumes: ['./snapshots:/directus/snapshots:ro']\n", 1), "docker", "compose")
	for _, line := range []string{"docker compose restart directus", "docker compose up -d --force-recreate directus"} {
		d := l.want(line, Pass, "verdict  clean")
		if s := d.Targets[0].Sources; len(s) != 1 || s[0].Kind != "mount" || s[0].Detail != filepath.Join(l.dir, "snapshots") {
			t.Errorf("%s reads %+v", line, s)
		}
	}
	l.create("ev_a", 3)
	l.want("docker compose restart directus", Refuse, "collection ev_a")
	l.save()
	l.want("docker compose restart directus", Refuse, "ev_a") // in the file, and in no commit
	l.commit("save the schema")
	l.want("docker compose restart directus", Pass, "verdict  clean") // with no build
	l.run("git", "checkout", "-q", "HEAD~1", "--", "snapshots/schema.yaml")
	d := l.want("docker compose up -d --force-recreate directus", Refuse, "STALE_TARGET")
	if strings.Contains(fmt.Sprint(d.Next), "--build directus") {
		t.Errorf("a build does not help: %q", d.Next)
	}
}

// TestElsewhere: a command given far away from the project, or in another one.
func TestElsewhere(t *testing.T) {
	l := newLab(t)
	l.create("ev_a", 2)
	away := t.TempDir()
	far := func(r *Request) { r.Dir = away }
	l.want("docker restart PROJECT-directus-1", Refuse, "collection ev_a", far)
	l.want("docker compose -p PROJECT restart", Refuse, "collection ev_a", far)
	l.want("docker compose -f "+l.dir+"/compose.yaml up -d --force-recreate", Refuse, "collection ev_a", far)
	l.want("docker compose restart", Pass, "", far) // there is no project
	l.save()
	l.commit("save")
	l.want("docker restart PROJECT-directus-1", Refuse, "STALE_IMAGE", far) // git is found from there as well
}

// TestVolumes: the volume of the database stays.
func TestVolumes(t *testing.T) {
	l := newLab(t)
	l.create("ev_a", 5)
	l.save()
	l.commit("save")
	for _, line := range []string{"docker compose down -v", "docker compose -p PROJECT down --volumes"} {
		d := l.want(line, Refuse, "VOLUME_LOSS")
		if len(d.Volumes) != 1 || !d.Volumes[0].Database || d.Volumes[0].Rows < 5 {
			t.Errorf("%s: volumes %+v", line, d.Volumes)
		}
	}
	l.want("docker volume rm PROJECT_pgdata", Pass, "") // in use: docker refuses
	l.want("docker volume rm other", Pass, "")
	l.want("docker volume prune -f -a", Pass, "") // in use
	l.want("docker compose down -v", Warn, "agreed to", allow("VOLUME_LOSS:volume "+l.project+"_pgdata"))
	l.run("docker", "compose", "down", "-t", "1")
	l.want("docker compose down -v", Refuse, "VOLUME_LOSS")
	l.want("docker volume rm PROJECT_pgdata", Refuse, "VOLUME_LOSS")
	l.want("docker volume prune -f -a", Refuse, "VOLUME_LOSS")
}
