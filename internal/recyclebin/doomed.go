package recyclebin

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Doomed is one thing that is about to go.
type Doomed struct {
	Kind Kind
	// Table is a table or, for settings, the collection.
	Table string
	// Column is a column or, for settings, the field; empty for a whole table.
	Column   string
	From, To string // the types of a narrowed column, for people
}

// Name is the item's name: "orders" or "orders.total".
func (d Doomed) Name() string {
	if d.Column == "" {
		return d.Table
	}
	return d.Table + "." + d.Column
}

// Of returns what a plan would destroy: dropped tables and columns, columns whose
// type changes, and the settings of what has neither. What goes along with its
// table is left out. It is empty where the plan takes nothing away.
func Of(p *plan.Plan) []Doomed {
	var all []Doomed
	for i := range p.Actions {
		a := &p.Actions[i]
		for _, e := range a.Effects {
			if d, ok := ofEffect(e); ok {
				all = append(all, d)
			}
		}
		if a.Verb == plan.Drop {
			d := Doomed{Kind: KindSettings, Table: a.Key.Collection, Column: a.Key.Field}
			if a.Key.Kind != snapshot.SystemField {
				all = append(all, d)
			}
		}
	}
	return distinct(all)
}

func ofEffect(e plan.Effect) (Doomed, bool) {
	switch e.Op {
	case plan.DropTable:
		return Doomed{Kind: KindTable, Table: e.Table}, true
	case plan.DropColumn:
		return Doomed{Kind: KindColumn, Table: e.Table, Column: e.Column}, true
	case plan.NarrowType, plan.ChangeType:
		return Doomed{Kind: KindNarrowed, Table: e.Table, Column: e.Column, From: e.From, To: e.To}, true
	case plan.DeleteMetaRow:
		collection, field, _ := strings.Cut(e.Column, ".")
		return Doomed{Kind: KindSettings, Table: collection, Column: field}, true
	case plan.PurgeRows:
		return Doomed{Kind: KindSettings, Table: e.Column}, true
	}
	return Doomed{}, false
}

// distinct leaves out what goes along with something larger: a column of a doomed
// table, the settings of a doomed column.
func distinct(all []Doomed) []Doomed {
	has := func(k Kind, table, column string) bool {
		return slices.ContainsFunc(all, func(d Doomed) bool { return d.Kind == k && d.Table == table && d.Column == column })
	}
	var out []Doomed
	for _, d := range all {
		covered := d.Kind != KindTable && has(KindTable, d.Table, "")
		if d.Kind == KindNarrowed {
			covered = covered || has(KindColumn, d.Table, d.Column)
		}
		if d.Kind == KindSettings {
			covered = covered || d.Column != "" && (has(KindColumn, d.Table, d.Column) || has(KindSettings, d.Table, ""))
		}
		same := func(o Doomed) bool { return o.Kind == d.Kind && o.Name() == d.Name() }
		if !covered && !slices.ContainsFunc(out, same) {
			out = append(out, d)
		}
	}
	return out
}
