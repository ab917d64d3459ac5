package engine

import (
	"context"
	"errors"
	"strings"

	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// ErrNoProject says that compose finds no file here, which is also what the command itself will say.
var ErrNoProject = errors.New("there is no compose file here")

// ErrBadProject says that compose itself cannot use the files.
var ErrBadProject = errors.New("compose cannot read the project")

// ComposeVersion asks a standalone docker-compose which version it is, such as "1.29.2" or "v2.40.3".
func (e *Engine) ComposeVersion(ctx context.Context) (string, error) {
	out, _, err := e.run(ctx, e.Compose[:1], "version", "--short")
	return strings.TrimSpace(string(out)), err
}

// Project asks compose for its project as this command sees it. separator joins the names of what compose
// builds ("-", and "_" in version 1, which also has to be told the project's name). more stands before the verb, as `--profile "*"`. Errors: [ErrNoProject],
// [ErrBadProject] with compose's own words, and of not being able to ask.
func (e *Engine) Project(ctx context.Context, v1 bool, name, separator string, more ...string) (*inventory.Project, error) {
	verb := []string{"config", "--format", "json"}
	if v1 {
		verb = []string{"config"}
	}
	out, stderr, err := e.run(ctx, e.Compose, append(more, verb...)...)
	switch {
	case err == nil:
	case refused(err, stderr, "no configuration file provided", "can't find a suitable configuration file"):
		return nil, ErrNoProject
	case refused(err, stderr, ""):
		return nil, errors.Join(ErrBadProject, err)
	default:
		return nil, err
	}
	if v1 {
		return inventory.ReadProjectYAML(out, name, separator)
	}
	return inventory.ReadProject(out, separator)
}

// Hashes asks compose for the hash of each service, which the label of a container is compared with.
func (e *Engine) Hashes(ctx context.Context) (map[string]string, error) {
	out, _, err := e.run(ctx, e.Compose, "config", "--hash", "*")
	if err != nil {
		return nil, err
	}
	return inventory.ReadHashes(out), nil
}

// DryRun asks compose 2 what it would do. Its exit code means nothing: it fails where a simulated container
// cannot be asked. An empty answer is no answer.
func (e *Engine) DryRun(ctx context.Context, verb []string) (inventory.Actions, error) {
	_, stderr, err := e.run(ctx, e.Compose, append([]string{"--dry-run"}, verb...)...)
	var answer *AnswerError
	if err != nil && !errors.As(err, &answer) {
		return nil, err
	}
	return inventory.ReadDryRun(stderr), nil
}
