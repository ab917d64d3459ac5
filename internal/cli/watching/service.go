package watching

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/alert"
	"github.com/schemaguard/schemaguard/internal/watch/metrics"
	"github.com/schemaguard/schemaguard/internal/watch/service"
)

// unit is the service that watches this project, with the flags that are given
// now.
func (a commands) unit(f flags) (u service.Unit, folder string, err error) {
	w, err := a.Workspace()
	if err != nil {
		return u, "", err
	}
	if u.Program, err = os.Executable(); err != nil {
		return u, "", fmt.Errorf("finding this program: %w", err)
	}
	u.Dir = w.Config.Root
	for _, flag := range []struct {
		on   bool
		args []string
	}{
		{f.notify, []string{"--notify"}},
		{f.auto, []string{"--auto-snapshot"}},
		{f.noDocker, []string{"--no-docker"}},
		{f.exec != "", []string{"--exec", f.exec}},
		{f.metrics != "", []string{"--metrics", f.metrics}},
		{f.json, []string{"--json"}},
	} {
		if flag.on {
			u.Args = append(u.Args, flag.args...)
		}
	}
	if a.Flags.Config != "" {
		u.Args = append(u.Args, "--config", w.Config.File)
	}
	given := a.SettingFlags()
	for _, key := range slices.Sorted(maps.Keys(given)) {
		u.Args = append(u.Args, given[key].Name, given[key].Value)
	}
	folder, err = service.Folder(a.Streams.Env)
	return u, folder, err
}

func (a commands) installService(f flags) error {
	if dsn, given := a.SettingFlags()["database.url"]; given {
		return app.HintError{
			Code: exitcode.Usage, Err: fmt.Errorf("%s is not written to a unit, since it may hold a password: put it where the project keeps its settings", dsn.Name),
			Hints: []string{"schemaguard doctor"},
		}
	}
	u, folder, err := a.unit(f)
	if err != nil {
		return err
	}
	path, err := u.Install(folder)
	if err != nil {
		return app.HintError{Code: exitcode.Usage, Err: err}
	}
	a.Note("written: " + path)
	enable, _ := terminal.Quote("systemctl", "--user", "enable", "--now", u.Name())
	fmt.Fprintln(a.Streams.Out, "systemctl --user daemon-reload\n"+enable)
	return nil
}

func (a commands) removeService() error {
	u, folder, err := a.unit(flags{})
	if err != nil {
		return err
	}
	had, err := u.Remove(folder)
	if err != nil {
		return err
	}
	if !had {
		a.Note("there is no unit for this project in " + folder)
		return nil
	}
	a.Note("removed: " + filepath.Join(folder, u.Name()))
	disable, _ := terminal.Quote("systemctl", "--user", "disable", "--now", u.Name())
	fmt.Fprintln(a.Streams.Out, disable+"\nsystemctl --user daemon-reload")
	return nil
}

// serve starts what tells of the state beside the lines or the screen: metrics,
// alerts, and the word to systemd.
func (r *running) serve(ctx context.Context, group *sync.WaitGroup) error {
	source := &metrics.Source{Counters: r.watcher.Counters, Version: app.Version(), Interval: r.interval, Now: r.Now}
	r.sinks = append(r.sinks, source.Tell)
	if r.metrics != "" {
		listener, err := metrics.Listen(r.metrics)
		if err != nil {
			return app.HintError{Code: exitcode.Usage, Err: err}
		}
		r.Note("metrics at http://" + listener.Addr().String() + "/metrics")
		group.Go(func() {
			if err := source.Serve(ctx, listener); err != nil {
				r.note(err.Error())
			}
		})
	}
	if r.daemon {
		systemd := service.Started(r.Streams.Env)
		ready := sync.OnceFunc(func() { systemd.Say("READY=1") })
		r.sinks = append(r.sinks, func(e watch.Event) {
			ready()
			systemd.Say(service.Status(e.Text))
		})
		group.Go(func() {
			systemd.Guard(ctx, func() bool { return source.Stuck() == "" })
			systemd.Say("STOPPING=1")
		})
	}
	r.alerts(ctx, group)
	return nil
}

// alerts starts what tells people who look elsewhere.
func (r *running) alerts(ctx context.Context, group *sync.WaitGroup) {
	if !r.bell && !r.notify && r.exec == "" {
		return
	}
	o := alert.Options{Bell: r.bell, Notify: r.notify, Exec: r.exec, Environ: r.Environ, Output: r.Streams.Err, Said: r.note}
	switch {
	case r.Streams.OutTTY:
		o.Screen = r.Streams.Out
	case r.Streams.ErrTTY:
		o.Screen = r.Streams.Err
	}
	if r.fullScreen() {
		o.Output = said{r}
	}
	a := alert.New(o)
	r.sinks = append(r.sinks, a.Tell)
	group.Go(func() { a.Run(ctx) })
}

// said shows what a command printed among the events, where lines would spoil the
// screen.
type said struct{ r *running }

// Write implements io.Writer.
func (s said) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			s.r.note("--exec: " + line)
		}
	}
	return len(p), nil
}
