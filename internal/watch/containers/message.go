package containers

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// Kind is a sort of event.
type Kind string

// The kinds of events.
const (
	Started Kind = "started"
	Stopped Kind = "stopped"
	Made    Kind = "made"    // a container
	Removed Kind = "removed" // a container
	Renamed Kind = "renamed"
	Changed Kind = "changed" // its files, or how it restarts
	Image   Kind = "image"   // one was built, pulled, tagged or deleted
	Engine  Kind = "engine"  // docker answers, after a time of which nothing is known
)

// Event is something that happened. Name is as docker said it: it is not fit for a
// terminal, and may be anything.
type Event struct {
	Kind Kind
	Name string // of the container or the image; "" for the engine
	At   time.Time
}

// message is a line of `docker events --format '{{json .}}'`.
// https://docs.docker.com/reference/cli/docker/system/events/
type message struct {
	Type, Action, Status string
	From                 string
	Name, Image          string            // podman
	Attributes           map[string]string // podman
	Actor                struct {
		ID         string
		Attributes map[string]string
	}
	Time     json.RawMessage `json:"time"` // podman's is a text
	TimeNano int64           `json:"timeNano"`
}

func (m *message) attribute(name string) string {
	return cmp.Or(m.Actor.Attributes[name], m.Attributes[name])
}

func (m *message) name() string { return cmp.Or(m.attribute("name"), m.Name) }

func (m *message) image() string { return cmp.Or(m.attribute("image"), m.From, m.Image) }

// actions are those of which docker is asked to tell. What only reads, as
// archive-path and exec, is not among them: it happens all the time.
func actions() []string {
	return []string{
		"create", "start", "die", "destroy", "rename", "update", "extract-to-dir", // of containers
		"tag", "untag", "load", "pull", "delete", "import", "build", // of images
	}
}

// parse reads a line; ok is false for what is none, or is of no interest.
func parse(line []byte) (m message, kind Kind, ok bool) {
	if json.Unmarshal(line, &m) != nil {
		return m, "", false
	}
	action, _, _ := strings.Cut(cmp.Or(m.Action, m.Status), ":")
	switch m.Type {
	case "image":
		return m, Image, true
	case "container":
	default:
		return m, "", false
	}
	switch action {
	case "start":
		kind = Started
	case "die", "died":
		kind = Stopped
	case "create":
		kind = Made
	case "destroy", "remove":
		kind = Removed
	case "rename":
		kind = Renamed
	case "update", "extract-to-dir":
		kind = Changed
	default:
		return m, "", false
	}
	return m, kind, true
}

// at is when it happened, by the engine's clock.
func (m *message) at() time.Time {
	if m.TimeNano > 0 {
		return time.Unix(0, m.TimeNano)
	}
	return time.Now()
}
