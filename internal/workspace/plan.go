package workspace

import (
	"context"
	"fmt"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Plan is what a boot with a snapshot would do to the session's database, simulated.
// Its errors are of a snapshot that cannot be trusted, and of the database.
func (s *Session) Plan(ctx context.Context, t Target) (*plan.Plan, error) {
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		return nil, fmt.Errorf("%s is no snapshot to rely on", t.File)
	}
	facts, err := s.Database.Facts(ctx)
	if err != nil {
		return nil, err
	}
	live := s.Live()
	before := live.Snapshot
	if live.Upgraded != nil {
		before = live.Upgraded
	}
	return plan.Simulate(before, file.Snapshot, live.Version, facts), nil
}
