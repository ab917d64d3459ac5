package report

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func change(kind, name string, class threeway.Class, boot string) policy.Change {
	return policy.Change{Item: kind + " " + name, Kind: kind, Name: name, Class: class, Boot: boot}
}

// rich is a refusal with something of everything.
func rich() *policy.Verdict {
	under := func(c policy.Change) policy.Change { c.Under = "orders"; return c }
	orders := change("collection", "orders", threeway.UnsavedCreate, "drops the table")
	orders.Loses, orders.Author = true, "created 14:02 by anna@example.com"
	orders.Loss = []policy.Loss{{What: "rows of orders", Count: 1204, Data: true}, {What: "permissions of orders", Count: 1}, {What: "presets of orders", Count: 0}, {What: "fields of orders", Count: 2}, {What: "relations of orders", Count: 1}}
	positions := change("collection", "positions", threeway.UnsavedCreate, "drops the table")
	positions.Loses, positions.Loss = true, []policy.Loss{{What: "rows of positions", Count: 5_000_000, Estimate: true, Data: true}}
	plate := change("field", "vehicles.plate", threeway.UnsavedEdit, "overwrites it")
	plate.Loses, plate.Author = true, "edited 14:05 by ben@example.com"
	plate.Paths = []policy.PathChange{{Path: "meta.note", Live: `"the plate"`, Target: `null`}, {Path: "schema.max_length", Live: "255", Target: "20"}, {Path: "meta.options.icon", Live: `"car"`}}
	plate.Loss = []policy.Loss{{What: "values of vehicles.plate longer than 20", Count: 17, Data: true}}
	color := change("collection", "devices", threeway.Conflict, "drops the table")
	color.Loses, color.Loss = true, []policy.Loss{{What: "rows of devices", Count: -1, Data: true}}
	drop := change("field", "devices.legacy_id", threeway.CommittedDrop, "drops the column, as a commit asks")
	drop.Loses, drop.Loss = true, []policy.Loss{{What: "values of devices.legacy_id", Count: 1, Data: true}}
	ahead := change("relation", "events.device", threeway.Ahead, "drops the relation")
	ahead.Loses, ahead.Branch = true, "origin/feature/events"
	v := &policy.Verdict{
		State: policy.Refused, Summary: "3 items of the database are in no commit, and 1 conflicts with snapshots/schema.yaml@index",
		Live:      policy.Source{Name: "live", Origin: "app@localhost:5432/app"},
		Target:    policy.Source{Name: "index", Origin: "snapshots/schema.yaml@index", Detail: "blob 1a2b3c4"},
		Directus:  policy.Version{Version: "11.17.4", Source: "image directus/directus:11.17.4 in docker-compose.yml"},
		SyncPoint: "written 2026-11-24 14:02 by schemaguard 0.1.0",
		Counts:    policy.Counts{InSync: 120, Unsaved: 5, Ahead: 1, Pending: 9, Conflict: 1, CommittedDrop: 1},
		Changes: []policy.Change{
			orders, under(change("field", "orders.id", threeway.UnsavedCreate, "drops the column")),
			under(change("field", "orders.total", threeway.UnsavedCreate, "drops the column")),
			under(change("relation", "orders.customer", threeway.UnsavedCreate, "drops the relation")),
			positions, plate, color, drop, ahead,
			change("field", "drivers.name", threeway.UnsavedDelete, "brings it back, empty"),
			change("field", "vehicles.colour", threeway.PendingUpdate, "updates it"),
		},
		Findings: []finding.Finding{
			{Code: finding.CollectionDrop, Severity: finding.Danger, Item: "collection orders", Message: "collection orders is only in the database", Harm: "a boot drops 1,204 rows", Refuses: true, Fix: "schemaguard snapshot --stage"},
			{Code: finding.CollectionDrop, Severity: finding.Danger, Item: "collection positions", Message: "collection positions is only in the database", Refuses: true, Fix: "schemaguard snapshot --stage"},
			{Code: finding.TypeNarrow, Severity: finding.Danger, Item: "field vehicles.plate", Message: "the column becomes varchar(20), and Postgres cuts what is longer", Refuses: true},
			{Code: finding.MetaKeyMissing, Severity: finding.Danger, Item: "collection devices", Message: "collection devices was changed on both sides", Harm: "the next boot drops the table (the snapshot lacks meta.color, and Directus 11.17.4 takes that for a deletion)", File: "snapshots/schema.yaml", Line: 212, Refuses: true},
			{Code: finding.DeleteUndone, Severity: finding.Danger, Item: "field drivers.name", Message: "field drivers.name was deleted in the database", Harm: "a boot creates it again, without its values", Refuses: true},
			{Code: finding.VersionSkew, Severity: finding.Warning, Message: "the snapshot was written by 11.8.0, and 11.17.4 boots", File: "snapshots/schema.yaml", Line: 2, Harm: "see META_KEY_MISSING", Fix: "schemaguard snapshot --stage"},
			{Code: finding.CRLF, Severity: finding.Note, Message: "1,204 lines end in CRLF", File: "snapshots/schema.yaml", Line: 1},
		},
		Notes: []string{"postgres does not resolve here; localhost:5432 is its published port"},
		Next:  []string{"schemaguard snapshot --stage", "git commit", "schemaguard diff live index"},
	}
	for i := range 8 {
		v.Changes = append(v.Changes, change("collection", fmt.Sprintf("pending_%d", i), threeway.PendingCreate, "creates it"))
	}
	return v
}

func clean() *policy.Verdict {
	return &policy.Verdict{
		State: policy.Clean, Summary: "live equals snapshots/schema.yaml@index (128 items)",
		Live: policy.Source{Name: "live", Origin: "app@localhost:5432/app"}, Target: policy.Source{Name: "index", Origin: "snapshots/schema.yaml@index"},
		Directus: policy.Version{Version: "12.4.1", Source: "newest migration"}, Counts: policy.Counts{InSync: 128},
	}
}

func notRun() *policy.Verdict {
	return &policy.Verdict{
		State: policy.NotRun, Reason: "connecting to app@localhost:5432/app: connection refused", Summary: "not checked",
		Target:   policy.Source{Name: "HEAD", Origin: "snapshots/schema.yaml@HEAD", Detail: "commit 1a2b3c4"},
		Findings: []finding.Finding{{Code: finding.Unreachable, Severity: finding.Warning, Message: "connection refused", Fix: "docker compose up -d postgres"}},
	}
}

// evil is a name that attacks every format.
const evil = "x\x1b[31m\x1b]0;t\x07|`a`\n::error::pwned\r##[add-mask]a <script>@team www.evil.example http://e.example \u202e\u200b\u009b\xff%0A,:"

// hostile is a verdict in which every string comes from somebody who means ill.
func hostile() *policy.Verdict {
	huge := strings.Repeat("n", 1500)
	bad := change("collection", evil, threeway.UnsavedCreate, "drops "+evil)
	bad.Loses, bad.Author, bad.Branch = true, evil, "b"+evil
	bad.Loss = []policy.Loss{{What: "rows of " + evil, Count: 3}}
	bad.Paths = []policy.PathChange{{Path: "meta." + evil, Live: evil, Target: evil}}
	source := policy.Source{Name: "n" + evil, Origin: evil, Detail: evil}
	return &policy.Verdict{
		State: policy.Refused, Summary: "::error::" + evil, Live: source, Target: source,
		Directus: policy.Version{Version: evil, Source: evil}, SyncPoint: evil,
		Changes: []policy.Change{bad, change("field", huge+".f", threeway.UnsavedCreate, "drops the column"), change("::error::kind", "::warning::name", threeway.PendingCreate, "")},
		Findings: []finding.Finding{
			{Code: "::notice::", Severity: finding.Danger, Message: "::error::" + evil, Harm: "::error::" + evil, Author: "::error::" + evil, File: "../" + evil, Line: 7, Fix: "rm " + evil, Refuses: true},
			{Code: finding.Conflict, Severity: finding.Danger, Item: "collection " + huge, Message: huge + " " + huge},
		},
		Notes: []string{"::error::" + evil},
		Next:  []string{"git add 'x\x1b[31m'", "git add '```'"},
	}
}

// crowded has more of everything than is shown.
func crowded() *policy.Verdict {
	v := clean()
	v.State, v.Summary = policy.Drift, "1,500 items are in no commit"
	for i := range 1500 {
		c := change("field", fmt.Sprintf("c%04d.field", i), threeway.UnsavedCreate, "drops the column")
		c.Loses = true
		c.Loss = []policy.Loss{{What: fmt.Sprintf("values of c%04d.field", i), Count: int64(i)}}
		v.Changes = append(v.Changes, c)
		severity := []finding.Severity{finding.Danger, finding.Warning, finding.Note}[i%3]
		v.Findings = append(v.Findings, finding.Finding{
			Code:     []finding.Code{finding.FieldDrop, finding.TypeChange, finding.OrderOnly}[i%3],
			Severity: severity, Item: fmt.Sprintf("thing %d", i), Message: fmt.Sprintf("finding number %d", i), File: "snapshots/schema.yaml", Line: i + 1,
		})
	}
	return v
}

func richDiff() *itemdiff.Diff {
	return &itemdiff.Diff{
		A: policy.Source{Name: "live", Origin: "app@localhost:5432/app"}, B: policy.Source{Name: "HEAD", Origin: "snapshots/schema.yaml@HEAD", Detail: "commit 1a2b3c4"},
		Items: []itemdiff.Item{
			{Kind: "collection", Name: "orders", Collection: "orders", Where: itemdiff.OnlyA, A: "table", Loss: "drops the table with all its rows"},
			{Kind: "collection", Name: "drivers", Collection: "drivers", Where: itemdiff.OnlyB, B: "table"},
			{Kind: "field", Name: "orders.total", Collection: "orders", Where: itemdiff.OnlyA, A: "decimal(10,2)", Loss: "drops the column with all its values"},
			{Kind: "field", Name: "vehicles.plate", Collection: "vehicles", Where: itemdiff.Both, Paths: []itemdiff.Path{{Path: "meta.note", A: `"the plate of the vehicle as it is painted on it"`, B: `null`}, {Path: "schema.max_length", A: "255"}, {Path: "meta.color", B: `"#123456"`}}},
			{Kind: "field", Name: "vehicles.vin", Collection: "vehicles", Where: itemdiff.Both, A: "string(30)", B: "string(17)", Loss: "narrows the column from character varying(30) to character varying(17)", Paths: []itemdiff.Path{{Path: "schema.max_length", A: "30", B: "17"}}},
			{Kind: "relation", Name: "vehicles.driver", Collection: "vehicles", Where: itemdiff.OnlyB, B: "-> drivers.id  on delete SET NULL, one_field vehicles"},
		},
		Notes: []string{"the clone is shallow"},
	}
}

func richStatus() *Status {
	v := rich()
	return &Status{
		Database: "app@localhost:5432/app", Found: "DB_* in .env", Verdict: *v,
		Sides: []Side{
			{Name: "live", Where: "app@localhost:5432/app", Items: 1128},
			{Name: "sync point", Where: "written 2026-11-24 14:02", Items: 1125, Against: "3 unsaved"},
			{Name: "worktree", Where: "snapshots/schema.yaml", Items: 1128, Against: "same"},
			{Name: "index", Where: "snapshots/schema.yaml", Items: 1125, Against: "5 unsaved, 9 pending"},
			{Name: "HEAD", Items: -1, Against: "absent"},
		},
	}
}
