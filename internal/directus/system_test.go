package directus

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIsSystemField(t *testing.T) {
	t.Parallel()
	cases := []struct {
		version, collection, field string
		want                       bool
	}{
		{"12.4.1", "directus_activity", "timestamp", true},
		{"12.4.1", "directus_oauth_tokens", "code_hash", true},
		{"11.17.4", "directus_oauth_tokens", "code_hash", false},
		{"10.13.4", "directus_activity", "comment", true},
		{"12.4.1", "directus_activity", "comment", false},
		{"12.4.1", "directus_users", "custom", false},
		{"12.4.1", "articles", "id", false},
		{"10.0.0", "directus_settings", "translation_strings", true},
		{"10.2.1", "directus_settings", "translation_strings", false},
		{"11.8.0", "directus_fields", "searchable", false},
		{"11.17.4", "directus_fields", "searchable", true},
		{"99.0.0", "directus_oauth_tokens", "code_hash", true},
		{"9.1.0", "directus_users", "email", true},
		{"11.3.0", "directus_activity", "comment", true},
	}
	for _, c := range cases {
		if got := IsSystemField(version(t, c.version), c.collection, c.field); got != c.want {
			t.Errorf("%s: IsSystemField(%s, %s) = %v", c.version, c.collection, c.field, got)
		}
	}
}

func TestSystemCollections(t *testing.T) {
	t.Parallel()
	v10, v12 := version(t, "10.13.4"), version(t, "12.4.1")
	if !IsSystemCollection(v10, "directus_webhooks") || IsSystemCollection(v12, "directus_webhooks") {
		t.Error("directus_webhooks is a system collection of 10.13.4 and none of 12.4.1")
	}
	if IsSystemCollection(v12, "directus_mine") || IsSystemCollection(v12, "") {
		t.Error("a name that Directus does not know is taken for a system collection")
	}
	for _, v := range Releases() {
		names := SystemCollections(v)
		if !slices.IsSorted(names) || len(names) < 20 || len(names) > 60 {
			t.Errorf("%v: %d system collections", v, len(names))
		}
		for _, want := range []string{"directus_collections", "directus_fields", "directus_relations", "directus_users", "directus_files"} {
			if !slices.Contains(names, want) {
				t.Errorf("%v lacks %s", v, want)
			}
		}
	}
}

func TestSystemRelations(t *testing.T) {
	t.Parallel()
	v := version(t, "12.4.1")
	want := SystemRelation{Many: "directus_users", Field: "role", One: "directus_roles", OneField: "users"}
	if !slices.Contains(SystemRelations(v), want) {
		t.Errorf("12.4.1 lacks %+v", want)
	}
	if !IsSystemRelation(v, "directus_users", "role") || IsSystemRelation(v, "directus_users", "custom") {
		t.Error("IsSystemRelation mistakes directus_users.role or directus_users.custom")
	}
}

func TestMetaSpecial(t *testing.T) {
	t.Parallel()
	for _, v := range Releases() {
		for field, want := range map[string][]string{"options": {"cast-json"}, "special": {"cast-csv"}, "hidden": {"cast-boolean"}, "note": nil} {
			if diff := cmp.Diff(want, MetaSpecial(v, "directus_fields", field)); diff != "" {
				t.Errorf("%v directus_fields.%s:\n%s", v, field, diff)
			}
		}
	}
}
