package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/config"
)

func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
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

const monorepo = `
-- .git/HEAD --
ref: refs/heads/main
-- .env --
-- package.json --
{"private": true, "packageManager": "pnpm@9.0.0"}
-- pnpm-lock.yaml --
lockfileVersion: '9.0'
importers:
  .:
    devDependencies:
      turbo: {specifier: ^2, version: 2.0.0}
  apps/cms:
    dependencies:
      '@directus/sdk':
        specifier: ^17
        version: 17.0.0
      directus:
        specifier: ^11.0.0
        version: 11.17.4(react@18)
packages:
  directus@9.9.9:
    version: 9.9.9
-- apps/cms/package.json --
{"dependencies": {"directus": "^11.0.0"},
 "scripts": {"schema:snapshot": "directus schema snapshot --yes ./snapshots/schema.yaml", "x; rm": "directus schema snapshot a.yaml", "start": "directus start"}}
-- apps/cms/snapshots/schema.yaml --
version: 1
directus: 11.17.4
vendor: postgres
collections: []
-- apps/cms/test/fixtures/snapshot.yaml --
version: 1
directus: 10.0.0
-- apps/cms/other.json --
{"version":1,"directus":"12.4.1","vendor":"postgres","collections":[{"directus":"x"}]}
-- apps/cms/db-init/001_ext.sql --
-- apps/cms/db-init/002_x.sql --
-- services/api/migrations/0001_a.sql --
-- apps/cms/docker-compose.yml --
-- apps/cms/notes.yaml --
version: 1
title: x
-- node_modules/directus/schema.yaml --
version: 1
directus: 1.0.0
-- openapi.json --
{"version":"1","directus":"no"}
`

func TestLook(t *testing.T) {
	t.Parallel()
	root := unpack(t, monorepo)
	got, err := Look(root)
	if err != nil {
		t.Fatal(err)
	}
	want := &Project{
		Root: root, GitRoot: root,
		Snapshots: []Snapshot{
			{"apps/cms/snapshots/schema.yaml", "yaml", "11.17.4", "postgres"},
			{"apps/cms/other.json", "json", "12.4.1", "postgres"},
			{"apps/cms/test/fixtures/snapshot.yaml", "yaml", "10.0.0", ""},
		},
		DBInit:   []string{"apps/cms/db-init", "services/api/migrations"},
		EnvFiles: []string{".env"},
		Compose:  []string{"apps/cms/docker-compose.yml"},
		Packages: []Package{{
			Path: "apps/cms/package.json", Manager: "pnpm",
			Directus: &Dependency{"^11.0.0", "11.17.4", "pnpm-lock.yaml"},
			Scripts:  []Script{{"schema:snapshot", "pnpm run schema:snapshot", "snapshots/schema.yaml"}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sub, err := Look(filepath.Join(root, "apps", "cms"))
	if err != nil || sub.GitRoot != root || sub.Snapshots[0].Path != "snapshots/schema.yaml" {
		t.Errorf("from below: %+v, %v", sub, err)
	}
	if _, err := Look(filepath.Join(root, "gone")); err == nil {
		t.Error("a folder that is not there was looked at")
	}
}

func TestPackagesAt(t *testing.T) {
	t.Parallel()
	root := unpack(t, monorepo+"-- package.json --\n{\"dependencies\": {\"directus\": \"12.0.0\"}}\n")
	for _, tt := range []struct {
		folders []string
		want    []string
	}{
		{nil, []string{"package.json"}},
		{[]string{"apps/cms/snapshots"}, []string{"apps/cms/package.json", "package.json"}},
		{[]string{filepath.Join(root, "apps", "cms"), "apps/cms", "services"}, []string{"apps/cms/package.json", "package.json"}},
		{[]string{filepath.Dir(root), "/", "..", "../x", "gone"}, []string{"package.json"}},
	} {
		var got []string
		for _, p := range PackagesAt(root, tt.folders...) {
			got = append(got, p.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.folders, diff)
		}
	}
}

func TestLockFiles(t *testing.T) {
	t.Parallel()
	const wants = "-- package.json --\n{\"devDependencies\": {\"directus\": \"^11.0.0\"}}\n"
	tests := []struct{ name, archive, version, source, manager string }{
		{"exact", "-- package.json --\n{\"dependencies\": {\"directus\": \"11.17.4\"}}\n", "11.17.4", "package.json", "npm"},
		{"exact with =", "-- package.json --\n{\"dependencies\": {\"directus\": \"=11.17.4\"}}\n", "11.17.4", "package.json", "npm"},
		{"npm 3", wants + "-- package-lock.json --\n{\"packages\": {\"\": {\"dependencies\": {\"directus\": \"^11.0.0\"}}, \"node_modules/directus\": {\n \"version\": \"11.8.0\", \"x\": {}}, \"node_modules/directus/node_modules/a\": {\"version\": \"1.0.0\"}}}\n", "11.8.0", "package-lock.json", "npm"},
		{"npm 1", wants + "-- package-lock.json --\n{\"dependencies\": {\"a\": {\"requires\": {\"directus\": \"^9\"}}, \"directus\": {\"version\": \"11.8.1\"}}}\n", "11.8.1", "package-lock.json", "npm"},
		{"pnpm 5", wants + "-- pnpm-lock.yaml --\nspecifiers:\n  directus: ^11.0.0\ndevDependencies:\n  directus: 11.8.2_react@18\n", "11.8.2", "pnpm-lock.yaml", "pnpm"},
		{"pnpm 9", wants + "-- pnpm-lock.yaml --\nimporters:\n\n  .:\n    devDependencies:\n      directus:\n        specifier: ^11.0.0\n        version: 11.8.3\n", "11.8.3", "pnpm-lock.yaml", "pnpm"},
		{"yarn 1", wants + "-- yarn.lock --\n# x\n\"@directus/api@1\":\n  version \"1.0.0\"\n\ndirectus@^11.0.0, directus@^11.1.0:\n  version \"11.8.4\"\n  resolved x\n", "11.8.4", "yarn.lock", "yarn"},
		{"yarn 4", wants + "-- yarn.lock --\n\"directus@npm:^11.0.0\":\n  version: 11.8.5\n  resolution: \"directus@npm:11.8.5\"\n", "11.8.5", "yarn.lock", "yarn"},
		{"bun", wants + "-- bun.lock --\n{\n \"workspaces\": {\"\": {\"devDependencies\": {\"directus\": \"^11\"}}},\n \"packages\": {\"directus\": [\"directus@11.8.6\", \"\", {}]}\n}\n", "11.8.6", "bun.lock", "bun"},
		{"installed only", wants + "-- node_modules/directus/package.json --\n{\"version\": \"11.8.7\"}\n", "11.8.7", "node_modules/directus/package.json", "npm"},
		{"nothing settles it", wants + "-- package-lock.json --\n{\"packages\": {\"node_modules/x\": {\"version\": \"1.0.0\"}}}\n", "", "", "npm"},
	}
	for _, tt := range tests {
		p, err := Look(unpack(t, tt.archive))
		if err != nil || len(p.Packages) != 1 || p.Packages[0].Directus == nil {
			t.Errorf("%s: %+v, %v", tt.name, p, err)
			continue
		}
		d := p.Packages[0].Directus
		if d.Version != tt.version || d.Source != tt.source || p.Packages[0].Manager != tt.manager {
			t.Errorf("%s: %+v by %s", tt.name, d, p.Packages[0].Manager)
		}
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	tests := []struct {
		head   string
		isJSON bool
		want   string // the version, "" when it is no snapshot
	}{
		{"version: 1\ndirectus: 11.17.4\nvendor: postgres\n", false, "11.17.4"},
		{"# generated\nversion: 1\r\ndirectus: '9.26.0'\r\n", false, "9.26.0"},
		{"version: 2\ndirectus: 12.4.1\npartial: true\n", false, "12.4.1"},
		{"collections:\n  - a\ndirectus: 11.1.0\nversion: 1\n", false, "11.1.0"},
		{"version: 1\nname: x\n", false, ""},
		{"directus: 11.17.4\n", false, ""},
		{"version: 1\ndirectus: latest\n", false, ""},
		{"  version: 1\n  directus: 11.17.4\n", false, ""},
		{"{\n\t\"version\": 1,\n\t\"directus\": \"11.17.4\"\n", true, "11.17.4"},
		{"{\"collections\":[{\"version\":1,\"directus\":\"11.17.4\"}]}", true, ""},
		{"", true, ""},
	}
	for _, tt := range tests {
		s, ok := parseHeader(tt.head, tt.isJSON)
		if ok != (tt.want != "") || ok && s.Directus != tt.want {
			t.Errorf("%q: %+v, %v", tt.head, s, ok)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	dir := unpack(t, monorepo)
	p, err := Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Options{Dir: dir, Flags: map[string]config.Flag{"directus.version": {Name: "--directus-version", Value: "12.4.1"}}})
	if err != nil {
		t.Fatal(err)
	}
	d := &compose.Directus{Image: "directus/directus:11.8.0", Version: "11.8.0", VersionOrigin: "compose.yaml:4"}
	found, notes := Versions(cfg, d, p.Packages)
	want := []Version{
		{"12.4.1", "flag --directus-version"},
		{"11.8.0", "image directus/directus:11.8.0 (compose.yaml:4)"},
		{"11.17.4", "pnpm-lock.yaml (apps/cms/package.json asks for ^11.0.0)"},
	}
	if diff := cmp.Diff(want, found); diff != "" || len(notes) != 0 {
		t.Errorf("%s %q", diff, notes)
	}
	found, notes = Versions(&config.Config{}, &compose.Directus{Image: "directus/directus:11", Version: "11", VersionOrigin: "compose.yaml:4"},
		[]Package{{Path: "package.json", Directus: &Dependency{Wanted: "latest"}}})
	wantNotes := []string{"image directus/directus:11 (compose.yaml:4) names no exact version of Directus", "package.json asks for directus latest, and no lock file says which version that is"}
	if diff := cmp.Diff(wantNotes, notes); diff != "" || len(found) != 0 {
		t.Errorf("%s %v", diff, found)
	}
	if found, notes = Versions(&config.Config{}, nil, nil); len(found)+len(notes) != 0 {
		t.Errorf("of nothing: %v %v", found, notes)
	}
}

func TestSettingsAreReadBackAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ archive, directus, path string }{
		"monorepo":   {monorepo, "cms", "apps/cms/snapshots/schema.yaml"},
		"empty":      {"-- .git/HEAD --\n", "", "snapshots/schema.yaml"},
		"by script":  {"-- cms/package.json --\n{\"scripts\": {\"snap\": \"npx directus schema snapshot ../schema/it's.yaml\"}}\n", "no", "schema/it's.yaml"},
		"odd names":  {"-- a b/yes: [x]/schema.yaml --\nversion: 1\ndirectus: 11.0.0\n", "1_000", "a b/yes: [x]/schema.yaml"},
		"not escape": {"-- package.json --\n{\"scripts\": {\"snap\": \"directus schema snapshot ../../x.yaml\"}}\n", "true", "snapshots/schema.yaml"},
	} {
		dir := unpack(t, tt.archive)
		p, err := Look(dir)
		if err != nil {
			t.Fatal(err)
		}
		text := p.Settings(tt.directus)
		if err := os.WriteFile(filepath.Join(dir, config.FileName), text, 0o644); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Options{Dir: dir})
		if err != nil || cfg.Snapshot.Path.V != tt.path || cfg.Directus.Service.V != tt.directus {
			t.Errorf("%s: %q, %q, %v from\n%s", name, cfg.Snapshot.Path.V, cfg.Directus.Service.V, err, text)
		}
		if name == "monorepo" && (!cmp.Equal(cfg.Compose.Files.V, []string{"apps/cms/docker-compose.yml"}) || !strings.Contains(string(text), "# command: \"cd 'apps/cms' && pnpm run schema:snapshot\"")) {
			t.Errorf("%s: %q from\n%s", name, cfg.Compose.Files.V, text)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("version: 1\ndirectus: 11.0.0\n", true)
	f.Add("{\"version\":1,\"directus\":\"11.0.0\"", false)
	f.Fuzz(func(t *testing.T, head string, isJSON bool) {
		if s, ok := parseHeader(head, isJSON); ok && !exactVersion(s.Directus) {
			t.Errorf("%q: %+v", head, s)
		}
	})
}

func FuzzLock(f *testing.F) {
	f.Add("importers:\n  .:\n    dependencies:\n      directus:\n        version: 1.0.0(x)\n", "")
	f.Add("\"directus@npm:1\":\n  version: 1\n", "a/b")
	f.Add("\"node_modules/directus\": {\"version\": \"1\"}", "a")
	f.Fuzz(func(t *testing.T, text, dir string) {
		for _, l := range locks() {
			l.find(text, dir)
		}
	})
}
