// Package doomed reads off a plan what the recycle bin has to keep before it is
// carried out. It decides nothing about whether it may be.
package doomed

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Of returns what a plan would destroy: dropped tables and columns, columns whose
// type changes, and the settings of what has neither. What goes along with its
// table is left out. It is empty where the plan takes nothing away.
func Of(p *plan.Plan) []recyclebin.Doomed {
	var all []recyclebin.Doomed
	for i := range p.Actions {
		a := &p.Actions[i]
		for _, e := range a.Effects {
			if d, ok := ofEffect(a.Key, e); ok {
				all = append(all, d)
			}
		}
		if a.Verb == plan.Drop {
			d := recyclebin.Doomed{Kind: recyclebin.KindSettings, Table: a.Key.Collection, Column: a.Key.Field}
			if a.Key.Kind != snapshot.SystemField {
				all = append(all, d)
			}
		}
	}
	return recyclebin.Distinct(all)
}

func ofEffect(key snapshot.Key, e plan.Effect) (recyclebin.Doomed, bool) {
	switch e.Op {
	case plan.DropTable:
		return recyclebin.Doomed{Kind: recyclebin.KindTable, Table: e.Table}, true
	case plan.DropColumn:
		return recyclebin.Doomed{Kind: recyclebin.KindColumn, Table: e.Table, Column: e.Column}, true
	case plan.NarrowType, plan.ChangeType:
		return recyclebin.Doomed{Kind: recyclebin.KindNarrowed, Table: e.Table, Column: e.Column, From: e.From, To: e.To}, true
	case plan.DeleteMetaRow:
		if e.Table == "directus_collections" {
			return recyclebin.Doomed{Kind: recyclebin.KindSettings, Table: e.Column}, true
		}
		collection, field, _ := strings.Cut(e.Column, ".")
		if e.Column == key.Collection+"."+key.Field { // names may have dots of their own
			collection, field = key.Collection, key.Field
		}
		return recyclebin.Doomed{Kind: recyclebin.KindSettings, Table: collection, Column: field}, true
	case plan.PurgeRows:
		return recyclebin.Doomed{Kind: recyclebin.KindSettings, Table: e.Column}, true
	}
	return recyclebin.Doomed{}, false
}
