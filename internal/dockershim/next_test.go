//go:build unix

package dockershim

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNext looks for the program behind all that is schemaguard itself.
func TestNext(t *testing.T) {
	t.Parallel()
	real := func(t *testing.T, dir string) { write(t, dir+"/real/docker", "#!/bin/sh\n", 0o755) }
	me := "me" // below the folder of the test, a copy of nothing: identity goes by the file
	for _, c := range []struct {
		name string
		make func(t *testing.T, dir string)
		path string // folders below that of the test
		want string // below it too; else the error
	}{
		{"nothing before it", real, "real", "real/docker"},
		{"a link to us", func(t *testing.T, dir string) { real(t, dir); link(t, dir+"/"+me, dir+"/a/docker") }, "a real", "real/docker"},
		{"a link to a link to us", func(t *testing.T, dir string) {
			real(t, dir)
			link(t, dir+"/"+me, dir+"/a/x")
			link(t, "../a/x", dir+"/b/docker")
		}, "b real", "real/docker"},
		{"the folder is a link", func(t *testing.T, dir string) {
			real(t, dir)
			link(t, dir+"/"+me, dir+"/a/docker")
			link(t, "a", dir+"/b")
		}, "b a real", "real/docker"},
		{"a hard link to us", func(t *testing.T, dir string) {
			real(t, dir)
			if err := os.MkdirAll(dir+"/a", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Link(dir+"/"+me, dir+"/a/docker"); err != nil {
				t.Fatal(err)
			}
		}, "a real", "real/docker"},
		{"a copy of us", func(t *testing.T, dir string) { real(t, dir); copyOf(t, dir+"/"+me, dir+"/a/docker") }, "a real", "real/docker"},
		{"another program of our size", func(t *testing.T, dir string) {
			write(t, dir+"/a/docker", strings.Repeat("x", 5000), 0o755)
		}, "a", "a/docker"},
		{"two scripts of ours", func(t *testing.T, dir string) {
			real(t, dir)
			script(t, dir+"/a/docker", "docker")
			script(t, dir+"/b/docker", "docker")
		}, "a b real", "real/docker"},
		{"a script of somebody else", func(t *testing.T, dir string) {
			real(t, dir)
			write(t, dir+"/a/docker", "#!/bin/sh\nsudo docker\n", 0o755)
		}, "a real", "a/docker"},
		{"links in a circle", func(t *testing.T, dir string) {
			real(t, dir)
			link(t, dir+"/b/docker", dir+"/a/docker")
			link(t, dir+"/a/docker", dir+"/b/docker")
		}, "a b real", "real/docker"},
		{"a folder of that name", func(t *testing.T, dir string) { real(t, dir); write(t, dir+"/a/docker/x", "", 0o755) }, "a real", "real/docker"},
		{"not executable, then one that is", func(t *testing.T, dir string) { real(t, dir); write(t, dir+"/a/docker", "long", 0o644) }, "a real", "real/docker"},
		{"a link keeps its name", func(t *testing.T, dir string) {
			write(t, dir+"/snap", "#!/bin/sh\n", 0o755)
			link(t, "../snap", dir+"/a/docker")
		}, "a", "a/docker"},
		{"only not executable", func(t *testing.T, dir string) { write(t, dir+"/a/docker", "long", 0o644) }, "a", "docker: DIR/a/docker may not be executed"},
		{"only us", func(t *testing.T, dir string) { link(t, dir+"/"+me, dir+"/a/docker") }, "a", "docker: only schemaguard itself stands for it on PATH"},
		{"nothing at all", func(*testing.T, string) {}, "a", "docker: not found on PATH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir+"/"+me, strings.Repeat("y", 5000), 0o755)
			c.make(t, dir)
			var dirs []string
			for d := range strings.FieldsSeq(c.path) {
				dirs = append(dirs, filepath.Join(dir, d))
			}
			got, err := Next("docker", dir+"/"+me, environment("PATH="+strings.Join(dirs, ":")))
			if err != nil {
				got = err.Error()
				if missing := (*NotFoundError)(nil); !errors.As(err, &missing) {
					t.Errorf("error %T", err)
				}
			}
			got = strings.TrimPrefix(strings.ReplaceAll(got, dir, "DIR"), "DIR/")
			if got != c.want {
				t.Errorf("next is %q, want %q", got, c.want)
			}
		})
	}
}

// The order is docker's: its configuration file, the user's folder, the system's.
func TestNextPlugin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	me := write(t, dir+"/me", strings.Repeat("y", 5000), 0o755)
	script(t, dir+"/ours/docker-compose", PluginRole)
	extra := write(t, dir+"/extra/docker-compose", "#!/bin/sh\n", 0o755)
	write(t, dir+"/config/config.json", `{"auths": {}, "cliPluginsExtraDirs": ["`+dir+`/ours", "`+dir+`/extra"]}`, 0o600)
	user := write(t, dir+"/config/cli-plugins/docker-compose", "#!/bin/sh\n", 0o755)
	other := write(t, dir+"/other/cli-plugins/docker-compose", "#!/bin/sh\n", 0o755)
	home := write(t, dir+"/home/.docker/cli-plugins/docker-compose", "#!/bin/sh\n", 0o755)
	write(t, dir+"/broken/config.json", "{", 0o600)
	broken := write(t, dir+"/broken/cli-plugins/docker-compose", "#!/bin/sh\n", 0o755)
	called := pluginCall + "=docker"
	for _, c := range []struct {
		name, args string
		env        []string
		want       string
	}{
		{"additional folder", "compose up", []string{called, "DOCKER_CONFIG=" + dir + "/config"}, extra},
		{"metadata", metadataCall, []string{"DOCKER_CONFIG=" + dir + "/config"}, extra},
		{"another configuration by flag", "--config " + dir + "/other compose up", []string{called, "DOCKER_CONFIG=" + dir + "/config"}, other},
		{"and by flag with =", "-D --config=" + dir + "/other compose --config up", []string{called, "DOCKER_CONFIG=" + dir + "/config"}, other},
		{"run by hand", "--config " + dir + "/other up", []string{"DOCKER_CONFIG=" + dir + "/config"}, extra},
		{"home", "compose up", []string{called, "HOME=" + dir + "/home"}, home},
		{"configuration that cannot be read", "compose up", []string{called, "DOCKER_CONFIG=" + dir + "/broken"}, broken},
	} {
		got, err := NextPlugin(strings.Fields(c.args), me, environment(c.env...))
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if err := os.Remove(extra); err != nil {
		t.Fatal(err)
	}
	if got, err := NextPlugin(nil, me, environment("DOCKER_CONFIG="+dir+"/config")); got != user || err != nil {
		t.Errorf("without the additional one: %q, %v", got, err)
	}
}
