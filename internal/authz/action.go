package authz

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Kind is what a request to the engine does, as far as a guard has to know.
type Kind string

// The kinds. Every other request is None, and is allowed at once.
const (
	None         Kind = ""
	Start        Kind = "start"
	Restart      Kind = "restart"
	Create       Kind = "create"        // of a container; compose does so first, and then removes the old one
	Update       Kind = "update"        // of a restart policy, which starts containers with nobody asking
	Delete       Kind = "delete"        // of a container
	VolumeRemove Kind = "volume remove" // of one by name
	VolumePrune  Kind = "volume prune"  // of all that no container uses
)

// Action is one request, read.
type Action struct {
	Kind    Kind
	Target  string // the container or volume as the request names it; of Create the wished name, which may be empty
	Policy  string // of Create and Update: the restart policy; "?" where the engine did not hand on the body
	Volumes bool   // of Delete: the container's anonymous volumes go too
	Named   bool   // of VolumePrune: volumes with a name too, which engines before 23 (API 1.42) always take

	// Labels are what a volume must have for VolumePrune to take it, NotLabels what spares it: name or name=value.
	Labels, NotLabels []string

	// Container is the one that it is about: of Create as the body describes it, where what is left out
	// comes from the image; else as the engine knows it. Its environment holds passwords.
	Container Container

	// Gone are the guarded volumes that the action deletes.
	Gone []Volume
}

// Container is what a container is known by.
type Container struct {
	ID         string
	Name       string // without the slash
	Image      string // as it was named, or an ID
	ImageNames []string
	Labels     map[string]string
	Env        []string
	Entrypoint []string
	Cmd        []string
	Mounts     []Mount
	// Network is what a creation asks for ("host", "shop_default"), Hosts the names
	// that it adds ("db:10.0.0.2").
	Network string
	Hosts   []string
}

// Mount is a volume or folder of the host inside a container.
type Mount struct {
	Source string // name of a volume, or path on the host
	Target string
}

// Volume is a volume of the engine.
type Volume struct {
	Name   string
	Labels map[string]string
	Folder string // on the host
	Users  []Container
}

// Request is what the engine asks an authorization plugin about.
// https://github.com/moby/moby/blob/v28.5.1/pkg/authorization/api.go
type Request struct {
	Method string `json:"RequestMethod"`
	URI    string `json:"RequestUri"`  // as the client sent it: with or without a version, percent-encoded
	Body   []byte `json:"RequestBody"` // JSON alone, and none beyond 1 MiB
}

// Read tells what a request does. It decides by the path as the engine's router sees it, so that no
// spelling of a name or version gets past it.
// https://github.com/moby/moby/blob/v28.5.1/api/server/router/container/container.go
func Read(r Request) Action {
	if r.Method != "POST" && r.Method != "DELETE" {
		return Action{}
	}
	u, err := url.ParseRequestURI(r.URI)
	if err != nil {
		return Action{} // net/http, which the engine listens with, refused it
	}
	api, p := cutVersion(path.Clean("/" + u.Path))
	query := u.Query()
	if r.Method == "DELETE" {
		if name, ok := between(p, "/containers/", ""); ok {
			return Action{Kind: Delete, Target: name, Volumes: truth(query.Get("v"))}
		}
		if name, ok := between(p, "/volumes/", ""); ok {
			return Action{Kind: VolumeRemove, Target: name}
		}
		return Action{}
	}
	switch p {
	case "/containers/create":
		return readCreate(query.Get("name"), r.Body)
	case "/volumes/prune":
		f := readFilters(query.Get("filters"))
		return Action{Kind: VolumePrune, Named: older(api, 42) || slices.ContainsFunc(f["all"], truth), Labels: f["label"], NotLabels: f["label!"]}
	}
	if name, ok := between(p, "/containers/", "/start"); ok {
		return Action{Kind: Start, Target: name}
	}
	if name, ok := between(p, "/containers/", "/restart"); ok {
		return Action{Kind: Restart, Target: name}
	}
	if name, ok := between(p, "/containers/", "/update"); ok {
		return readUpdate(name, r.Body)
	}
	return Action{}
}

// cutVersion takes the version off a path, such as /v1.41/containers/json; empty where there is none.
func cutVersion(p string) (api, rest string) {
	numbered, ok := strings.CutPrefix(p, "/v")
	api, rest, slash := strings.Cut(numbered, "/")
	if !ok || !slash || api == "" || strings.Trim(api, "0123456789.") != "" {
		return "", p
	}
	return api, "/" + rest
}

// between returns what stands between the beginning and the end of a path, which is not nothing.
func between(p, begin, end string) (string, bool) {
	rest, ok := strings.CutPrefix(p, begin)
	if !ok {
		return "", false
	}
	name, ok := strings.CutSuffix(rest, end)
	return name, ok && name != ""
}

// truth is the engine's reading of a switch in a query.
// https://github.com/moby/moby/blob/v28.5.1/api/server/httputils/form.go (BoolValue)
func truth(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "0", "no", "false", "none":
		return false
	}
	return true
}

// older tells whether the version of a request is before 1.minor. Without one it is the engine's own, which
// is not known: then the engine may be an old one.
func older(api string, minor int) bool {
	major, rest, _ := strings.Cut(api, ".")
	if api == "" || major != "1" {
		return api == ""
	}
	n := 0
	for _, d := range rest {
		if d < '0' || d > '9' || n > 1000 {
			break
		}
		n = n*10 + int(d-'0')
	}
	return n < minor
}

// notSeen is the policy in a body that the engine did not hand on.
const notSeen = "?"

func readCreate(name string, body []byte) Action {
	a := Action{Kind: Create, Target: name, Policy: notSeen, Container: Container{Name: strings.TrimPrefix(name, "/")}}
	var b struct {
		Image           string
		Labels          map[string]string
		Env             []string
		Entrypoint, Cmd words
		HostConfig      struct {
			Binds         []string
			NetworkMode   string
			ExtraHosts    []string
			Mounts        []struct{ Source, Target string }
			RestartPolicy struct{ Name string }
		}
	}
	if !decode(body, &b) {
		return a
	}
	a.Policy = b.HostConfig.RestartPolicy.Name
	c := &a.Container
	c.Image, c.Labels, c.Env, c.Entrypoint, c.Cmd = b.Image, b.Labels, b.Env, b.Entrypoint, b.Cmd
	c.Network, c.Hosts = b.HostConfig.NetworkMode, b.HostConfig.ExtraHosts
	for _, bind := range b.HostConfig.Binds {
		if source, rest, ok := strings.Cut(bind, ":"); ok {
			target, _, _ := strings.Cut(rest, ":")
			c.Mounts = append(c.Mounts, Mount{source, target})
		}
	}
	for _, m := range b.HostConfig.Mounts {
		c.Mounts = append(c.Mounts, Mount(m))
	}
	return a
}

// readUpdate reads a change of limits, which is nobody's business, or of the restart policy.
func readUpdate(name string, body []byte) Action {
	var b struct{ RestartPolicy struct{ Name string } }
	a := Action{Kind: Update, Target: name, Policy: notSeen}
	if decode(body, &b) {
		a.Policy = b.RestartPolicy.Name
	}
	if a.Policy == "" || a.Policy == "no" {
		return Action{}
	}
	return a
}

// decode reads the first JSON value of a body, as the engine does.
func decode(body []byte, into any) bool {
	return len(body) > 0 && json.NewDecoder(bytes.NewReader(body)).Decode(into) == nil
}

// words are a command, given as a list or as one text.
type words []string

// UnmarshalJSON implements json.Unmarshaler as the engine's strslice does.
func (w *words) UnmarshalJSON(data []byte) error {
	var list []string
	if err := json.Unmarshal(data, &list); err == nil {
		*w = list
		return nil
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*w = words{one}
	return nil
}
