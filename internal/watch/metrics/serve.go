package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Listen listens at an address: a port alone (":9187" or "9187") means this
// machine only, and any other address has to be written out. Its error is of an
// address that cannot be had.
func Listen(address string) (net.Listener, error) {
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", address, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("serving metrics: %w", err)
	}
	return listener, nil
}

// Serve answers GET /metrics and GET /healthz until ctx ends. /healthz is 200
// while what is known is current, else 503 with the reason.
func (s *Source) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s.handler(onLoopback(listener.Addr())), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving metrics: %w", err)
	}
	return nil
}

func (s *Source) handler(loopback bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = s.Write(w)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		state, _ := s.now()
		health := struct {
			Healthy bool   `json:"healthy"`
			State   string `json:"state"`
			Reason  string `json:"reason,omitempty"`
		}{State: string(state.Standing), Reason: s.Healthy()}
		health.Healthy = health.Reason == ""
		w.Header().Set("Content-Type", "application/json")
		if !health.Healthy {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health)
	})
	if !loopback {
		return mux
	}
	// A page in a browser on this machine can have a name of its own lead here; it
	// cannot choose the host that the browser asks for.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "only this machine may ask", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func onLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
