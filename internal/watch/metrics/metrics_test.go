package metrics

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
)

func source(now time.Time) *Source {
	return &Source{
		Counters: func() watch.Counters {
			return watch.Counters{Checks: 3, Took: 1500 * time.Millisecond, LastTook: 250 * time.Millisecond, Errors: 2, VerifiedAt: now, AttemptedAt: now}
		},
		Version: "v1", Interval: time.Second, Now: func() time.Time { return now },
	}
}

var sampleLine = regexp.MustCompile(`^([a-z_]+)\{([a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*)\} (\S+)$`)

// Every line is a sample of a metric that was declared, and names from outside
// cannot break out of their labels.
func TestWrite(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)
	s := source(now)
	made := now.Add(-time.Hour)
	s.Tell(watch.Event{At: now, State: watch.State{
		Standing: watch.Unsaved, Project: "a\"b\\c\nd\xff", Database: "u@h/d", Counts: policy.Counts{Unsaved: 2, InSync: 7},
		Items: []policy.Change{{Class: threeway.UnsavedCreate, ChangedAt: made}},
	}})
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	declared, values := map[string]bool{}, map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(b.String()))
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "# TYPE "); ok {
			declared[strings.Fields(rest)[0]] = true
		}
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		m := sampleLine.FindStringSubmatch(lines.Text())
		if m == nil {
			t.Errorf("no sample: %q", lines.Text())
			continue
		}
		name := strings.TrimSuffix(strings.TrimSuffix(m[1], "_sum"), "_count")
		if !declared[name] && !declared[m[1]] {
			t.Errorf("%s was not declared", m[1])
		}
		values[m[1]+"|"+m[2][strings.LastIndex(m[2], ",")+1:]] = m[3]
	}
	for key, want := range map[string]string{
		`schemaguard_state|state="unsaved"`: "1", `schemaguard_state|state="clean"`: "0",
		`schemaguard_items|class="in_sync"`: "7", `schemaguard_looks_total|level="content"`: "0", `schemaguard_build_info|version="v1"`: "1",
	} {
		if values[key] != want {
			t.Errorf("%s is %q, want %s", key, values[key], want)
		}
	}
	for _, want := range []string{"schemaguard_unsaved_items{", "schemaguard_check_duration_seconds_sum{", "} 1.5\n", "schemaguard_check_errors_total{"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
	if want := "} " + strconv.FormatInt(made.Unix(), 10) + "\n"; !strings.Contains(b.String(), want) {
		t.Errorf("the age is not that of the oldest work, %s:\n%s", want, b.String())
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := source(now)
	listener, err := Listen("0")
	if err != nil {
		t.Fatal(err)
	}
	if !onLoopback(listener.Addr()) {
		t.Errorf("a port alone listens at %s", listener.Addr())
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listener) }()
	get := func(path, host string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listener.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			req.Host = host
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	s.Tell(watch.Event{State: watch.State{Standing: watch.Clean}})
	if code, body := get("/healthz", ""); code != http.StatusOK || !json.Valid([]byte(body)) || !strings.Contains(body, `"healthy":true`) {
		t.Errorf("%d: %s", code, body)
	}
	if code, body := get("/metrics", "localhost:1"); code != http.StatusOK || !strings.Contains(body, "schemaguard_state{") {
		t.Errorf("%d: %s", code, body)
	}
	if code, _ := get("/metrics", "evil.example.com"); code != http.StatusForbidden {
		t.Errorf("a page of another name is answered with %d", code)
	}
	if code, _ := get("/debug/pprof/", ""); code != http.StatusNotFound {
		t.Errorf("another page: %d", code)
	}
	s.Tell(watch.Event{State: watch.State{Standing: watch.NotChecked, Failure: "the network is gone"}})
	if code, body := get("/healthz", ""); code != http.StatusServiceUnavailable || !strings.Contains(body, "the network is gone") {
		t.Errorf("%d: %s", code, body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A watcher that is stuck is not healthy, whatever it knew last.
func TestHealthy(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := source(now)
	if why := s.Healthy(); why != "" {
		t.Errorf("not healthy: %s", why)
	}
	s.Now = func() time.Time { return now.Add(time.Minute) }
	if s.Healthy() == "" {
		t.Error("healthy a minute after the last look")
	}
	s.Tell(watch.Event{State: watch.State{Failure: "the network is gone"}})
	if s.Stuck() == "" {
		t.Error("not stuck, a minute after the last attempt")
	}
	s.Tell(watch.Event{})
	s.Counters = func() watch.Counters { return watch.Counters{} }
	if s.Healthy() == "" {
		t.Error("healthy before the first look")
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"x:y:z", "127.0.0.1:99999"} {
		if l, err := Listen(bad); err == nil {
			_ = l.Close()
			t.Errorf("%q was taken", bad)
		}
	}
}
