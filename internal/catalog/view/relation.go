package view

import (
	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// relationRow is a row of directus_relations with what it is matched by.
type relationRow struct {
	many, field string
	one         string
	hasOne      bool
	used        bool
	meta        meta
}

// relations stitches the foreign keys to their rows (12.4.1,
// services/relations.js): each key takes the first row of its column whose one
// side is empty or the key's target; rows left over stand without a key.
func (b *builder) relations() {
	table, read := &b.Meta[catalog.MetaRelations], b.rows.read[catalog.MetaRelations]
	var rows []*relationRow
	byColumn := map[catalog.ColumnName][]*relationRow{}
	for i, row := range table.Rows {
		rel := &relationRow{meta: read[i]}
		rel.many, _ = table.Text(row, "many_collection")
		rel.field, _ = table.Text(row, "many_field")
		rel.one, rel.hasOne = table.Text(row, "one_collection")
		rows = append(rows, rel)
		key := catalog.ColumnName{Table: rel.many, Column: rel.field}
		byColumn[key] = append(byColumn[key], rel)
	}
	var list []placed
	system := systemRelations(b.version)
	for i := range b.Constraints {
		con := &b.Constraints[i]
		if con.Kind != 'f' {
			continue
		}
		if rel := matchRow(byColumn[catalog.ColumnName{Table: con.Table, Column: con.Column}], con); rel != nil {
			rel.used = true
			list = append(list, placedRelation(con.Table, con.Column, jsvalue.String(con.ForeignTable), rel.meta.value, rel.meta.id, foreignKey(con)))
		} else if b.rules.ListsUntracked && !system.match(con) {
			list = append(list, placedRelation(con.Table, con.Column, jsvalue.String(con.ForeignTable), jsvalue.Null(), noID, foreignKey(con)))
		}
	}
	for _, rel := range rows {
		if !rel.used {
			related := jsvalue.Null()
			if rel.hasOne {
				related = jsvalue.String(rel.one)
			}
			list = append(list, placedRelation(rel.many, rel.field, related, rel.meta.value, rel.meta.id, jsvalue.Null()))
		}
	}
	seen := make(map[snapshot.Key]bool, len(list))
	for i := range list {
		b.out.Repeats = b.out.Repeats || seen[list[i].item.Key]
		seen[list[i].item.Key] = true
	}
	b.add(list)
}

func matchRow(rows []*relationRow, con *catalog.Constraint) *relationRow {
	for _, rel := range rows {
		if rel.one == "" || rel.one == con.ForeignTable {
			return rel
		}
	}
	return nil
}

// systemRelationSet holds Directus's own relations by their many side.
type systemRelationSet map[catalog.ColumnName][]directus.SystemRelation

func systemRelations(v directus.Version) systemRelationSet {
	set := systemRelationSet{}
	for _, rel := range directus.SystemRelations(v) {
		key := catalog.ColumnName{Table: rel.Many, Column: rel.Field}
		set[key] = append(set[key], rel)
	}
	return set
}

func (s systemRelationSet) match(con *catalog.Constraint) bool {
	for _, rel := range s[catalog.ColumnName{Table: con.Table, Column: con.Column}] {
		if rel.One == "" || rel.One == con.ForeignTable {
			return true
		}
	}
	return false
}

func foreignKey(con *catalog.Constraint) jsvalue.Value {
	o := jsvalue.NewObject(7)
	o.Set("table", jsvalue.String(con.Table))
	o.Set("column", jsvalue.String(con.Column))
	o.Set("foreign_key_table", jsvalue.String(con.ForeignTable))
	o.Set("foreign_key_column", jsvalue.String(con.ForeignColumn))
	o.Set("constraint_name", jsvalue.String(con.Name))
	o.Set("on_update", jsvalue.String(con.OnUpdate))
	o.Set("on_delete", jsvalue.String(con.OnDelete))
	return jsvalue.FromObject(o)
}

func placedRelation(many, field string, related, meta jsvalue.Value, id int64, schema jsvalue.Value) placed {
	o := jsvalue.NewObject(5)
	o.Set("collection", jsvalue.String(many))
	o.Set("field", jsvalue.String(field))
	o.Set("related_collection", related)
	o.Set("meta", meta)
	if !schema.IsNull() {
		o.Set("schema", schema)
	}
	return placed{collection: many, field: field, id: id, item: snapshot.Item{
		Key: snapshot.Key{Kind: snapshot.Relation, Collection: many, Field: field}, Value: jsvalue.FromObject(o),
	}}
}
