package dbinitfiles

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/overlap"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// overlaps finds what db-init and the project's snapshot both claim; nothing where
// the project has no snapshot that can be read, which is for "check" to say.
func (a commands) overlaps(s *session, status dbinit.Status) ([]sqlfile.Problem, error) {
	target, err := s.where.Target(a.Ctx, "")
	if err != nil || target.Missing != nil {
		return nil, nil //nolint:nilerr // see above
	}
	tracked, err := s.Tracked(a.Ctx)
	if err != nil {
		return nil, err
	}
	pending := status.Pending(sqlfile.All)
	return overlap.Judge(s.set, overlap.Claims{
		Snapshot: snapshot.Decode(target.File, target.Data).Snapshot, Tracked: tracked, Excluded: s.settings.ExcludeTables.Names, Schemas: s.settings.SearchPath.Names,
		Pending: func(name string) bool {
			return slices.ContainsFunc(pending, func(f *sqlfile.File) bool { return f.Name == name })
		},
	}), nil
}
