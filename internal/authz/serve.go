// Package authz is an authorization plugin of the docker engine: a small server that the engine asks
// about every request of every client, and that refuses what would start a guarded container, or delete
// its database, where a decision function says so.
//
// It fails closed for guarded containers (a Directus) and open for everything else: what it has no say in
// is answered from the words of the request alone, in less than a millisecond. It refuses to know what
// makes a start dangerous, to tell users apart (the engine does not), and to change anything.
//
// Nothing asks it where the engine itself starts containers: restart policies, the start of the engine,
// swarm.
package authz

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// DefaultSocket is where the engine looks for a plugin named schemaguard.
const DefaultSocket = "/run/docker/plugins/schemaguard.sock"

// Times: the engine itself waits 30 s for a plugin (moby, pkg/plugins/client.go).
const (
	defaultTimeout = 20 * time.Second
	stopTime       = 5 * time.Second
)

// Options are what Serve needs.
type Options struct {
	Socket    string // DefaultSocket where empty; unused where systemd hands a socket over
	Decide    Decide
	Inspector Inspector            // Engine("/var/run/docker.sock") where nil
	Guarded   func(Container) bool // Guarded where nil
	Timeout   time.Duration        // for one answer, looking up included; 20 s where 0
	// DenyUnknown refuses what cannot be looked up because the engine gives no answer. Without it only
	// containers that were seen to be guarded before are refused then.
	DenyUnknown bool
	Log         io.Writer // one line for each refusal and each decision; none where nil
	Reload      func()    // on SIGHUP; without it that signal does nothing
}

// Serve answers the engine until ctx ends or the process gets SIGINT or SIGTERM: then what is being
// answered is finished, and the socket is removed. It returns nil after such a stop.
func Serve(ctx context.Context, o Options) error {
	if o.Decide == nil {
		return errors.New("serving the docker plugin: no decision function")
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	l, remove, err := listen(o.Socket)
	if err != nil {
		return err
	}
	defer remove()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer onHangup(o.Reload)()
	server := &http.Server{Handler: Handler(o), ReadHeaderTimeout: stopTime}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	fmt.Fprintln(o.Log, "listening on", l.Addr())
	select {
	case err := <-failed:
		return fmt.Errorf("serving the docker plugin: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(fmt.Errorf("stopping the docker plugin: %w", err), server.Close())
	}
	return nil
}

// onHangup calls reload on each SIGHUP until it is stopped. A terminal that goes away must not take the
// plugin with it, as without it the engine answers nobody.
func onHangup(reload func()) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
				if reload != nil {
					reload()
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// contentType is that of the plugin protocol.
const contentType = "application/vnd.docker.plugins.v1.2+json"

// maxRequest is far above what the engine sends: a body of 1 MiB in base64, headers and certificates.
const maxRequest = 16 << 20

// response is what the engine wants to hear.
// https://github.com/moby/moby/blob/v28.5.1/pkg/authorization/api.go
type response struct {
	Allow bool
	Msg   string `json:",omitempty"`
	Err   string `json:",omitempty"`
}

// Handler answers the requests of the plugin protocol.
func Handler(o Options) http.Handler {
	j := &judge{decide: o.Decide, ask: o.Inspector, isGuarded: o.Guarded, timeout: o.Timeout, denyUnknown: o.DenyUnknown, log: &lines{w: o.Log}}
	if j.ask == nil {
		j.ask = Engine("/var/run/docker.sock")
	}
	if j.isGuarded == nil {
		j.isGuarded = Guarded
	}
	if j.timeout == 0 {
		j.timeout = defaultTimeout
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /Plugin.Activate", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string][]string{"Implements": {"authz"}})
	})
	mux.HandleFunc("POST /AuthZPlugin.AuthZReq", func(w http.ResponseWriter, r *http.Request) {
		var asked Request
		if err := json.NewDecoder(io.LimitReader(r.Body, maxRequest)).Decode(&asked); err != nil {
			reply(w, response{Err: "schemaguard: the engine's question cannot be read"})
			return
		}
		// The engine hangs up when its own client does; what was asked is answered all the same.
		allow, message := j.answer(context.WithoutCancel(r.Context()), asked)
		reply(w, response{Allow: allow, Msg: message})
	})
	// What the engine answers its client is nobody's business. It is read to the end, as the engine waits
	// for that.
	mux.HandleFunc("POST /AuthZPlugin.AuthZRes", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			reply(w, response{Allow: true})
		}
	})
	return mux
}

func reply(w http.ResponseWriter, v any) {
	data, err := json.Marshal(v)
	if err != nil { // what is replied always encodes
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(data) // who hung up needs no answer
}

// activated returns the socket that systemd listens on for this process. With it the engine is never
// turned away while the plugin restarts.
// https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
func activated() (net.Listener, error) {
	if os.Getenv("LISTEN_PID") != fmt.Sprint(os.Getpid()) || os.Getenv("LISTEN_FDS") == "" {
		return nil, nil
	}
	if n := os.Getenv("LISTEN_FDS"); n != "1" {
		return nil, fmt.Errorf("systemd hands over %s sockets, where one is needed", n)
	}
	f := os.NewFile(3, "socket of systemd")
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("taking over the socket of systemd: %w", err)
	}
	return l, nil
}
