package containers

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockerguard/containerdb"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// concerns tells whether a boot is of this project and its database. Where that
// cannot be told of a container of the project, it is.
func (l *look) concerns(ctx context.Context, b *bootsource.Boot) bool {
	own := l.own(b)
	found, err := containerdb.Find(ctx, containerdb.Input{
		Boot: b, Containers: l.Containers, Project: l.Project, Address: l.address, Config: l.ws.Config,
	})
	switch {
	case errors.Is(err, containerdb.ErrOther):
		return false
	case err != nil || found.Settings == nil:
		return own
	case found.Settings.PG.Database != l.st.PG.Database:
		return false
	}
	switch l.sameServer(&found) {
	case bootsource.Yes:
		return true
	case bootsource.Maybe:
		return own
	case bootsource.No:
	}
	return false
}

// own tells a container of this project: by compose's name, or by its folder.
func (l *look) own(b *bootsource.Boot) bool {
	if l.Name != "" && b.Project == l.Name {
		return true
	}
	dir := b.Spec.Labels[inventory.LabelWorkingDir]
	rel, err := filepath.Rel(l.ws.Config.Root, dir)
	return dir != "" && err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// sameServer compares where a container has its database with where the session
// has its own: by the address from here, or any that the database's container has.
func (l *look) sameServer(f *containerdb.Found) bootsource.Certainty {
	mine := address(l.st.PG.Host, int(l.st.PG.Port))
	theirs := []string{address(f.Settings.PG.Host, int(f.Settings.PG.Port))}
	if c := f.Container; c != nil {
		for _, n := range c.Networks {
			for _, p := range c.Published {
				theirs = append(theirs, address(n.Address, p.Container))
			}
		}
		for _, p := range c.Published {
			theirs = append(theirs, address(p.HostIP, p.Host), address("localhost", p.Host))
		}
	}
	if slices.Contains(theirs, mine) {
		return bootsource.Yes
	}
	host := l.st.PG.Host
	if f.Unreachable != nil || strings.HasPrefix(host, "/") || net.ParseIP(host) == nil && !strings.EqualFold(host, "localhost") {
		return bootsource.Maybe // a socket, or a name that may mean anything
	}
	return bootsource.No
}

// address is a server's, the same for all that mean this machine.
func address(host string, port int) string {
	ip := net.ParseIP(host)
	if strings.EqualFold(host, "localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))
}
