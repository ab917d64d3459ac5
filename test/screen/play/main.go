//go:build tools

// Command play shows the screen of the watcher with samples instead of a
// database, so that it can be tried in a terminal and by a test.
//
//	go run -tags tools ./test/screen/play [-real] [-panic] SAMPLE...
//
// The samples are shown one after the other, the next on SIGUSR1; the clock
// stands still unless -real is given.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen"
	"github.com/schemaguard/schemaguard/test/screen/sample"
)

func main() {
	realClock := flag.Bool("real", false, "the clock goes on")
	colour := flag.String("color", "auto", "auto, always or never")
	panics := flag.String("panic", "", "panic in save, or in view after a re-check")
	flag.Parse()
	mode, err := terminal.ParseColourMode(*colour)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(4)
	}
	start := time.Now()
	var broken atomic.Bool
	o := screen.Options{In: os.Stdin, Out: os.Stdout, Environ: os.Environ(), Colour: mode, Actions: &actions{panics: *panics == "save", broken: &broken}, Now: sample.Now}
	if *realClock {
		o.Now = func() time.Time { return sample.Now().Add(time.Since(start)) }
	}
	if *panics == "view" {
		now := o.Now
		o.Now = func() time.Time {
			if broken.Load() {
				panic("the clock broke\x1b[31m")
			}
			return now()
		}
	}
	o.Events = events(flag.Args(), o.Now)
	if err := screen.Run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "play:", err)
		os.Exit(3)
	}
	fmt.Println("bye")
}

// events tells one sample after the other.
func events(names []string, now func() time.Time) <-chan watch.Event {
	next := make(chan os.Signal, 1)
	signal.Notify(next, syscall.SIGUSR1)
	all := make(chan watch.Event)
	go func() {
		for _, name := range names {
			all <- event(name, now())
			<-next
		}
		close(all)
	}()
	return all
}

func event(name string, at time.Time) watch.Event {
	e := watch.Event{At: at, Kind: watch.StateChanged}
	switch name {
	case "clean":
		e.State = sample.Clean()
	case "unsaved":
		e.State = sample.Unsaved()
	case "image":
		e.State = sample.NotInImage()
	case "failing":
		e.State, e.Kind = sample.Failing(), watch.Failing
	case "many":
		e.State = sample.Many(5000)
	case "hostile":
		e.State = sample.Hostile()
	default:
		fmt.Fprintf(os.Stderr, "there is no sample %q\n", name)
		os.Exit(4)
	}
	e.Text = string(e.State.Standing) + ": " + e.State.Summary
	if e.Kind == watch.Failing {
		e.Text = e.State.Failure
	}
	return e
}

// actions do nothing but say so.
type actions struct {
	panics bool
	broken *atomic.Bool // a look was asked for
}

func (a *actions) Recheck() { a.broken.Store(true) }

func (a *actions) Save(ctx context.Context, stage bool) (string, error) {
	if a.panics {
		panic("saving broke")
	}
	if stage {
		return "", hinted{errors.New("staging snapshots/schema.yaml: the index is locked")}
	}
	select {
	case <-time.After(1500 * time.Millisecond):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return "wrote snapshots/schema.yaml: 128 items, 3 of them new", nil
}

func (*actions) Diff(context.Context) (string, error) {
	text := "+ collection stops\n  + field stops.id\n- field orders.old\n  max_length: 80 -> 20\n"
	for i := range 60 {
		text += fmt.Sprintf("+ field table.column_%d\n", i)
	}
	return text, nil
}

type hinted struct{ error }

func (hinted) Hint() string { return "rm .git/index.lock" }
