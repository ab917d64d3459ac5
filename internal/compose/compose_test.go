package compose

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/sirupsen/logrus"
)

// unpack writes a txtar archive into a folder called "app" and returns it.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "My App")
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// projects are read both by this package and by docker compose's own loader.
var projects = map[string]string{
	"plain": `
-- compose.yaml --
services:
  directus:
    image: directus/directus:${DIRECTUS_VERSION:-11.17.4}
    environment:
      DB_CLIENT: pg
      DB_PORT: 5432
      DB_PASSWORD: ${DB_PASSWORD}
      PASSED:
      NOT_SET:
      DOLLAR: a$$b
      BOOL: true
    ports: ["8055:8055"]
    volumes: [./snapshots:/directus/snapshots:ro, uploads:/directus/uploads, "~/x:/x"]
    depends_on: [db]
  db:
    image: postgis/postgis:16-3.4
    ports: ["127.0.0.1:${DB_PORT:-5433}:5432", "6000-6002:7000-7002", "9999", "[::1]:1:2/udp"]
volumes: {uploads: {}}
-- .env --
DB_PASSWORD=s3cret # comment
DIRECTUS_VERSION="11.8.0"
PASSED='from .env $HOME'
`,
	"override and list forms": `
-- docker-compose.yml --
name: trm
x-env: &env
  DB_CLIENT: pg
  DB_HOST: db
services:
  directus:
    build: {context: ./cms, args: [V=1]}
    environment:
      <<: *env
      DB_USER: base
    env_file: [a.env, {path: gone.env, required: false}]
    ports: ["8055:8055"]
    volumes: ["./a:/a", "./b:/b"]
-- docker-compose.override.yml --
services:
  directus:
    image: local/cms
    environment: ["DB_USER=over", "EXTRA=x=y"]
    env_file: b.env
    ports: ["8056:8055"]
    volumes: ["./c:/b"]
-- a.env --
DB_USER=file
FROM_A=1
BOTH=a
export QUOTED="x y\n${FROM_A}"
-- b.env --
BOTH=b
SINGLE='$FROM_A'
-- cms/Dockerfile --
FROM directus/directus:11.17.4
`,
	"extends, include, reset": `
-- compose.yml --
include: [db/compose.yaml]
services:
  base:
    image: directus/directus:11
    environment: {A: base, B: base}
    ports: ["1:1"]
  directus:
    extends: base
    environment: {B: own}
    profiles: [dev]
  other:
    extends: {file: more/common.yml, service: shared}
-- compose.override.yml --
services:
  base:
    ports: !reset []
    environment: !override {C: only}
-- db/compose.yaml --
services:
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: x}
    volumes: ["./init:/docker-entrypoint-initdb.d"]
-- more/common.yml --
services:
  shared:
    image: redis
    volumes: ["./data:/data"]
`,
	"env_file formats": `
-- compose.yaml --
services:
  a:
    image: x
    env_file:
      - path: cooked.env
        required: true
    environment:
      - PASSED
      - NOT_SET_ANYWHERE
      - EMPTY=
-- .env --
PASSED=from .env
-- cooked.env --
BOTH="$PASSED"
`,
	"reset and override": `
-- compose.yaml --
services:
  a:
    image: x
    build: .
    command: base
    container_name: base
    environment: {A: "1", B: "2"}
    ports: ["1:1"]
    volumes: ["./a:/a", "v:/v"]
    depends_on: [b]
    profiles: [p]
  b: {image: y, network_mode: host}
-- compose.override.yaml --
services:
  a:
    build: !reset null
    container_name: !reset null
    environment: !override {C: "3"}
    ports: !override ["2:2"]
    volumes: !override ["./b:/b", "/abs:/c:ro,z", "~/h:/h", "/anonymous"]
    depends_on: !reset []
    profiles: !reset []
volumes: {v: {}}
-- Dockerfile --
FROM directus/directus:1.0.0
`,
	"long forms": `
-- compose.yaml --
services:
  db:
    image: postgres
    ports:
      - {target: 5432, published: "5434", host_ip: 127.0.0.1}
      - {target: 80}
    volumes:
      - {type: bind, source: ./d, target: /d, read_only: true}
      - {type: volume, source: v, target: /v}
    networks: {default: {aliases: [database, pg]}}
volumes: {v: {}}
`,
}

// oracle reads a project with compose-go.
func oracle(t *testing.T, dir string, environ []string) map[string][]string {
	t.Helper()
	logrus.SetOutput(io.Discard)
	o, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(dir), cli.WithEnv(environ), cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithConfigFileEnv, cli.WithDefaultConfigPath, cli.WithDefaultProfiles("*"), cli.WithResolvedPaths(true))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{"": {p.Name}}
	for name, s := range p.Services {
		facts := []string{"image " + s.Image, "container " + s.ContainerName, "hostname " + s.Hostname}
		for k, v := range s.Environment {
			if v != nil {
				facts = append(facts, "env "+k+"="+*v)
			}
		}
		for _, p := range s.Ports {
			facts = append(facts, "port "+p.HostIP+" "+p.Published+" "+strconv.Itoa(int(p.Target))+"/"+p.Protocol)
		}
		for _, v := range s.Volumes {
			facts = append(facts, "volume "+v.Type+" "+v.Source+" "+v.Target+" "+strconv.FormatBool(v.ReadOnly))
		}
		if s.Build != nil {
			facts = append(facts, "build "+s.Build.Context)
		}
		sort.Strings(facts)
		out[name] = facts
	}
	return out
}

// facts are ours, in the oracle's words.
func facts(p *Project) map[string][]string {
	out := map[string][]string{"": {p.Name}}
	for _, s := range p.Services {
		facts := []string{"image " + s.Image, "container " + s.ContainerName, "hostname " + s.Hostname}
		for _, v := range s.Environment {
			facts = append(facts, "env "+v.Name+"="+v.Value)
		}
		for _, p := range s.Ports {
			facts = append(facts, "port "+p.HostIP+" "+p.Published+" "+strconv.Itoa(p.Target)+"/"+p.Protocol)
		}
		for _, m := range s.Mounts {
			facts = append(facts, "volume "+m.Type+" "+m.Source+" "+m.Target+" "+strconv.FormatBool(m.ReadOnly))
		}
		if s.Build != nil {
			facts = append(facts, "build "+s.Build.Context)
		}
		sort.Strings(facts)
		out[s.Name] = facts
	}
	return out
}

func TestReadsWhatDockerComposeReads(t *testing.T) {
	t.Parallel()
	for name, archive := range projects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, archive)
			environ := []string{"HOME=" + os.Getenv("HOME"), "Y=1"}
			p := Load(Options{Dir: dir, Environ: environ})
			if p == nil {
				t.Fatal("no project")
			}
			if diff := cmp.Diff(oracle(t, dir, environ), facts(p)); diff != "" {
				t.Errorf("compose-go (-), this package (+):\n%s", diff)
			}
		})
	}
}

// compose-go resolves COMPOSE_FILE against the process's folder, which a test
// cannot change beside others.
func TestComposeFileInDotenv(t *testing.T) {
	t.Parallel()
	dir := unpack(t, `
-- .env --
COMPOSE_FILE=one.yml:sub/two.yml
COMPOSE_PROJECT_NAME=named
-- compose.yaml --
services: {never: {image: x}}
-- one.yml --
services: {a: {image: "a:${X-1}", container_name: the-a}}
-- sub/two.yml --
services: {a: {volumes: ["./v:/v"]}, b: {image: "b:${Y:+set}", hostname: bee}}
`)
	want := map[string][]string{
		"":  {"named"},
		"a": {"container the-a", "hostname ", "image a:1", "volume bind " + dir + "/v /v false"},
		"b": {"container ", "hostname bee", "image b:set"},
	}
	if diff := cmp.Diff(want, facts(Load(Options{Dir: dir, Environ: []string{"Y=1"}}))); diff != "" {
		t.Error(diff)
	}
}

func TestOriginsAndWarnings(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, `
-- compose.yaml --
services:
  directus:
    image: directus/directus:12.4.1
    env_file: cms.env
    environment:
      DB_HOST: db
      DB_PASSWORD: ${DB_PASSWORD}
      DB_USER: ${DB_USER:?set it}
  broken: 7
-- cms.env --

DB_DATABASE=app
DB_HOST=elsewhere
`)})
	s := p.Service("directus")
	for name, want := range map[string]string{"DB_DATABASE": "cms.env:2", "DB_HOST": "compose.yaml:6", "DB_PASSWORD": "compose.yaml:7"} {
		if v, ok := s.Var(name); !ok || v.Origin != want {
			t.Errorf("%s comes from %q, want %q", name, v.Origin, want)
		}
	}
	if _, ok := s.Var("DB_USER"); ok {
		t.Error("a variable that compose would refuse is set")
	}
	want := []string{
		"compose.yaml:7: the variable DB_PASSWORD is not set; compose takes it for empty",
		"compose.yaml:8: required variable DB_USER is not set",
	}
	if diff := cmp.Diff(want, s.Warnings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`compose.yaml:9: service "broken" must be a mapping`}, p.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenFilesAreWarnings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ file, want string }{
		{"services:\n  a: [\n", "compose.yaml:"},
		{"- a\n", "compose.yaml:1: a compose file must be a mapping"},
		{"services:\n  a: {image: '${', env_file: gone.env}\n", "compose.yaml:2: invalid interpolation"},
		{"services:\n  a: {ports: ['x:y']}\n", `compose.yaml:2: the port "x:y" cannot be read`},
		{"include: [compose.yaml]\nservices: {a: {extends: a, image: x}}\n", "compose.yaml:2: extends goes in circles"},
		{"include: [oci://x]\n", "compose.yaml:1: the included project"},
	} {
		p := Load(Options{Dir: unpack(t, "-- compose.yaml --\n"+tt.file)})
		if p == nil {
			t.Errorf("%q: no project", tt.file)
			continue
		}
		warnings := p.Warnings
		for _, s := range p.Services {
			warnings = append(warnings, s.Warnings...)
		}
		if len(warnings) == 0 || !strings.HasPrefix(warnings[0], tt.want) {
			t.Errorf("%q: %q", tt.file, warnings)
		}
	}
	if p := Load(Options{Dir: t.TempDir()}); p != nil {
		t.Errorf("no file: %+v", p)
	}
	p := Load(Options{Dir: t.TempDir(), Files: []string{"/gone/compose.yaml"}})
	if p == nil || len(p.Warnings) != 1 || len(p.Services) != 0 {
		t.Errorf("a configured file that is gone: %+v", p)
	}
}

func TestFilesAreFoundUpToRoot(t *testing.T) {
	t.Parallel()
	dir := unpack(t, "-- compose.yml --\nservices: {a: {image: x}}\n-- x/y/f --\n")
	deep := filepath.Join(dir, "x", "y")
	if p := Load(Options{Dir: deep, Root: dir}); p == nil || p.Dir != dir || p.Name != "myapp" {
		t.Errorf("from below: %+v", p)
	}
	if p := Load(Options{Dir: deep, Root: filepath.Join(dir, "x")}); p != nil {
		t.Errorf("above the root: %+v", p)
	}
}

func TestDirectus(t *testing.T) {
	t.Parallel()
	const db = "  db: {image: postgres}\n"
	tests := []struct {
		name, archive, configured string
		service, version, origin  string
		why                       string
		others                    []string
	}{
		{
			name: "image", archive: "-- compose.yaml --\nservices:\n" + db + "  cms:\n    image: directus/directus:11.17.4\n",
			service: "cms", version: "11.17.4", origin: "compose.yaml:4", why: "image directus/directus:11.17.4",
		},
		{
			name: "registry, digest, default", archive: "-- compose.yaml --\nservices:\n  cms:\n    image: ghcr.io:443/directus/directus:${V:-12.4.1}@sha256:00\n",
			service: "cms", version: "12.4.1", origin: "compose.yaml:3", why: "image ghcr.io:443/directus/directus:12.4.1@sha256:00",
		},
		{
			name: "latest is no version", archive: "-- compose.yaml --\nservices:\n  cms: {image: directus/directus}\n  x: {image: 'directus/directus:latest'}\n",
			service: "cms", version: "", origin: "compose.yaml:2", why: "image directus/directus", others: []string{"x"},
		},
		{
			name: "Dockerfile", archive: "-- compose.yaml --\nservices:\n  app:\n    image: trm/cms:7\n    build: {context: cms, args: {DIRECTUS: 11.8.0}}\n-- cms/Dockerfile --\n# syntax=x\nARG DIRECTUS=10.0.0\nFROM node:20 AS ext\nFROM --platform=linux/amd64 \\\n  directus/directus:${DIRECTUS}\nENV DB_CLIENT=pg DB_SEARCH_PATH=\"a b\"\n",
			service: "app", version: "11.8.0", origin: "cms/Dockerfile:4", why: "FROM directus/directus:11.8.0",
		},
		{
			name: "stage of a stage", archive: "-- compose.yaml --\nservices:\n  app:\n    build: {context: ., target: prod}\n-- Dockerfile --\nFROM directus/directus:11.17.4 AS base\nFROM base AS prod\nFROM nginx\n",
			service: "app", version: "11.17.4", origin: "Dockerfile:1", why: "FROM directus/directus:11.17.4",
		},
		{
			name: "by environment", archive: "-- compose.yaml --\nservices:\n" + db + "  app: {image: trm/backend, environment: {DB_CLIENT: pg, DB_DATABASE: x}}\n",
			service: "app", why: "DB_CLIENT in its environment",
		},
		{name: "by name", archive: "-- compose.yaml --\nservices:\n" + db + "  my-directus: {image: trm/backend:3}\n", service: "my-directus", why: "its name"},
		{name: "by command", archive: "-- compose.yaml --\nservices:\n" + db + "  x: {image: node, command: npx directus start}\n", service: "x", why: "its command"},
		{
			name: "a profile loses", archive: "-- compose.yaml --\nservices:\n  tool: {image: 'directus/directus:11.1.0', profiles: [tools]}\n  cms: {image: 'directus/directus:11.1.0'}\n",
			service: "cms", version: "11.1.0", origin: "compose.yaml:3", why: "image directus/directus:11.1.0", others: []string{"tool"},
		},
		{name: "configured", archive: "-- compose.yaml --\nservices:\n  a: {image: 'directus/directus:11.1.0'}\n  b: {image: x}\n", configured: "b", service: "b", why: "directus.service"},
		{name: "none", archive: "-- compose.yaml --\nservices:\n" + db},
	}
	for _, tt := range tests {
		p := Load(Options{Dir: unpack(t, tt.archive)})
		d, err := p.Directus(tt.configured)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if tt.service == "" {
			if d != nil {
				t.Errorf("%s: found %s", tt.name, d.Service.Name)
			}
			continue
		}
		if d == nil {
			t.Errorf("%s: not found", tt.name)
			continue
		}
		got := []string{d.Service.Name, d.Version, d.VersionOrigin, d.Why}
		if diff := cmp.Diff([]string{tt.service, tt.version, tt.origin, tt.why}, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if !slices.Equal(d.Others, tt.others) {
			t.Errorf("%s: others %q", tt.name, d.Others)
		}
	}
	p := Load(Options{Dir: unpack(t, "-- compose.yaml --\nservices: {a: {image: x}}\n")})
	if _, err := p.Directus("nope"); err == nil || !strings.Contains(err.Error(), "directus.service to one of a") {
		t.Errorf("a configured service that is missing: %v", err)
	}
}

func TestEnvironmentOfTheImageIsTheWeakest(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, "-- compose.yaml --\nservices:\n  a: {build: ., environment: {DB_HOST: db}}\n  b: {image: directus/directus}\n-- Dockerfile --\nFROM directus/directus:11.0.0\nENV DB_CLIENT pg\nENV DB_HOST=image \\\n  DB_PORT='5432'\n")})
	for name, want := range map[string]string{
		"a": "DB_CLIENT=pg (Dockerfile:2) DB_HOST=db (compose.yaml:2) DB_PORT=5432 (Dockerfile:3)",
		"b": "DB_CLIENT=sqlite3 (the default of the image directus/directus)",
	} {
		d, err := p.Directus(name)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range d.Environment {
			got = append(got, v.Name+"="+v.Value+" ("+v.Origin+")")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestReadFileOfAContainer(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, `
-- compose.yaml --
services:
  cms:
    image: directus/directus
    secrets: [db_password, {source: key, target: /keys/k}, gone, from_env]
    volumes: ["./cms:/directus", "v:/directus/uploads", "./cms.env:/directus/.env"]
secrets:
  db_password: {file: ./secrets/pw}
  key: {file: ./secrets/key}
  from_env: {environment: TOKEN}
-- secrets/pw --
s3cret
-- secrets/key --
k
-- cms/a --
A
-- cms.env --
ENV
`), Environ: []string{"TOKEN=t"}})
	read := p.ReadFile(p.Service("cms"))
	for name, want := range map[string]string{"/run/secrets/db_password": "s3cret\n", "/keys/k": "k\n", "/run/secrets/from_env": "t", "/directus/a": "A\n", "/directus/.env": "ENV\n", "/directus/x/../a": "A\n"} {
		if got, err := read(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"/run/secrets/gone", "/directus/uploads/a", "/etc/passwd", "/directusx/a", "/directus/../etc/passwd"} {
		if got, err := read(name); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestRawEnvFile(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, "-- compose.yaml --\nservices: {a: {image: x, env_file: [{path: raw.env, format: raw}]}}\n-- raw.env --\nRAW=$A \"quoted\" #kept\n# X=comment\nB=\n")})
	var got []string
	for _, v := range p.Service("a").Environment {
		got = append(got, v.Name+"="+v.Value+" "+v.Origin)
	}
	if diff := cmp.Diff([]string{`RAW=$A "quoted" #kept raw.env:1`, "B= raw.env:3"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOlderAndRarerForms(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, `
-- docker-compose.yml --
cms:
  image: directus/directus:9.26.0
  extra_hosts: ["db.local:host-gateway", "x=1.2.3.4"]
  command: sh -c "npx directus start"
  build: https://example.com/repo.git
-- one.env --
TAG=1
-- two.env --
TAG=2
`), Environ: []string{"COMPOSE_ENV_FILES=one.env,two.env", "COMPOSE_PROJECT_NAME=p"}})
	s := p.Service("cms")
	if s == nil || s.Image != "directus/directus:9.26.0" || s.ExtraHosts["db.local"] != "host-gateway" || s.ExtraHosts["x"] != "1.2.3.4" || len(s.Command) != 5 {
		t.Errorf("the format without services: %+v", s)
	}
	if s.Build == nil || s.Build.Context != "https://example.com/repo.git" || s.Build.Dockerfile != "" {
		t.Errorf("a build from elsewhere: %+v", s.Build)
	}
	if got := p.env.get("TAG"); got != "2" || p.env.where("TAG") != "two.env:1" || p.env.where("COMPOSE_PROJECT_NAME") != "env COMPOSE_PROJECT_NAME" {
		t.Errorf("TAG is %q from %q", got, p.env.where("TAG"))
	}
	if d, err := p.Directus(""); err != nil || d == nil || d.Version != "9.26.0" {
		t.Errorf("%+v, %v", d, err)
	}
	p = Load(Options{Dir: unpack(t, "-- compose.yaml --\nservices: {}\n-- .env --\nA='x\n"), Environ: []string{"COMPOSE_ENV_FILES=.env,gone.env"}})
	want := []string{".env: line 1: a quoted value does not end", "gone.env cannot be read: no such file or directory"}
	if diff := cmp.Diff(want, p.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestByHostAndPublished(t *testing.T) {
	t.Parallel()
	p := Load(Options{Dir: unpack(t, projects["long forms"])})
	for _, host := range []string{"db", "database", "pg"} {
		s := p.ByHost(host)
		if s == nil {
			t.Fatalf("%s is not found", host)
		}
		if port, ok := s.Published(5432); !ok || port.Published != "5434" || port.HostIP != "127.0.0.1" {
			t.Errorf("%s: %+v", host, port)
		}
	}
	if p.ByHost("elsewhere") != nil || p.ByHost("") != nil {
		t.Error("an unknown host is a service")
	}
	if _, ok := p.Service("db").Published(5433); ok {
		t.Error("an unpublished port is published")
	}
}

func FuzzLoad(f *testing.F) {
	for _, archive := range projects {
		for _, file := range txtar.Parse([]byte(archive)).Files {
			if strings.HasSuffix(file.Name, "ml") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("services: {a: &a {<<: [*a], extends: {service: a}, environment: [${A:-${B:-${C}}}]}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		p := Load(Options{Dir: dir})
		if _, err := p.Directus(""); err != nil {
			t.Error(err)
		}
		warnings := p.Warnings
		for _, s := range p.Services {
			warnings = append(warnings, s.Warnings...)
		}
		for _, w := range warnings {
			if strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("a control character in %q", w)
			}
		}
	})
}
