package directuslab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Server is a running Directus.
type Server struct {
	// URL is its address, without a slash at the end; Token is the administrator's, good for a quarter of an hour.
	URL, Token string

	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
	cleanUp func()
	out     *lastBytes
}

// startTimeout bounds the start of a server on a slow and busy machine.
const startTimeout = 2 * time.Minute

// Start bootstraps the database of dsn (a no-op on one that is) and starts that Directus on a free port of 127.0.0.1. It
// returns when the server answers; [Server.Stop] must be called.
func (l *Lab) Start(ctx context.Context, version, dsn string, env map[string]string) (*Server, error) {
	res, err := l.Run(ctx, version, dsn, env, "bootstrap")
	if err != nil {
		return nil, err
	}
	if res.Code != 0 {
		return nil, fmt.Errorf("bootstrapping directus %s: exit code %d: %s", version, res.Code, tail([]byte(res.Stdout+res.Stderr)))
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding a free port for directus: %w", err)
	}
	all := maps.Clone(env)
	if all == nil {
		all = map[string]string{}
	}
	all["HOST"], all["PORT"] = "127.0.0.1", strconv.Itoa(port)
	cmd, cleanUp, err := l.command(ctx, version, dsn, all, "start")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://127.0.0.1:" + strconv.Itoa(port), cmd: cmd, exited: make(chan struct{}), cleanUp: cleanUp, out: &lastBytes{}}
	cmd.Stdout, cmd.Stderr = s.out, s.out
	if err := cmd.Start(); err != nil {
		cleanUp()
		return nil, fmt.Errorf("starting directus %s: %w", version, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is told by its output
		close(s.exited)
	}()
	if err := s.waitUntilReady(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("starting directus %s: %w: %s", version, err, tail(s.out.buf))
	}
	return s, nil
}

func (s *Server) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if s.logIn(ctx) == nil {
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("it ended before it answered")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// logIn fetches a token: a static one for the administrator is not to be had from 10.5.
func (s *Server) logIn(ctx context.Context) error {
	data, err := s.Call(ctx, http.MethodPost, "/auth/login", map[string]string{"email": adminEmail, "password": adminPassword})
	if err != nil {
		return err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return fmt.Errorf("reading the token: %w", err)
	}
	s.Token = answer.Token
	return nil
}

// Stop ends the server and waits until it is gone.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(os.Interrupt) // gone already is as good
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
	s.cleanUp()
}

// Call sends one request as the administrator, body as JSON unless nil, and returns the "data" of the answer (nil where there
// is none). A status of 400 or above is an error that holds what Directus said.
func (s *Server) Call(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encoding the body of %s %s: %w", method, path, err)
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, reader)
	if err != nil {
		return nil, fmt.Errorf("making the request %s %s: %w", method, path, err)
	}
	if s.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.Token)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("calling %s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("calling %s %s: %s: %s", method, path, resp.Status, tail(data))
	}
	var answer struct{ Data json.RawMessage }
	if len(data) > 0 && json.Unmarshal(data, &answer) != nil {
		return nil, fmt.Errorf("reading the answer to %s %s: not JSON", method, path)
	}
	return answer.Data, nil
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
