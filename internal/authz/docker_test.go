//go:build docker && linux

package authz

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// daemon is a docker engine of its own.
type daemon struct {
	t              *testing.T
	dir            string
	socket, config string
	process        *os.Process
}

// newDaemon starts an engine without network, on folders and a socket of its own.
func newDaemon(t *testing.T) *daemon {
	t.Helper()
	for _, name := range []string{"docker", "dockerd"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("needs %s", name)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root, to start an engine")
	}
	dir, err := os.MkdirTemp("", "authz") //nolint:usetesting // the paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{t: t, dir: dir, socket: dir + "/d.sock", config: dir + "/daemon.json"}
	d.plugins()
	log, err := os.Create(dir + "/log")
	if err != nil {
		t.Fatal(err)
	}
	// With no bridge at all dockerd takes docker0 away from the machine's own engine.
	bridge := fmt.Sprintf("sgauthz%d", os.Getpid())
	if out, err := exec.Command("ip", "link", "add", bridge, "type", "bridge").CombinedOutput(); err != nil {
		t.Skipf("needs ip, of iproute2: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "link", "delete", bridge).Run() })
	cmd := exec.Command("dockerd", "--data-root", dir+"/data", "--exec-root", dir+"/exec", "-H", "unix://"+d.socket,
		"--pidfile", dir+"/pid", "--config-file", d.config, "--bridge", bridge, "--iptables=false", "--ip-masq=false")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.process = cmd.Process
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		log.Close()
		if t.Failed() {
			data, _ := os.ReadFile(log.Name())
			t.Logf("the engine says:\n%s", data[max(0, len(data)-3000):])
		}
		os.RemoveAll(dir)
	})
	if !d.eventually(func() bool { return exec.Command("docker", "-H", "unix://"+d.socket, "version").Run() == nil }) {
		data, _ := os.ReadFile(log.Name())
		t.Skipf("needs an engine; dockerd says:\n%s", data[max(0, len(data)-3000):])
	}
	return d
}

func (d *daemon) eventually(what func() bool) bool {
	for range 300 {
		if what() {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// plugins writes which plugins the engine is to ask.
func (d *daemon) plugins(names ...string) {
	d.t.Helper()
	list := "[]"
	if len(names) > 0 {
		list = `["` + strings.Join(names, `", "`) + `"]`
	}
	if err := os.WriteFile(d.config, []byte(`{"authorization-plugins": `+list+`}`), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// switchTo changes the plugins of the running engine.
func (d *daemon) switchTo(names ...string) {
	d.t.Helper()
	d.plugins(names...)
	before := d.reloads()
	if err := d.process.Signal(syscall.SIGHUP); err != nil {
		d.t.Fatal(err)
	}
	// docker info does not tell: it goes on showing the plugins of the start.
	if !d.eventually(func() bool { return d.reloads() > before }) {
		d.t.Fatal("the engine does not read its configuration again")
	}
}

// reloads counts how often the engine has read its configuration again.
func (d *daemon) reloads() int {
	data, err := os.ReadFile(filepath.Join(d.dir, "log"))
	if err != nil {
		d.t.Fatal(err)
	}
	return bytes.Count(data, []byte("Reloaded configuration"))
}

func (d *daemon) docker(args ...string) (string, error) {
	out, err := exec.Command("docker", append([]string{"-H", "unix://" + d.socket}, args...)...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (d *daemon) must(args ...string) string {
	d.t.Helper()
	out, err := d.docker(args...)
	if err != nil {
		d.t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// image makes an image of the app, from scratch.
func (d *daemon) image(name string, changes ...string) {
	d.t.Helper()
	binary := filepath.Join(d.dir, "app")
	if _, err := os.Stat(binary); err != nil {
		build := exec.Command("go", "build", "-o", binary, "./testdata/app")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			d.t.Fatalf("%v\n%s", err, out)
		}
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		d.t.Fatal(err)
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: "app", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(data))}); err != nil {
		d.t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		d.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	args := []string{"-H", "unix://" + d.socket, "import"}
	for _, c := range append(changes, `CMD ["/app"]`) {
		args = append(args, "-c", c)
	}
	cmd := exec.Command("docker", append(args, "-", name)...)
	cmd.Stdin = &layer
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("importing %s: %v\n%s", name, err, out)
	}
}

func (d *daemon) denied(what string, args ...string) {
	d.t.Helper()
	out, err := d.docker(args...)
	want := "schemaguard: refusing " + what + ": 3 collections would go"
	if err == nil || !strings.Contains(out, "authorization denied by plugin") || !strings.Contains(out, want) {
		d.t.Errorf("docker %s: %v, want a refusal with %q:\n%s", strings.Join(args, " "), err, want, out)
	}
}

// curl asks the engine with no docker command between.
func (d *daemon) curl(method, path, body string) string {
	d.t.Helper()
	out, err := exec.Command("curl", "-s", "--path-as-is", "--unix-socket", d.socket, "-X", method, "-H", "Content-Type: application/json", "-d", body, "http://x"+path).CombinedOutput()
	if err != nil {
		d.t.Skipf("needs curl: %v", err)
	}
	return string(out)
}

// TestRealEngine switches the plugin on in a running engine, and tries every way to a guarded container.
func TestRealEngine(t *testing.T) {
	d := newDaemon(t)
	name := fmt.Sprintf("sgtest%d", os.Getpid())
	socket := filepath.Join(filepath.Dir(DefaultSocket), name+".sock")
	d.image("web")
	d.image("baked", "LABEL schemaguard.directus=true")
	env := []string{"-e", "DB_CLIENT=pg", "-e", "KEY=k"}
	create := func(args ...string) []string { return append([]string{"create", "--network", "none"}, args...) }
	d.must(append(create("--name", "guarded", "--label", "com.docker.compose.project=sg"), append(env, "web")...)...)
	d.must("start", "guarded")
	d.must("stop", "guarded")
	d.must(create("--name", "plain", "web")...)
	d.must("volume", "create", "--label", "com.docker.compose.project=sg", "sg_pgdata")
	d.must("volume", "create", "other")
	d.must(create("--name", "db", "-v", "sg_pgdata:/var/lib/postgresql/data", "--label", "com.docker.compose.project=sg", "web")...)

	t.Cleanup(func() { os.Remove(socket) }) // a socket that nobody answers on makes every engine wait
	up := d.composed(t)
	cmd, _ := plugin(t, socket, "AUTHZ_ENGINE="+d.socket)
	d.switchTo(name)
	t.Run("refused", func(t *testing.T) {
		d.denied("start of guarded", "start", "guarded")
		d.denied("restart of guarded", "restart", "guarded")
		d.denied("start of guarded", "container", "start", d.must("ps", "-aqf", "name=guarded"))
		d.denied("update of guarded", "update", "--restart", "always", "guarded")
		d.denied("create of new", append(create("--name", "new"), append(env, "web")...)...)
		d.denied("create of new", append([]string{"run", "--name", "new", "--network", "none"}, append(env, "web")...)...)
		d.denied("create of new", create("--name", "new", "baked")...)
		d.denied("volume remove of sg_pgdata", "volume", "rm", "-f", "sg_pgdata")
		for _, path := range []string{"/v1.41/containers/guarded/start", "/v1.24/containers/gu%61rded/%73tart", "/containers/guarded/restart", "/v1.41/containers/%67uarded/start?x=1"} {
			if out := d.curl("POST", path, ""); !strings.Contains(out, "refusing") {
				t.Errorf("POST %s: %s", path, out)
			}
		}
		// The router sends these elsewhere, and nothing starts.
		for _, path := range []string{"//containers//guarded//start", "/v1.41/images/../containers/guarded/start", "/v1.41/containers/%2Fguarded/start"} {
			if out := d.curl("POST", path, ""); out != "" && !strings.Contains(out, "refusing") && !strings.Contains(out, "message") && !strings.Contains(out, "Moved") {
				t.Errorf("POST %s: %s", path, out)
			}
		}
		if state := d.must("inspect", "-f", "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}", "guarded"); state != "exited no" {
			t.Errorf("the container is %s", state)
		}
	})
	t.Run("allowed", func(t *testing.T) {
		if out := d.must("ps", "-a", "--format", "{{.Names}}"); !strings.Contains(out, "guarded") {
			t.Errorf("ps says %s", out)
		}
		d.must("start", "plain")
		d.must("restart", "-t", "1", "plain")
		d.must("rm", "-f", "plain")
		d.must(append([]string{"run", "-d", "--name", "plain", "--network", "none"}, "web")...)
		d.must("update", "--restart", "always", "plain")
		d.must("rename", "guarded", "renamed")
		d.denied("start of renamed", "start", "renamed")
		d.must("rename", "renamed", "guarded")
		d.must("stop", "guarded")
		d.must("volume", "rm", "other")
		d.must(append(create("--name", "probe", "--label", ProbeLabel+"=1"), append(env, "web")...)...)
		d.denied("start of probe", "start", "probe")
		d.must("rm", "probe")
	})
	t.Run("down with volumes", func(t *testing.T) {
		folder := d.must("volume", "inspect", "-f", "{{.Mountpoint}}", "sg_pgdata")
		if err := os.WriteFile(folder+"/PG_VERSION", []byte("16\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.must("rm", "-f", "guarded", "db")
		d.denied("volume remove of sg_pgdata", "volume", "rm", "sg_pgdata")
		d.denied("volume prune of unused volumes", "volume", "prune", "-f", "--filter", "all=1")
		d.must("volume", "inspect", "sg_pgdata")
	})
	t.Run("up", up)
	t.Run("the cost", func(t *testing.T) {
		with := d.time("ps")
		d.switchTo()
		without := d.time("ps")
		t.Logf("docker ps takes %v with the plugin, %v without", with, without)
		d.must("volume", "rm", "sg_pgdata")
		d.switchTo(name)
	})
	t.Run("the plugin is dead", func(t *testing.T) {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		// The engine tries for half a minute before it fails the command, so that a plugin may restart.
		ps := make(chan error, 1)
		go func() { _, err := d.docker("ps"); ps <- err }()
		select {
		case err := <-ps:
			t.Errorf("docker ps ends without the plugin: %v", err)
		case <-time.After(2 * time.Second):
		}
		plugin(t, socket, "AUTHZ_ENGINE="+d.socket)
		if err := <-ps; err != nil {
			t.Errorf("docker ps, with the plugin again: %v", err)
		}
		d.denied("create of new", create("--name", "new", "baked")...)
	})
}

// composed starts a guarded service with compose, and returns a test that changes it: as its successor may
// not be made, the container goes on running.
func (d *daemon) composed(t *testing.T) func(t *testing.T) {
	t.Helper()
	skip := func(t *testing.T) { t.Helper(); t.Skip("needs docker's compose plugin") }
	if exec.CommandContext(t.Context(), "docker", "compose", "version").Run() != nil {
		return skip
	}
	file := filepath.Join(d.dir, "compose.yaml")
	write := func(t *testing.T, key string) {
		text := "name: composed\nservices:\n  directus:\n    image: web\n    network_mode: none\n    stop_grace_period: 1s\n    environment: {DB_CLIENT: pg, KEY: " + key + "}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(t, "one")
	d.must("compose", "-f", file, "up", "-d")
	const about = "{{.Id}} {{.State.Status}} {{.State.StartedAt}}"
	before := d.must("inspect", "-f", about, "composed-directus-1")
	return func(t *testing.T) {
		write(t, "two")
		for _, args := range [][]string{{"up", "-d"}, {"up", "-d", "--force-recreate"}, {"restart"}, {"run", "--rm", "directus"}} {
			out, err := d.docker(append([]string{"compose", "-f", file}, args...)...)
			if err == nil || !strings.Contains(out, "schemaguard: refusing") {
				t.Errorf("compose %q: %v\n%s", args, err, out)
			}
			if after := d.must("inspect", "-f", about, "composed-directus-1"); after != before || !strings.Contains(after, "running") {
				t.Errorf("after compose %q the container is %s, was %s", args, after, before)
			}
		}
		d.must("compose", "-f", file, "down", "-t", "1")
	}
}

// time is the median of some runs.
func (d *daemon) time(args ...string) time.Duration {
	var all []time.Duration
	for range 15 {
		start := time.Now()
		d.must(args...)
		all = append(all, time.Since(start))
	}
	for i := range all {
		for j := range all[:i] {
			if all[i] < all[j] {
				all[i], all[j] = all[j], all[i]
			}
		}
	}
	return all[len(all)/2]
}
