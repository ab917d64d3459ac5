package watching

import (
	"context"
	"errors"
	"sync"

	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func (a commands) installService(flags) error { return errors.ErrUnsupported }
func (a commands) removeService() error       { return errors.ErrUnsupported }
func (r *running) serve(context.Context, *sync.WaitGroup) error {
	return nil
}
func (r *running) watchContainers(context.Context, *sync.WaitGroup) {}
func (r *running) boots(context.Context, *workspace.Workspace, *workspace.Settings) []watch.Boot {
	return nil
}
