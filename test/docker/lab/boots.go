//go:build docker

package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"sync"
	"time"
)

// Boot is one start of one container.
type Boot struct {
	ID, Name string
	Project  string
	Service  string // of compose or, with its full name, of a swarm; empty for a container that docker itself made
	SHA256   string // of the snapshot that it read, hex; "none" where there was none
	Path     string // of the snapshot
}

// Mark is a moment; what happens later is told apart from what was before.
type Mark struct {
	at    time.Time
	heard int
}

// Mark returns this moment.
func (e *Engine) Mark() Mark { return Mark{at: time.Now(), heard: e.heard.count()} }

// Boots returns the starts since a moment of the containers of a project, in order. A container is of
// the project by its compose label, its swarm service or stack, or a name that begins with the
// project's. Each start that the engine tells of must have been heard from the container itself.
func (e *Engine) Boots(ctx context.Context, since Mark, project string) ([]Boot, error) {
	events, err := e.events(ctx, since.at, time.Now())
	if err != nil {
		return nil, err
	}
	taken := map[string]int{}
	var boots []Boot
	for _, ev := range events {
		a := ev.Actor.Attributes
		if !of(project, a, a["name"]) {
			continue
		}
		line, err := e.heard.wait(ctx, since.heard, ev.Actor.ID, taken[ev.Actor.ID])
		if err != nil {
			return nil, fmt.Errorf("container %s: %w", a["name"], err)
		}
		taken[ev.Actor.ID]++
		service := a["com.docker.compose.service"]
		if service == "" {
			service = a["com.docker.swarm.service.name"]
		}
		boots = append(boots, Boot{
			ID: ev.Actor.ID, Name: a["name"], Project: project, Service: service, SHA256: line.sha256, Path: line.path,
		})
	}
	return boots, nil
}

// said is the line of one start.
type said struct{ id, sha256, path string }

// listener hears what the containers of an engine say, as the receiver of its log driver.
type listener struct {
	conn *net.UnixConn

	mu    sync.Mutex
	lines []said
}

func listen(path string) (*listener, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	l := &listener{conn: conn}
	go l.hear()
	return l, nil
}

var bootLine = regexp.MustCompile(`([0-9a-f]{64})\[\d+\]: boot sha256=(\S+) path=(\S+)`)

func (l *listener) hear() {
	buf := make([]byte, 64<<10)
	for {
		n, err := l.conn.Read(buf)
		if err != nil {
			return
		}
		if m := bootLine.FindSubmatch(buf[:n]); m != nil {
			l.mu.Lock()
			l.lines = append(l.lines, said{string(m[1]), string(m[2]), string(m[3])})
			l.mu.Unlock()
		}
	}
}

func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// wait returns the nth line of a container after the first that were heard before.
func (l *listener) wait(ctx context.Context, after int, id string, nth int) (said, error) {
	for range 100 {
		if line, ok := l.find(after, id, nth); ok {
			return line, nil
		}
		select {
		case <-ctx.Done():
			return said{}, ctx.Err()
		case <-time.After(30 * time.Millisecond):
		}
	}
	return said{}, errors.New("started, and said nothing")
}

func (l *listener) find(after int, id string, nth int) (said, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines[after:] {
		if line.id != id {
			continue
		}
		if nth == 0 {
			return line, true
		}
		nth--
	}
	return said{}, false
}

func (l *listener) close() error { return l.conn.Close() }
