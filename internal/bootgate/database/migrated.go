package database

import (
	"maps"
	"slices"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/catalog/view"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// metaTables are the tables of a catalog's Meta, in its order.
var metaTables = [...]string{"directus_collections", "directus_fields", "directus_relations"}

// asBefore is live as it was before the migrations of a newer Directus, where they
// have run and what was applied was not taken along: the boot that ran them was
// killed, or they were run without one. It is nil where migrations do not explain what
// live is now, that is where the settings that they added hold anything but what they
// put there: somebody may have worked since.
func asBefore(c *catalog.Catalog, now directus.Version, applied *syncpoint.Point) *snapshot.Snapshot {
	header, err := directus.ParseVersion(applied.Directus)
	if err != nil {
		return nil
	}
	var best *snapshot.Snapshot
	most := 0
	for _, then := range directus.HeaderReleases(header) {
		earlier := without(c, then, now)
		if earlier == nil || then.Compare(now) >= 0 {
			continue
		}
		again := view.Upgraded(earlier, now)
		if again == nil || !maps.Equal(again.Digests(), view.Snapshot(c, now).Digests()) {
			continue
		}
		s := view.Snapshot(earlier, then)
		if n := agree(s, applied); best == nil || n > most {
			best, most = s, n
		}
	}
	return best
}

// agree counts the items that are as they were applied.
func agree(s *snapshot.Snapshot, applied *syncpoint.Point) (n int) {
	for key, digest := range applied.Items {
		if s.Digest(key) == digest {
			n++
		}
	}
	return n
}

// without returns the catalog without the columns that the settings have only since a
// version; nil where there are none.
func without(c *catalog.Catalog, then, now directus.Version) *catalog.Catalog {
	out := *c
	found := false
	for i, table := range metaTables {
		old := directus.MetaColumns(then, table)
		for _, name := range directus.MetaColumns(now, table) {
			at := slices.IndexFunc(out.Meta[i].Columns, func(m catalog.MetaColumn) bool { return m.Name == name })
			if at < 0 || slices.Contains(old, name) {
				continue
			}
			found = true
			less := catalog.MetaTable{Columns: slices.Delete(slices.Clone(out.Meta[i].Columns), at, at+1)}
			for _, row := range out.Meta[i].Rows {
				less.Rows = append(less.Rows, slices.Delete(slices.Clone(row), at, at+1))
			}
			out.Meta[i] = less
		}
	}
	if !found {
		return nil
	}
	return &out
}
