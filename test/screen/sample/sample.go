// Package sample holds what the watcher might tell, to be shown by the tests of
// its screen and in the pictures of the documentation.
package sample

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
)

// Now is the moment at which the samples are shown.
func Now() time.Time { return time.Date(2026, 11, 24, 14, 14, 3, 0, time.UTC) }

// ago returns a moment before Now.
func ago(d time.Duration) time.Time { return Now().Add(-d) }

// base is the state that the others are made of.
func base(standing watch.Standing, summary string) watch.State {
	return watch.State{
		Standing: standing, Project: "fleet", Database: "directus@localhost:5432/fleet", Directus: "12.4.1", Branch: "main",
		Summary: summary, CheckedAt: ago(2 * time.Second), Seeing: "triggers", Places: Places("same", "same", "same", "same"),
	}
}

// Places returns the places, from how the worktree, the index, HEAD and the boot
// stand against live. A place lacks as many items as the number that its words
// begin with.
func Places(worktree, index, head, boot string) []watch.Place {
	places := []watch.Place{{Name: "live", Where: "directus@localhost:5432/fleet", Items: 128}}
	for i, against := range []string{worktree, index, head, boot} {
		p := watch.Place{
			Name: []string{"worktree", "index", "HEAD", "boot"}[i], Items: 128, Against: against,
			Where: []string{"snapshots/schema.yaml", "snapshots/schema.yaml", "4be0dc1 Add the couriers", "snapshots/schema.yaml in image fleet:latest"}[i],
		}
		switch _, err := fmt.Sscanf(against, "%d", &p.Lacks); {
		case against == "absent" || against == "not readable":
			p.Items = -1
		case err == nil:
			p.Items -= p.Lacks
		}
		places = append(places, p)
	}
	return places
}

// Clean is a state in which nothing differs.
func Clean() watch.State { return base(watch.Clean, "the database and the snapshot agree") }

// Unsaved is a state with work that only live has.
func Unsaved() watch.State {
	s := base(watch.Unsaved, "3 unsaved, 1 pending")
	s.Places = Places("3 unsaved, 1 pending", "3 unsaved, 1 pending", "3 unsaved, 1 pending", "3 unsaved, 2 pending")
	s.Places[4].Stale = "older than HEAD"
	s.Counts = policy.Counts{InSync: 125, Unsaved: 3, Pending: 1}
	s.Next = []string{"schemaguard snapshot --keep-pending --stage", `git commit -m "Save the schema"`}
	s.Items = []policy.Change{
		{
			Item: "collection stops", Kind: "collection", Name: "stops", Class: threeway.UnsavedCreate, Boot: "drops the table", Loses: true,
			Loss: []policy.Loss{
				{What: "rows of stops", Count: 1204, Data: true}, {What: "permissions of stops", Count: 3},
				{What: "fields of stops", Count: 3}, {What: "relations of stops", Count: 1},
			},
			Author: "created 14:02 by anna@example.com", ChangedAt: ago(12 * time.Minute),
		},
		under("field", "stops.id"), under("field", "stops.name"), under("field", "stops.position"), under("relation", "stops.route"),
		{
			Item: "field orders.code", Kind: "field", Name: "orders.code", Class: threeway.UnsavedEdit, Boot: "narrows it from varchar(80) to varchar(20)", Loses: true,
			Loss:   []policy.Loss{{What: "values of orders.code longer than 20", Count: 31, Data: true}},
			Author: "changed 11:08 by boris@example.com", ChangedAt: ago(3 * time.Hour),
			Paths: []policy.PathChange{
				{Path: "meta.note", Live: `"the code that the customer sees"`, Target: ""},
				{Path: "meta.options", Live: `{"trim":true,"placeholder":"ABC-123","iconRight":"tag","font":"monospace","masked":false}`, Target: `{"trim":true}`},
				{Path: "schema.max_length", Live: "80", Target: "20"},
			},
		},
		{
			Item: "relation orders.courier", Kind: "relation", Name: "orders.courier", Class: threeway.UnsavedEdit, Boot: "overwrites it", Loses: true,
			Author: "changed 13:20 by anna@example.com", ChangedAt: ago(54 * time.Minute),
			Paths: []policy.PathChange{{Path: "schema.on_delete", Live: `"SET NULL"`, Target: `"CASCADE"`}},
		},
		{Item: "field couriers.phone", Kind: "field", Name: "couriers.phone", Class: threeway.PendingCreate, Boot: "creates it"},
	}
	s.Findings = []finding.Finding{
		{Code: finding.CollectionDrop, Severity: finding.Danger, Item: "collection stops", Message: "collection stops exists in the database and in no snapshot", Refuses: true},
		{Code: finding.TypeNarrow, Severity: finding.Danger, Item: "field orders.code", Message: "field orders.code was changed in the database and in no snapshot", Harm: "the next boot narrows it from varchar(80) to varchar(20): 31 values of orders.code longer than 20", Fix: "schemaguard snapshot --stage", Refuses: true},
	}
	return s
}

func under(kind, name string) policy.Change {
	return policy.Change{Item: kind + " " + name, Kind: kind, Name: name, Class: threeway.UnsavedCreate, Boot: "drops it", Under: "stops", Loses: true}
}

// NotInImage is a state in which all is committed, and the image older.
func NotInImage() watch.State {
	s := base(watch.NotInImage, "2 unsaved in boot, all of it committed")
	s.Places = Places("same", "same", "same", "2 unsaved")
	s.Places[4].Stale = "older than HEAD"
	s.Places[4].Where = "container fleet-directus-1, image fleet:latest"
	s.Counts = policy.Counts{InSync: 126, Ahead: 2}
	s.Next = []string{"docker compose build directus"}
	s.Items = []policy.Change{
		{
			Item: "collection stops", Kind: "collection", Name: "stops", Class: threeway.Ahead, Boot: "drops the table", Loses: true, Branch: "main",
			Loss: []policy.Loss{{What: "rows of stops", Count: 1204, Data: true}},
		},
		{Item: "field orders.code", Kind: "field", Name: "orders.code", Class: threeway.Ahead, Boot: "overwrites it", Loses: true, Branch: "main"},
	}
	s.Findings = []finding.Finding{{Code: finding.StaleTarget, Severity: finding.Danger, Item: "collection stops", Message: "collection stops is in git, but not in this snapshot"}}
	s.Notes = []string{"the image fleet:latest was built 2026-11-23 17:40, before the last commit of the snapshot"}
	return s
}

// Hostile is a state whose names try to break the screen.
func Hostile() watch.State {
	s := base(watch.Conflict, "7 in conflict")
	s.Project, s.Branch, s.Database = "日本\x1b[2J", "feature/\u202egnp", "dïrectus@[::1]:5432/\x07db"
	for i, name := range Names() {
		s.Items = append(s.Items, policy.Change{
			Item: "field " + name, Kind: "field", Name: name, Class: threeway.Conflict, Boot: "overwrites it", Loses: true,
			Author: "changed 14:02 by " + name + "@example.com", ChangedAt: ago(time.Duration(i) * 7 * time.Second),
			Paths: []policy.PathChange{{Path: "meta." + name, Live: quoted(name + name + name), Target: quoted("x" + name)}},
		})
	}
	s.Counts.Conflict = len(s.Items)
	s.Next = []string{"schemaguard diff live \x1b]0;owned\x07"}
	return s
}

// quoted returns a JSON text.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// Names are names that are hard to show.
func Names() []string {
	return []string{
		"\x1b[31mred\x1b[0m\r\n\tx", "注文.合計金額", "عنوان.الطلب", "e\u0301a\u0308\u0323o\u0302", "👩\u200d👩\u200d👧.❤\ufe0f.👍🏽.🇩🇪", "a\xffb\u202ec\u2066d",
		"averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongnameofafieldthatgoeson",
	}
}

// Many is a state with n items.
func Many(n int) watch.State {
	s := base(watch.Unsaved, fmt.Sprintf("%d unsaved", n))
	s.Places = Places(fmt.Sprintf("%d unsaved", n), "absent", "not readable", "same")
	for i := range n {
		s.Items = append(s.Items, policy.Change{
			Item: fmt.Sprintf("field table_%03d.column_%d", i/10, i%10), Kind: "field", Name: fmt.Sprintf("table_%03d.column_%d", i/10, i%10),
			Class: threeway.UnsavedCreate, Boot: "drops the column", Loses: true,
			Loss: []policy.Loss{{What: "values", Count: int64(i), Data: true, Estimate: i%2 == 0}}, ChangedAt: ago(time.Duration(i) * time.Minute),
		})
	}
	s.Counts.Unsaved = n
	s.Next = []string{"schemaguard snapshot --stage"}
	return s
}

// Failing is a state that is not current any more.
func Failing() watch.State {
	s := Unsaved()
	s.Standing, s.CheckedAt, s.Failure = watch.NotChecked, ago(12*time.Minute), "connecting to directus@localhost:5432/fleet: connection refused"
	return s
}
