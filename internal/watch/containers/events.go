package containers

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"time"
)

// maxLine bounds one line of docker's.
const maxLine = 1 << 20

// maxBurst bounds the events that are told at once.
const maxBurst = 32

// Run calls poke, one call at a time, when something happened that may concern the
// project, until ctx ends; it leaves no process behind. Where docker does not
// answer it tries again, ever more rarely.
func (w *Watcher) Run(ctx context.Context, poke func(Event)) {
	stream := make(chan Event, maxBurst)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.tell(ctx, stream, poke)
	}()
	defer func() { close(stream); <-done }()
	wait, since := w.tempo.rare, ""
	for ctx.Err() == nil {
		lived := w.listen(ctx, &since, stream)
		w.set(false)
		switch {
		case lived:
			wait = w.tempo.first
		default:
			wait = min(2*wait, w.tempo.rare)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait + rand.N(wait/4+1)):
		}
	}
}

// set notes whether the engine is listened to.
func (w *Watcher) set(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listening = on
}

// listen reads docker's events until they end, and tells whether there was an
// engine at all. since is the last moment that was told of, by the engine's clock.
func (w *Watcher) listen(ctx context.Context, since *string, out chan<- Event) (lived bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	args := []string{"events", "--format", "{{json .}}", "--filter", "type=container", "--filter", "type=image"}
	for _, a := range actions() {
		args = append(args, "--filter", "event="+a)
	}
	if *since != "" {
		args = append(args, "--since", *since)
	}
	cmd := exec.CommandContext(ctx, w.opt.Docker[0], append(append([]string{}, w.opt.Docker[1:]...), args...)...)
	cmd.Env, cmd.Dir = w.opt.Environ, w.opt.Dir
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return false
	}
	if cmd.Start() != nil {
		return false
	}
	alive := time.AfterFunc(w.tempo.alive, func() {
		w.mu.Lock()
		w.listening = true
		w.moves++ // nobody told of what was before
		w.mu.Unlock()
		send(ctx, out, Event{Kind: Engine, At: time.Now()})
	})
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		m, kind, ok := parse(lines.Bytes())
		if !ok {
			continue
		}
		lived = true
		if m.TimeNano > 0 {
			next := time.Unix(0, m.TimeNano+1)
			*since = fmt.Sprintf("%d.%09d", next.Unix(), next.Nanosecond())
		}
		if w.moved(&m) {
			send(ctx, out, Event{Kind: kind, Name: m.shown(kind), At: m.at()})
		}
	}
	cancel() // also where a line was too long to be read on
	_ = cmd.Wait()
	return !alive.Stop() || lived
}

// shown is the name of what it happened to.
func (m *message) shown(kind Kind) string {
	name := m.name()
	if name == "" && kind == Image {
		name = m.Actor.ID
	}
	return strings.TrimPrefix(name, "/")
}

// moved notes what happened, and tells whether it concerns the project.
func (w *Watcher) moved(m *message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.scope.concerns(m) {
		return false
	}
	w.moves++
	return true
}

func send(ctx context.Context, out chan<- Event, e Event) {
	select {
	case out <- e:
	case <-ctx.Done():
	}
}

// tell passes bursts on, each event of a burst once.
func (w *Watcher) tell(ctx context.Context, in <-chan Event, poke func(Event)) {
	var burst []Event
	var first time.Time
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case e, ok := <-in:
			if !ok {
				return
			}
			if len(burst) == 0 {
				first = time.Now()
			}
			if len(burst) < maxBurst && !told(burst, e) {
				burst = append(burst, e)
			}
			timer.Reset(max(0, min(w.tempo.quiet, w.tempo.most-time.Since(first))))
		case <-timer.C:
			for _, e := range burst {
				if ctx.Err() == nil {
					poke(e)
				}
			}
			burst = burst[:0]
		}
	}
}

func told(burst []Event, e Event) bool {
	for _, b := range burst {
		if b.Kind == e.Kind && b.Name == e.Name {
			return true
		}
	}
	return false
}
