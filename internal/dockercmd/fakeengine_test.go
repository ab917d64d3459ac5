//go:build docker

package dockercmd

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// engineLog is a docker engine that does nothing and notes what it was asked to change. It answers well
// enough for the real docker client and the real compose to go on to their point.
type engineLog struct {
	mu    sync.Mutex
	asked []string        // METHOD PATH?QUERY?POLICY, without the API version; the policy is what matters in the body
	gone  map[string]bool // services whose container was removed and not made anew
}

func startEngine(t *testing.T) (*engineLog, string) {
	t.Helper()
	log := &engineLog{gone: map[string]bool{}}
	server := httptest.NewServer(log)
	t.Cleanup(server.Close)
	return log, "tcp://" + server.Listener.Addr().String()
}

// take returns what was asked since the last time.
func (e *engineLog) take() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := e.asked
	e.asked, e.gone = nil, map[string]bool{}
	return asked
}

var policy = regexp.MustCompile(`"RestartPolicy":\{"Name":"[a-z-]+"|"Replicas":0|"ForceNewCluster":true|"Exit":true`)

var apiVersion = regexp.MustCompile(`^/v1\.\d+`)

func (e *engineLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	_, _ = io.Copy(io.Discard, r.Body)
	p := apiVersion.ReplaceAllString(r.URL.Path, "")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		e.mu.Lock()
		e.asked = append(e.asked, r.Method+" "+p+"?"+r.URL.RawQuery+"?"+string(policy.Find(body)))
		e.mu.Unlock()
	}
	if strings.HasSuffix(p, "/attach") || strings.HasPrefix(p, "/exec/") && strings.HasSuffix(p, "/start") {
		upgrade(w)
		return
	}
	h := w.Header()
	h.Set("Api-Version", "1.47")
	h.Set("Ostype", "linux")
	h.Set("Docker-Experimental", "true")
	h.Set("Server", "Docker/27.0.0 (linux)")
	h.Set("Content-Type", "application/json")
	if strings.HasSuffix(p, "/archive") {
		stat, _ := json.Marshal(map[string]any{"name": "d", "mode": uint32(1<<31 | 0o755)})
		h.Set("X-Docker-Container-Path-Stat", base64.StdEncoding.EncodeToString(stat))
	}
	status, text := e.answer(r.Method, p)
	if p == "/containers/json" {
		text = e.containers(r.URL.Query().Get("filters"))
	}
	if service := composeService.FindSubmatch(body); service != nil && p == "/containers/create" {
		e.made(string(service[1]), true)
		text = fmt.Sprintf(`{"Id":"%s-new-0000000000","Warnings":[]}`, service[1])
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

var composeService = regexp.MustCompile(`"com.docker.compose.service": ?"(\w+)"`)

var wantedService = regexp.MustCompile(`com.docker.compose.service=(\w+)`)

// upgrade gives the client the stream of a container that says nothing.
func upgrade(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
	_ = conn.Close()
}

const fakeService = `{"ID":"D","Version":{"Index":1},"Spec":{"Name":"D","Mode":{"Replicated":{"Replicas":1}},"TaskTemplate":{"ContainerSpec":{"Image":"img"}}},
"PreviousSpec":{"Name":"D","TaskTemplate":{"ContainerSpec":{"Image":"img"}}},"Endpoint":{}}`

func (e *engineLog) answer(method, p string) (int, string) {
	segments := strings.Split(strings.Trim(p, "/"), "/")
	last := segments[len(segments)-1]
	switch {
	case p == "/_ping":
		return 200, "OK"
	case p == "/version":
		return 200, `{"Version":"27.0.0","ApiVersion":"1.47","MinAPIVersion":"1.24","Os":"linux"}`
	case p == "/info":
		return 200, `{"OSType":"linux","Swarm":{"LocalNodeState":"active","ControlAvailable":true,"Cluster":{"ID":""}}}`
	case method == http.MethodPost && last == "create":
		return 201, `{"Id":"new","ID":"new","Warnings":[]}`
	case last == "wait":
		return 200, `{"StatusCode":0}`
	case segments[0] == "containers" && last == "json":
		return 200, fakeContainer(segments[1])
	case segments[0] == "images" && last == "json" && len(segments) > 2:
		return 200, `{"Id":"sha256:00","Os":"linux","Architecture":"amd64","Config":{},"ContainerConfig":{},"RootFS":{}}`
	case segments[0] == "services" && method == http.MethodGet && len(segments) == 2:
		return 200, fakeService
	case segments[0] == "nodes" && len(segments) == 2:
		return 200, `{"ID":"n","Version":{"Index":1},"Spec":{"Role":"worker","Availability":"active"}}`
	case p == "/services" && method == http.MethodGet:
		return 200, "[" + fakeService + "]"
	case method == http.MethodGet && len(segments) == 1:
		return 200, map[string]string{"volumes": `{"Volumes":[]}`}[p[1:]] + map[bool]string{true: "[]"}[p != "/volumes"]
	case method == http.MethodDelete && segments[0] == "containers":
		service, _, _ := strings.Cut(last, "-")
		e.made(service, false)
		return 204, ""
	case method == http.MethodPost && (last == "start" || last == "restart" || last == "stop" || last == "kill"), method == http.MethodDelete && segments[0] != "images":
		return 204, ""
	case segments[0] == "images" && method == http.MethodDelete:
		return 200, "[]"
	case segments[0] == "networks" && method == http.MethodGet:
		return 200, `{"Id":"net","Name":"p_default","Labels":{"com.docker.compose.network":"default","com.docker.compose.project":"p"}}`
	}
	return 200, "{}"
}

// fakeProject are the services of a project p whose containers are there, stopped.
var fakeProject = []string{"db", "D", "web"}

func fakeLabels(service string) string {
	depends := map[string]string{"D": "db:service_started:true", "web": "D:service_started:false"}[service]
	return fmt.Sprintf(`{"com.docker.compose.project":"p","com.docker.compose.service":%q,"com.docker.compose.oneoff":"False",
		"com.docker.compose.container-number":"1","com.docker.compose.config-hash":"0","com.docker.compose.depends_on":%q,
		"com.docker.compose.image":"sha256:00","com.docker.compose.version":"1.29.2"}`, service, depends)
}

// made notes that a service got a new container, which outlives the removal of the old one, or lost it.
func (e *engineLog) made(service string, made bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, renewed := e.gone[service]; !renewed {
		e.gone[service] = !made
	}
}

// containers lists those of the project, or of the one service that version 1 asks for. None is a one-off.
func (e *engineLog) containers(filters string) string {
	wanted := wantedService.FindStringSubmatch(filters)
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for _, s := range fakeProject {
		if e.gone[s] || wanted != nil && wanted[1] != s || strings.Contains(filters, "oneoff=True") {
			continue
		}
		which := "old"
		if _, renewed := e.gone[s]; renewed {
			which = "new"
		}
		all = append(all, fmt.Sprintf(`{"Id":"%s-%s-0000000000","Names":["/p-%[1]s-1"],"Image":"img","ImageID":"sha256:00","State":"exited","Created":1,"Labels":%[3]s}`, s, which, fakeLabels(s)))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func fakeContainer(id string) string {
	service, _, _ := strings.Cut(id, "-")
	return fmt.Sprintf(`{"Id":%q,"Name":"/p-%s-1","Image":"sha256:00","State":{"Status":"exited","Running":false},
		"Config":{"Image":"img","Labels":%s},"HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Networks":{}},"Mounts":[]}`, id, service, fakeLabels(service))
}
