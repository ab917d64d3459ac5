package cli

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/container"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// fromContainer takes the snapshot that lies in a container: NAME or NAME:/path.
func (w *workspace) fromContainer(word string) (target, error) {
	name, path, named := strings.Cut(word, ":")
	paths := []string{path}
	if !named {
		project := w.path
		if project == "" {
			project = w.name
		}
		paths = container.Candidates(project)
	}
	path, data, err := container.Find(w.ctx, name, paths)
	if err != nil {
		return target{}, err
	}
	t := target{rule: policy.Boot}
	t.Source = policy.Source{Name: "container:" + name, Origin: path}
	t.File, t.Data = name+":"+path, data
	return w.withHolder(t)
}
