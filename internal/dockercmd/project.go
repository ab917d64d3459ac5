package dockercmd

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// Project is how the command line and the environment choose a compose project. A .env file can say the
// same with COMPOSE_ variables; it is not read here.
type Project struct {
	Args          []string // words of the command line to repeat in own queries
	Files         []string // -f, else COMPOSE_FILE; none: compose looks for one, from its directory upwards
	Stdin         bool     // a file is "-", standard input, which only the command itself can read
	Name          string   // -p, else COMPOSE_PROJECT_NAME
	Directory     string   // --project-directory
	Profiles      []string // --profile, else COMPOSE_PROFILES
	EnvFiles      []string // --env-file, else COMPOSE_ENV_FILES
	Compatibility bool     // containers are named with "_" and not with "-"
	RemoveOrphans bool     // COMPOSE_REMOVE_ORPHANS: up removes containers that its files lack, as with --remove-orphans
}

// project reads the project flags.
func project(args []string, given Flags) Project {
	p := Project{
		Args:          words(args, given, func(f argv.Flag) bool { return listed(repeatedProject, f.Name) }),
		Files:         given.Values("file"),
		Profiles:      given.Values("profile"),
		EnvFiles:      given.Values("env-file"),
		Compatibility: given.On("compatibility"),
	}
	p.Name, _ = given.Value("project-name")
	p.Directory, _ = given.Value("project-directory")
	return p
}

// environment fills in what the flags left open.
// https://docs.docker.com/compose/how-tos/environment-variables/envvars/
func (p *Project) environment(env func(string) string) {
	if len(p.Files) == 0 {
		separator := env("COMPOSE_PATH_SEPARATOR")
		if separator == "" {
			separator = string(filepath.ListSeparator)
		}
		p.Files = list(env("COMPOSE_FILE"), separator)
	}
	p.Stdin = slices.Contains(p.Files, "-")
	if p.Name == "" {
		p.Name = env("COMPOSE_PROJECT_NAME")
	}
	if len(p.Profiles) == 0 {
		p.Profiles = list(env("COMPOSE_PROFILES"), ",")
	}
	if len(p.EnvFiles) == 0 {
		p.EnvFiles = list(env("COMPOSE_ENV_FILES"), ",")
	}
	p.Compatibility = p.Compatibility || truth(env("COMPOSE_COMPATIBILITY"))
	p.RemoveOrphans = truth(env("COMPOSE_REMOVE_ORPHANS"))
}

// list splits the value of a variable, without its empty parts.
func list(value, separator string) []string {
	var parts []string
	for part := range strings.SplitSeq(value, separator) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// truth is compose's StringToBool: https://github.com/docker/compose/blob/v2.40.3/pkg/utils/stringutils.go
func truth(value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	on, _ := strconv.ParseBool(value)
	return on || value == "y"
}
