package schemadiff

import (
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Roots returns the collections that Directus creates first: without a group, or with one that exists. One whose group neither
// exists nor is created is never created (utils/apply-diff.js, filterCollectionsForCreation). stumbles are those over whose new
// key Directus stumbles, because it is null.
func (d Differences) Roots(live *snapshot.Snapshot) (roots, stumbles []*Entry) {
	creating := map[string]bool{}
	for _, e := range d[snapshot.Collection] {
		creating[e.Key.Collection] = creating[e.Key.Collection] || e.First().Kind == deepdiff.New
	}
	for _, e := range d[snapshot.Collection] {
		first := e.First()
		switch {
		case first.Kind != deepdiff.New:
			continue
		case first.RHS.IsNull():
			stumbles = append(stumbles, e)
			continue
		}
		group := first.RHS.Get("meta").Get("group")
		if !Truthy(group) || live.Get(CollectionKey(group.Str())) != nil && !creating[group.Str()] {
			roots = append(roots, e)
		}
	}
	return roots, stumbles
}

// CollectionKey returns the key of a collection.
func CollectionKey(name string) snapshot.Key {
	return snapshot.Key{Kind: snapshot.Collection, Collection: name}
}

// FieldKey returns the key of a field.
func FieldKey(collection, field string) snapshot.Key {
	return snapshot.Key{Kind: snapshot.Field, Collection: collection, Field: field}
}

// RelationKey returns the key of a relation.
func RelationKey(collection, field string) snapshot.Key {
	return snapshot.Key{Kind: snapshot.Relation, Collection: collection, Field: field}
}

// TypeOf returns the type of a field.
func TypeOf(field *snapshot.Item) string { return field.Value.Get("type").Str() }

// HasKey tells whether one of the new fields of a collection is its primary key.
func HasKey(fields []*Entry) bool {
	for _, f := range fields {
		schema := f.First().RHS.Get("schema")
		if schema.Get("is_primary_key").Bool() || schema.Get("has_auto_increment").Bool() {
			return true
		}
	}
	return false
}
