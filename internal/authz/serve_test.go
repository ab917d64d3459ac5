//go:build unix

package authz

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test program be the plugin, on the socket that the environment names.
func TestMain(m *testing.M) {
	socket := os.Getenv("AUTHZ_SERVE")
	if socket == "" {
		os.Exit(m.Run())
	}
	err := Serve(context.Background(), Options{
		Socket: socket, Decide: deny, Inspector: serveInspector(), Log: os.Stdout,
		Reload: func() { fmt.Println("reloading") },
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("stopped")
}

// serveInspector is the fake engine, or the real one that the environment names.
func serveInspector() Inspector {
	if socket := os.Getenv("AUTHZ_ENGINE"); socket != "" {
		return Engine(socket)
	}
	return newEngine()
}

func client(socket string) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
}

func post(c *http.Client, path, body string) string {
	res, err := c.Post("http://plugin"+path, "application/json", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return res.Header.Get("Content-Type") + " " + string(data)
}

// plugin is the plugin as a process of its own.
func plugin(t *testing.T, socket string, env ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), "AUTHZ_SERVE="+socket), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	line(t, lines, "listening on "+socket)
	return cmd, lines
}

func line(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	lines.Scan()
	if lines.Text() != want {
		t.Fatalf("the plugin says %q, want %q", lines.Text(), want)
	}
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "plugins", "s.sock")
	cmd, lines := plugin(t, socket)
	c := client(socket)
	question := func(method, uri, body string) string {
		data, err := json.Marshal(Request{method, uri, []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, c2 := range []struct{ path, body, want string }{
		{"/Plugin.Activate", "", `{"Implements":["authz"]}`},
		{"/AuthZPlugin.AuthZReq", question("GET", "/v1.41/containers/json", ""), `{"Allow":true}`},
		{"/AuthZPlugin.AuthZReq", question("POST", "/v1.41/containers/d1/start", ""), `{"Allow":false,"Msg":"schemaguard: refusing start of sg-directus-1: 3 collections would go"}`},
		{"/AuthZPlugin.AuthZReq", question("POST", "/v1.41/containers/create", `{"Image":"mine"}`), `{"Allow":false,"Msg":"schemaguard: refusing create of a container of mine: 3 collections would go"}`},
		{"/AuthZPlugin.AuthZReq", "{", `{"Allow":false,"Err":"schemaguard: the engine's question cannot be read"}`},
		{"/AuthZPlugin.AuthZRes", question("GET", "/", strings.Repeat("x", 2<<20)), `{"Allow":true}`},
	} {
		if diff := cmp.Diff(contentType+" "+c2.want, post(c, c2.path, c2.body)); diff != "" {
			t.Errorf("%s %.60s (-want +got):\n%s", c2.path, c2.body, diff)
		}
	}
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the socket: %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(socket)); len(left) != 1 {
		t.Errorf("beside the socket is %v", left)
	}
	line(t, lines, "refused start of sg-directus-1: 3 collections would go")
	line(t, lines, "refused create of a container of mine: 3 collections would go")

	for range 2 {
		if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		line(t, lines, "reloading")
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	line(t, lines, "stopped")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(socket); err == nil {
		t.Error("the socket is still there")
	}
}

// serve runs the plugin in this process until the test ends or stop is called, which tells how it ended.
func serve(t *testing.T, o Options) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	var log syncBuffer
	o.Log = &log
	go func() { done <- Serve(ctx, o) }()
	t.Cleanup(cancel)
	for range 100 {
		if log.Len() > 0 {
			return func() error { cancel(); return <-done }
		}
		select {
		case err := <-done:
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("it does not listen")
	return nil
}

// syncBuffer tells from any goroutine how much was written.
type syncBuffer struct{ n atomic.Int64 }

func (b *syncBuffer) Write(p []byte) (int, error) { b.n.Add(int64(len(p))); return len(p), nil }
func (b *syncBuffer) Len() int64                  { return b.n.Load() }

func TestSocket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	socket := filepath.Join(dir, "s.sock")
	o := Options{Socket: socket, Decide: deny, Inspector: newEngine()}

	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	stop := serve(t, o)
	if got := post(client(socket), "/Plugin.Activate", ""); !strings.Contains(got, "authz") {
		t.Errorf("in place of a dead one: %s", got)
	}
	if err := Serve(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "a plugin listens on "+socket+" already") {
		t.Errorf("a second plugin: %v", err)
	}
	// What took the socket's place meanwhile is not removed.
	if err := os.Remove(socket); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := Serve(t.Context(), o); err == nil || !strings.Contains(err.Error(), "is in the way and no socket") {
		t.Errorf("with a file in the way: %v", err)
	}
	if err := Serve(t.Context(), Options{Socket: socket}); err == nil {
		t.Error("it serves without a decision")
	}
}

// What is being decided when the plugin is stopped is still answered.
func TestStopWaits(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s.sock")
	asked, release := make(chan struct{}), make(chan struct{})
	stop := serve(t, Options{Socket: socket, Inspector: newEngine(), Decide: func(context.Context, Action) (bool, string) {
		close(asked)
		<-release
		return false, "late"
	}})
	answer := make(chan string, 1)
	go func() {
		answer <- post(client(socket), "/AuthZPlugin.AuthZReq", `{"RequestMethod":"POST","RequestUri":"/containers/d1/start"}`)
	}()
	<-asked
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	time.Sleep(50 * time.Millisecond)
	close(release)
	if got := <-answer; !strings.Contains(got, "late") {
		t.Errorf("the answer is %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// A socket that systemd holds is taken over, and stays when the plugin goes.
func TestActivation(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// As systemd does: the variable holds the pid that the process has after exec.
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0"`, self)
	cmd.Env = append(os.Environ(), "AUTHZ_SERVE=/nowhere")
	cmd.ExtraFiles = []*os.File{f}
	var said bytes.Buffer
	cmd.Stdout = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if got := post(client(socket), "/Plugin.Activate", ""); !strings.Contains(got, "authz") {
		t.Errorf("it answers %s", got)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, said.String())
	}
	if _, err := os.Lstat(socket); err != nil {
		t.Errorf("systemd's socket is gone: %v", err)
	}
}

// BenchmarkAnswer is what every other request of the engine costs, through the socket.
func BenchmarkAnswer(b *testing.B) {
	dir := b.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "s.sock"))
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: Handler(Options{Decide: deny, Inspector: newEngine()})}
	go server.Serve(l)
	defer server.Close()
	c := client(filepath.Join(dir, "s.sock"))
	for name, uri := range map[string]string{"list": `{"RequestMethod":"GET","RequestUri":"/v1.41/containers/json"}`, "start": `{"RequestMethod":"POST","RequestUri":"/v1.41/containers/web/start"}`} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := post(c, "/AuthZPlugin.AuthZReq", uri); !strings.Contains(got, "true") {
					b.Fatal(got)
				}
			}
		})
	}
}
