package connection

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/compose"
)

// dockerTimeout bounds each question to docker.
const dockerTimeout = 2 * time.Second

// Docker asks the docker command line.
type Docker interface {
	// Run returns what "docker ARGS..." prints on stdout.
	Run(ctx context.Context, args ...string) ([]byte, error)
}

// CLI is the user's own docker command, with its own context, configuration and
// plugins. Environ is its environment.
type CLI struct {
	Environ []string
}

// Run runs docker and returns its stdout. Its errors are fit to be shown: they
// hold docker's last line at most.
func (c CLI) Run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = c.Environ
	cmd.WaitDelay = 200 * time.Millisecond
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no docker command")
	case ctx.Err() != nil:
		return nil, errors.New("docker did not answer in time")
	}
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	last := clean(lines[len(lines)-1])
	if last == "" {
		return nil, fmt.Errorf("docker: %w", err)
	}
	return nil, errors.New(last)
}

// location is where a container's port is found.
type location struct {
	hostIP      string
	hostPort    int
	containerIP string
}

// locate finds the running container of a compose service by its labels, which
// works with every version of compose, and where its port is.
func locate(ctx context.Context, d Docker, project string, s *compose.Service, port int) (location, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerTimeout)
	defer cancel()
	out, err := d.Run(ctx, "ps", "--quiet", "--no-trunc",
		"--filter", "label=com.docker.compose.project="+project,
		"--filter", "label=com.docker.compose.service="+s.Name)
	if err != nil {
		return location{}, err
	}
	ids := strings.Fields(string(out))
	if len(ids) == 0 && s.ContainerName != "" {
		ids = []string{s.ContainerName}
	}
	if len(ids) == 0 {
		return location{}, fmt.Errorf("no container of the compose project %s runs it", clean(project))
	}
	if strings.HasPrefix(ids[0], "-") {
		return location{}, errors.New("docker named no container")
	}
	out, err = d.Run(ctx, "inspect", "--type", "container", ids[0])
	if err != nil {
		return location{}, err
	}
	return parseInspect(out, port)
}

// parseInspect reads docker inspect's answer.
func parseInspect(out []byte, port int) (location, error) {
	var containers []struct {
		State           struct{ Running bool }
		NetworkSettings struct {
			Ports    map[string][]struct{ HostIP, HostPort string }
			Networks map[string]struct{ IPAddress string }
		}
	}
	if err := json.Unmarshal(out, &containers); err != nil || len(containers) == 0 {
		return location{}, errors.New("docker inspect gave an answer that cannot be read")
	}
	c := containers[0]
	if !c.State.Running {
		return location{}, errors.New("its container does not run")
	}
	var l location
	for _, b := range c.NetworkSettings.Ports[strconv.Itoa(port)+"/tcp"] {
		if n, err := strconv.ParseUint(b.HostPort, 10, 16); err == nil && n > 0 && l.hostPort == 0 {
			l.hostIP, l.hostPort = b.HostIP, int(n)
		}
	}
	var networks []string
	for name := range c.NetworkSettings.Networks {
		networks = append(networks, name)
	}
	slices.Sort(networks)
	for _, name := range networks {
		if ip := c.NetworkSettings.Networks[name].IPAddress; ip != "" && l.containerIP == "" {
			l.containerIP = ip
		}
	}
	return l, nil
}
