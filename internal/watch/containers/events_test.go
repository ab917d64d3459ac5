//go:build unix

package containers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fake is a docker whose events are what a script says.
func fake(t *testing.T, script string) (w *Watcher, dir string) {
	t.Helper()
	dir = t.TempDir()
	program := filepath.Join(dir, "docker")
	text := "#!/bin/sh\ncd '" + dir + "'\necho \"$*\" >>calls\n" + script
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	w = New(Options{Docker: []string{program}, Environ: os.Environ()})
	w.tempo = tempo{quiet: 50 * time.Millisecond, most: 500 * time.Millisecond, alive: 10 * time.Second, first: 10 * time.Millisecond, rare: 20 * time.Millisecond}
	return w, dir
}

func run(t *testing.T, w *Watcher) (events <-chan Event, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, done := make(chan Event, 1000), make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx, func(e Event) { out <- e })
	}()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("it did not end with its context")
		}
	}
	t.Cleanup(stop)
	return out, stop
}

func next(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was told")
		return Event{}
	}
}

const line = `{"Type":"container","Action":"%s","Actor":{"ID":"c1","Attributes":{"name":"shop-directus-1","image":"shop","com.docker.compose.project":"shop"%s}},"time":1,"timeNano":1700000000123456789}`

func TestEventsAreToldOnceForABurst(t *testing.T) {
	t.Parallel()
	start := fmt.Sprintf(line, "start", "")
	w, _ := fake(t, "cat <<'END'\n"+strings.Join([]string{
		"junk", "{}", start, start, start,
		fmt.Sprintf(line, "exec_start: sh", ""),
		fmt.Sprintf(line, "create", `,"schemaguard.probe":"true"`),
		strings.Replace(fmt.Sprintf(line, "die", ""), `"shop"}`, `"other"}`, 1),
		`{"Type":"image","Action":"tag","Actor":{"ID":"sha256:1","Attributes":{"name":"shop:latest"}}}`,
	}, "\n")+"\nEND\nsleep 1000\n")
	w.scope = scope{known: true, project: "shop", names: map[string]bool{"shop:latest": true}}
	events, _ := run(t, w)
	if e := next(t, events); e.Kind != Started || e.Name != "shop-directus-1" || e.At.Unix() != 1700000000 {
		t.Errorf("got %+v", e)
	}
	if e := next(t, events); e.Kind != Image || e.Name != "shop:latest" {
		t.Errorf("got %+v", e)
	}
	select {
	case e := <-events:
		t.Errorf("also told of %+v", e)
	case <-time.After(300 * time.Millisecond):
	}
	if w.moves != 4 {
		t.Errorf("%d moves", w.moves)
	}
}

func TestItGoesOnFromWhereItWas(t *testing.T) {
	t.Parallel()
	w, dir := fake(t, "cat <<'END'\n"+fmt.Sprintf(line, "start", "")+"\nEND\n")
	events, stop := run(t, w)
	next(t, events)
	next(t, events)
	stop()
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(calls)), "\n")
	if strings.Contains(lines[0], "--since") || len(lines) < 2 || !strings.Contains(lines[1], "--since 1700000000.123456790") {
		t.Errorf("called %q", lines)
	}
}

func TestAnEngineThatComesBackIsTold(t *testing.T) {
	t.Parallel()
	w, _ := fake(t, "if [ ! -e there ]; then touch there; echo 'Cannot connect' >&2; exit 1; fi\nsleep 1000\n")
	w.tempo.alive = 300 * time.Millisecond
	events, _ := run(t, w)
	if e := next(t, events); e.Kind != Engine {
		t.Errorf("got %+v", e)
	}
	if !w.Listening() {
		t.Error("nobody listens")
	}
}

func TestWithoutDocker(t *testing.T) {
	t.Parallel()
	w := New(Options{Docker: []string{filepath.Join(t.TempDir(), "docker")}})
	w.tempo.rare = 10 * time.Millisecond
	events, stop := run(t, w)
	time.Sleep(100 * time.Millisecond)
	stop()
	if len(events) > 0 || w.Listening() {
		t.Error("something was told of no docker")
	}
}

func TestNoProcessIsLeft(t *testing.T) {
	t.Parallel()
	w, dir := fake(t, "sleep 1000 & echo $! >child; echo $$ >self\nwait\n")
	_, stop := run(t, w)
	var pids []string
	for range 200 {
		child, _ := os.ReadFile(filepath.Join(dir, "child"))
		self, _ := os.ReadFile(filepath.Join(dir, "self"))
		if pids = strings.Fields(string(child) + " " + string(self)); len(pids) == 2 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(pids) != 2 {
		t.Fatal("docker was not called")
	}
	stop()
	for _, word := range pids {
		var pid int
		if _, err := fmt.Sscan(word, &pid); err != nil {
			t.Fatal(err)
		}
		gone := false
		for range 200 {
			state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			if gone = syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(state), ") Z "); gone {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if !gone {
			t.Errorf("process %d is left", pid)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(line, "start", "")))
	f.Add([]byte(`{"Type":"container","Status":"died","Name":"a","time":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, kind, ok := parse(data); ok && (kind == "" || m.Type == "") {
			t.Errorf("%q: %q", data, kind)
		}
	})
}
