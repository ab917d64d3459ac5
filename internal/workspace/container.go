package workspace

import (
	"context"
	"errors"
	"strings"

	"github.com/schemaguard/schemaguard/internal/container"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// fromContainer takes the snapshot that lies in a container: NAME or NAME:/path.
func (w *Workspace) fromContainer(ctx context.Context, word string) (Target, error) {
	name, path, named := strings.Cut(word, ":")
	paths := []string{path}
	if !named {
		project := w.Path
		if project == "" {
			project = w.Name
		}
		paths = container.Candidates(project)
	}
	path, data, err := container.Find(ctx, name, paths)
	if missing, ok := errors.AsType[*container.NotFoundError](err); ok {
		return Target{}, &UsageError{Msg: missing.Error(), Err: err}
	}
	if err != nil {
		return Target{}, &UnansweredError{Err: err}
	}
	t := Target{Rule: policy.Boot}
	t.Source = policy.Source{Name: "container:" + name, Origin: path}
	t.File, t.Data = name+":"+path, data
	return w.withHolder(ctx, t)
}
