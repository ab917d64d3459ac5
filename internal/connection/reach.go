package connection

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/compose"
)

// resolveTimeout bounds the question whether this machine knows a host name.
const resolveTimeout = 500 * time.Millisecond

// dockerHost is the name under which a container reaches its host.
const dockerHost = "host.docker.internal"

// reach replaces the hosts that only containers know. The certificate is still
// checked against the name that Directus uses.
func (f *finder) reach(ctx context.Context, won *candidate) error {
	if f.Compose == nil && !won.inCompose {
		return nil
	}
	pg := f.settings.PG
	from, err := f.hostFor(ctx, won, pg.Host, pg.Port)
	if err != nil {
		return err
	}
	host, port := pg.Host, pg.Port
	pg.Host, pg.Port = from.host, from.port
	for _, fb := range pg.Fallbacks {
		if fb.Host == host && fb.Port == port { // the same host without TLS
			fb.Host, fb.Port = from.host, from.port
			continue
		}
		to, err := f.hostFor(ctx, won, fb.Host, fb.Port)
		if err != nil {
			return err
		}
		fb.Host, fb.Port = to.host, to.port
	}
	return nil
}

type address struct {
	host string
	port uint16
}

// hostFor returns where a host is found from this machine.
func (f *finder) hostFor(ctx context.Context, won *candidate, host string, port uint16) (address, error) {
	same := address{host, port}
	if strings.HasPrefix(host, "/") || net.ParseIP(host) != nil || host == "localhost" {
		if won.inCompose && host != "" && f.settings.Directus != nil && f.settings.Directus.Service.NetworkMode != "host" {
			f.warn("Directus's container reaches its database at %s, which means something else on this machine: give --dsn if this is not it", host)
		}
		return same, nil
	}
	service := f.Compose.ByHost(host)
	if service == nil {
		if f.isDockerHost(host) && (won.inCompose || !f.resolves(ctx, host)) {
			f.note("%s is the machine of the docker engine: %s was taken", host, f.engine())
			return address{f.engine(), port}, nil
		}
		return same, nil
	}
	// In Directus's own environment the name means the service. Anywhere else it
	// may be a host that this machine knows.
	if !won.inCompose && f.resolves(ctx, host) {
		return same, nil
	}
	return f.serviceAddress(ctx, service, host, port)
}

// isDockerHost reports a name that a container has for its host.
func (f *finder) isDockerHost(host string) bool {
	if host == dockerHost {
		return true
	}
	d := f.settings.Directus
	return d != nil && d.Service.ExtraHosts[host] == "host-gateway"
}

// serviceAddress finds a compose service from outside its network: by a port that
// the file publishes, else by asking docker.
func (f *finder) serviceAddress(ctx context.Context, s *compose.Service, host string, port uint16) (address, error) {
	f.engine()
	published, found := s.Published(int(port))
	if n, err := strconv.ParseUint(published.Published, 10, 16); found && err == nil && n > 0 {
		to := address{f.published(published.HostIP), uint16(n)}
		f.note("%s is the compose service %s: reached through its published port %s (%s)", host, s.Name, hostPort(to.host, to.port), s.Origin)
		return to, nil
	}
	unreachable := func(msg, fix string) error {
		f.settings.Display = display(f.settings.PG)
		return &UnreachableError{Settings: f.settings, Host: clean(host), Service: clean(s.Name), Msg: msg, Fix: fix}
	}
	publish := fmt.Sprintf("publish it (ports: [\"127.0.0.1:%d:%d\"]) or give --dsn", port, port)
	if f.Docker == nil {
		return address{}, unreachable(fmt.Sprintf("publishes no fixed port for %d", port), publish)
	}
	where, err := locate(ctx, f.Docker, f.Compose.Name, s, int(port))
	if err != nil {
		return address{}, unreachable("cannot be found: "+err.Error(), fmt.Sprintf("start it with docker compose up -d %s, or give --dsn", clean(s.Name)))
	}
	switch {
	case where.hostPort > 0:
		to := address{f.published(where.hostIP), uint16(where.hostPort)}
		f.note("%s is the compose service %s: reached through the port %s that docker published", host, s.Name, hostPort(to.host, to.port))
		return to, nil
	case where.containerIP != "" && runtime.GOOS == "linux" && f.machine == localMachine:
		f.note("%s is the compose service %s, which publishes no port: reached at its container's address %s", host, s.Name, where.containerIP)
		return address{where.containerIP, port}, nil
	}
	return address{}, unreachable(fmt.Sprintf("publishes no port for %d", port), publish)
}

// published is the address of a published port: that of the machine docker runs
// on, unless it is bound to one address.
func (f *finder) published(hostIP string) string {
	if hostIP == "" || hostIP == "0.0.0.0" || hostIP == "::" || f.machine != localMachine {
		return f.machine
	}
	return hostIP
}

// engine is the machine the docker engine runs on, found out once.
func (f *finder) engine() string {
	if f.machine == "" {
		var err error
		if f.machine, err = engineMachine(f.getenv); err != nil {
			f.warn("the docker engine is taken to run on this machine: %v", err)
		}
	}
	return f.machine
}

func (f *finder) resolves(ctx context.Context, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	if f.Resolves != nil {
		return f.Resolves(ctx, host)
	}
	addrs, err := net.DefaultResolver.LookupHost(ctx, host)
	return err == nil && len(addrs) > 0
}

func (f *finder) note(format string, args ...any) {
	f.settings.Notes = append(f.settings.Notes, clean(fmt.Sprintf(format, args...)))
}

func (f *finder) warn(format string, args ...any) {
	f.settings.Warnings = append(f.settings.Warnings, clean(fmt.Sprintf(format, args...)))
}
