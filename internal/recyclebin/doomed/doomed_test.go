package doomed

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

func TestOfTakesWhatAPlanDestroysAndNothingElse(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Actions: []plan.Action{
		{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "new"}, Verb: plan.Create, Effects: []plan.Effect{{Op: plan.CreateTable, Table: "new"}, {Op: plan.AddMetaRow, Table: "directus_collections", Column: "new"}}},
		{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "orders"}, Verb: plan.Drop, Effects: []plan.Effect{{Op: plan.DropTable, Table: "orders"}, {Op: plan.DeleteMetaRow, Table: "directus_collections", Column: "orders"}, {Op: plan.PurgeRows, Table: "directus_presets", Column: "orders"}}},
		{Key: snapshot.Key{Kind: snapshot.Field, Collection: "orders", Field: "total"}, Verb: plan.Drop, Implied: true, Effects: []plan.Effect{{Op: plan.DropColumn, Table: "orders", Column: "total"}}},
		{Key: snapshot.Key{Kind: snapshot.Field, Collection: "lines", Field: "order"}, Verb: plan.Drop, Effects: []plan.Effect{{Op: plan.DropForeignKey, Table: "lines", Column: "order"}, {Op: plan.DropColumn, Table: "lines", Column: "order"}, {Op: plan.DeleteMetaRow, Table: "directus_fields", Column: "lines.order"}}},
		{Key: snapshot.Key{Kind: snapshot.Relation, Collection: "lines", Field: "order"}, Verb: plan.Drop},
		{Key: snapshot.Key{Kind: snapshot.Field, Collection: "lines", Field: "note"}, Verb: plan.Update, Effects: []plan.Effect{{Op: plan.NarrowType, Table: "lines", Column: "note", From: "text", To: "varchar(5)", MaxLength: 5}, {Op: plan.SetMeta, Table: "directus_fields", Column: "lines.note"}}},
		{Key: snapshot.Key{Kind: snapshot.Field, Collection: "lines", Field: "alias"}, Verb: plan.Drop, Effects: []plan.Effect{{Op: plan.DeleteMetaRow, Table: "directus_fields", Column: "lines.alias"}}},
	}}
	want := []recyclebin.Doomed{
		{Kind: recyclebin.KindTable, Table: "orders"},
		{Kind: recyclebin.KindColumn, Table: "lines", Column: "order"},
		{Kind: recyclebin.KindNarrowed, Table: "lines", Column: "note", From: "text", To: "varchar(5)"},
		{Kind: recyclebin.KindSettings, Table: "lines", Column: "alias"},
	}
	if diff := cmp.Diff(want, Of(p)); diff != "" {
		t.Error(diff)
	}
	dotted := &plan.Plan{Actions: []plan.Action{
		{Key: snapshot.Key{Kind: snapshot.Field, Collection: "my.orders", Field: "alias"}, Verb: plan.Drop, Effects: []plan.Effect{{Op: plan.DeleteMetaRow, Table: "directus_fields", Column: "my.orders.alias"}}},
		{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "my.folder"}, Verb: plan.Drop, Effects: []plan.Effect{{Op: plan.DeleteMetaRow, Table: "directus_collections", Column: "my.folder"}}},
	}}
	want = []recyclebin.Doomed{{Kind: recyclebin.KindSettings, Table: "my.orders", Column: "alias"}, {Kind: recyclebin.KindSettings, Table: "my.folder"}}
	if diff := cmp.Diff(want, Of(dotted)); diff != "" {
		t.Error("names with a dot: " + diff)
	}
	if got := Of(&plan.Plan{Actions: p.Actions[:1]}); len(got) != 0 {
		t.Errorf("a creation dooms %v", got)
	}
}
