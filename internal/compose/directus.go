package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/compose/dockerfile"
	"github.com/schemaguard/schemaguard/internal/compose/envfile"
	"github.com/schemaguard/schemaguard/internal/plainfile"
)

// A Directus is the service that runs Directus, with what its image adds.
type Directus struct {
	Service *Service
	// Why says by what the service was recognised: "image directus/directus".
	Why string
	// Image is the Directus image, of the service or of its Dockerfile's FROM; ""
	// when the service is Directus by its name only.
	Image string
	// Version is the image's tag when it begins with a digit ("11.17.4", "11"),
	// else "": "latest" names no version.
	Version       string
	VersionOrigin string // "compose.yaml:12" or "Dockerfile:1"
	// Environment is the container's environment: the image's ENV, env_file,
	// environment.
	Environment []envfile.Var
	// Others are further services that look like Directus.
	Others []string
}

// Directus finds the service that runs Directus. name is the configured service
// and wins over every sign; it is an error when the project lacks it. Without a
// Directus in the project both results are nil.
func (p *Project) Directus(name string) (*Directus, error) {
	if name != "" {
		s := p.Service(name)
		if s == nil {
			return nil, fmt.Errorf("the compose project has no service %q: set directus.service to one of %s", name, strings.Join(p.names(), ", "))
		}
		d, _ := p.inspect(s)
		d.Why = "directus.service"
		return d, nil
	}
	var best *Directus
	bestRank := 0
	for _, s := range p.Services {
		d, rank := p.inspect(s)
		if rank == 0 {
			continue
		}
		if !p.Active(s) {
			rank-- // a maintenance service behind a profile loses against its twin
		}
		switch {
		case best == nil || rank > bestRank:
			if best != nil {
				d.Others = append(best.Others, best.Service.Name)
			}
			best, bestRank = d, rank
		default:
			best.Others = append(best.Others, s.Name)
		}
	}
	return best, nil
}

func (p *Project) names() []string {
	var names []string
	for _, s := range p.Services {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return names
}

// inspect says how much a service looks like Directus, 0 for not at all.
func (p *Project) inspect(s *Service) (*Directus, int) {
	d := &Directus{Service: s, Image: s.Image, VersionOrigin: s.ImageOrigin}
	var imageEnv []envfile.Var
	st, built := p.stage(s)
	if built {
		d.Image, d.VersionOrigin = st.Base, p.dockerfileShown(s)+":"+strconv.Itoa(st.Line)
		imageEnv = st.Env
	}
	rank := 0
	switch repository, tag := splitImage(d.Image); {
	case repository == "directus/directus" || strings.HasSuffix(repository, "/directus/directus"):
		rank, d.Why = 40, "image "+printableName(d.Image)
		if built {
			d.Why = "FROM " + printableName(d.Image)
		}
		if tag != "" && tag[0] >= '0' && tag[0] <= '9' {
			d.Version = tag
		}
		// The defaults that the official image sets (its Dockerfile, 9 to 12).
		imageEnv = append([]envfile.Var{{Name: "DB_CLIENT", Value: "sqlite3", Origin: "the default of the image directus/directus"}}, imageEnv...)
	default:
		d.Image, d.VersionOrigin = "", ""
	}
	if rank == 0 {
		rank, d.Why = signs(s)
	}
	if _, ok := s.Var("DB_CLIENT"); ok && rank > 0 {
		rank += 2
	}
	for _, v := range slices.Concat(imageEnv, s.Environment) {
		d.Environment = envfile.Set(d.Environment, v)
	}
	return d, rank
}

// signs looks for Directus in what a team names itself.
func signs(s *Service) (rank int, why string) {
	_, hasClient := s.Var("DB_CLIENT")
	_, hasDatabase := s.Var("DB_DATABASE")
	_, hasURL := s.Var("DB_CONNECTION_STRING")
	switch repository, _ := splitImage(s.Image); {
	case strings.Contains(path.Base(repository), "directus"):
		return 30, "image " + printableName(s.Image)
	case hasClient && (hasDatabase || hasURL):
		return 25, "DB_CLIENT in its environment"
	case strings.Contains(strings.ToLower(s.Name), "directus"):
		return 20, "its name"
	case slices.ContainsFunc(slices.Concat(s.Entrypoint, s.Command), func(w string) bool { return path.Base(w) == "directus" }):
		return 10, "its command"
	}
	return 0, ""
}

// stage reads the service's Dockerfile.
func (p *Project) stage(s *Service) (dockerfile.Stage, bool) {
	b := s.Build
	if b == nil {
		return dockerfile.Stage{}, false
	}
	src := b.Inline
	if src == "" {
		if b.Dockerfile == "" {
			return dockerfile.Stage{}, false
		}
		data, err := plainfile.Read(b.Dockerfile, maxFile)
		if err != nil {
			p.warn("%s of service %s cannot be read: %v", p.shown(b.Dockerfile), printableName(s.Name), plainfile.Cause(err))
			return dockerfile.Stage{}, false
		}
		src = string(data)
	}
	return dockerfile.Parse(p.dockerfileShown(s), src, b.Target, b.Args)
}

func (p *Project) dockerfileShown(s *Service) string {
	if s.Build.Inline != "" {
		return s.Origin + " (dockerfile_inline)"
	}
	return p.shown(s.Build.Dockerfile)
}

// splitImage splits an image reference into repository and tag; a digest is cut.
func splitImage(image string) (repository, tag string) {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, ""
}

// ReadFile returns a reader of files as a service's container sees them: a
// secret, or what a bind mount shows. Anything else is inside the image or a
// volume and does not exist for it.
func (p *Project) ReadFile(s *Service) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		name = path.Clean(filepath.ToSlash(name))
		for _, m := range s.Secrets {
			if m.Target != name {
				continue
			}
			if sec, ok := p.secrets[m.Source]; ok && sec.isEnv {
				return []byte(sec.value), nil
			} else if ok {
				return plainfile.Read(sec.file, maxFile)
			}
			return nil, errors.New("it is a secret that is not on this machine")
		}
		if host, ok := s.HostPath(name); ok {
			return plainfile.Read(host, maxFile)
		}
		return nil, fmt.Errorf("it is inside the container: %w", fs.ErrNotExist)
	}
}

// HostPath returns the path on this machine of a file of the container that a
// bind mount shows. The deepest mount decides.
func (s *Service) HostPath(name string) (string, bool) {
	var best *Mount
	for i, m := range s.Mounts {
		if name == m.Target || strings.HasPrefix(name, strings.TrimSuffix(m.Target, "/")+"/") {
			if best == nil || len(m.Target) > len(best.Target) {
				best = &s.Mounts[i]
			}
		}
	}
	if best == nil || best.Type != "bind" {
		return "", false
	}
	return filepath.Join(best.Source, filepath.FromSlash(strings.TrimPrefix(name, best.Target))), true
}

// printableName keeps a name from the files fit for a message.
func printableName(s string) string { return strings.Map(printable, s) }
