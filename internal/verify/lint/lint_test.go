package lint

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// sound is a snapshot that nothing is wrong with: every case breaks one thing of it.
const sound = `version: 1
directus: 12.4.1
vendor: postgres
collections:
  - collection: shop
    meta: {collection: shop, group: null, sort_field: null, archive_field: null}
    schema: null
  - collection: orders
    meta: {collection: orders, group: shop, sort_field: sort, archive_field: status}
    schema: {name: orders}
  - collection: customers
    meta: {collection: customers, group: shop, sort_field: null, archive_field: null}
    schema: {name: customers}
  - collection: orders_pages
    meta: {collection: orders_pages, group: shop}
    schema: {name: orders_pages}
  - {collection: languages, meta: {collection: languages}, schema: {name: languages}}
  - {collection: orders_texts, meta: {collection: orders_texts}, schema: {name: orders_texts}}
fields:
  - {collection: languages, field: code, type: string, meta: null, schema: {name: code, table: languages, data_type: character varying, is_primary_key: true}}
  - {collection: languages, field: title, type: string, meta: null, schema: {name: title, table: languages}}
  - {collection: orders_texts, field: key, type: uuid, meta: null, schema: {name: key, table: orders_texts, is_primary_key: true}}
  - {collection: orders_texts, field: order, type: integer, meta: null, schema: {name: order, table: orders_texts}}
  - {collection: orders_texts, field: language, type: string, meta: null, schema: {name: language, table: orders_texts, data_type: text}}
  - {collection: orders, field: texts, type: alias, meta: {special: [translations], options: {languageField: title}}, schema: null}
  - {collection: orders, field: id, type: integer, meta: null, schema: {name: id, table: orders, is_primary_key: true}}
  - {collection: orders, field: sort, type: integer, meta: {group: detail}, schema: {name: sort, table: orders}}
  - {collection: orders, field: detail, type: alias, meta: {special: [alias, no-data, group]}, schema: null}
  - {collection: orders, field: status, type: string, meta: {group: detail}, schema: {name: status, table: orders}}
  - {collection: orders, field: customer, type: integer, meta: {special: [m2o]}, schema: {name: customer, table: orders, data_type: bigint}}
  - {collection: orders, field: photo, type: uuid, meta: {special: [file]}, schema: {name: photo, table: orders}}
  - {collection: orders, field: pages, type: alias, meta: {special: [m2a]}, schema: null}
  - {collection: customers, field: id, type: integer, meta: null, schema: {name: id, table: customers, data_type: integer, is_primary_key: true}}
  - {collection: customers, field: code, type: string, meta: null, schema: {name: code, table: customers, is_primary_key: false, is_unique: true}}
  - {collection: customers, field: orders, type: alias, meta: {special: [o2m]}, schema: null}
  - {collection: orders_pages, field: id, type: integer, meta: null, schema: {name: id, table: orders_pages, is_primary_key: true}}
  - {collection: orders_pages, field: orders_id, type: integer, meta: null, schema: {name: orders_id, table: orders_pages}}
  - {collection: orders_pages, field: item, type: string, meta: null, schema: {name: item, table: orders_pages}}
  - {collection: orders_pages, field: collection, type: string, meta: null, schema: {name: collection, table: orders_pages}}
  - {collection: directus_users, field: phone, type: unknown, meta: null, schema: {name: phone, table: directus_users}}
systemFields:
  - {collection: directus_oauth_clients, field: date_created, schema: {is_indexed: true}}
relations:
  - {collection: orders_texts, field: order, related_collection: orders, meta: {one_field: texts, junction_field: language}, schema: {foreign_key_table: orders, foreign_key_column: id}}
  - {collection: orders_texts, field: language, related_collection: languages, meta: {one_field: null, junction_field: order}, schema: {foreign_key_table: languages, foreign_key_column: code}}
  - {collection: orders, field: customer, related_collection: customers, meta: {one_field: orders, sort_field: sort}, schema: {foreign_key_table: customers, foreign_key_column: id}}
  - {collection: orders, field: photo, related_collection: directus_files, meta: {one_field: null}, schema: {foreign_key_table: directus_files, foreign_key_column: id}}
  - {collection: orders_pages, field: orders_id, related_collection: orders, meta: {one_field: pages, junction_field: item}, schema: {foreign_key_table: orders, foreign_key_column: id}}
  - {collection: orders_pages, field: item, related_collection: null, meta: {one_collection_field: collection, one_allowed_collections: [customers]}, schema: null}
`

// found lists findings as "CODE item:line", with "!" before what refuses.
func found(text string) []string {
	var out []string
	for _, f := range File(snapshot.Decode("schema.yaml", []byte(text)), directus.Version{}) {
		mark := ""
		if f.Refuses {
			mark = "!"
		}
		out = append(out, mark+string(f.Code)+" "+f.Item)
	}
	return out
}

func TestFile(t *testing.T) {
	t.Parallel()
	if got := found(sound); got != nil {
		t.Fatalf("the sound one: %q", got)
	}
	long := strings.Repeat("é", 32) // 64 bytes
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"a longer name", "customers, field: code, ", "customers, field: " + long + ", ", []string{"!INVALID_NAME field customers." + long}},
		{"a name of 63 bytes", "customers, field: code, ", "customers, field: " + long[:62] + "x, ", nil},
		{"a column of every table", "customers, field: code, ", "customers, field: xmin, ", []string{"!INVALID_NAME field customers.xmin"}},
		{"an alias has no column", "field: orders, type: alias", "field: ctid, type: alias", []string{"STALE_REFERENCE field customers.ctid", "STALE_REFERENCE relation orders.customer"}},
		{"two spellings of a field", "field: item, type: string", "field: Collection, type: string", []string{
			"NAME_CASE field orders_pages.collection", "STALE_REFERENCE relation orders_pages.orders_id", "!BROKEN_REFERENCE relation orders_pages.item",
		}},
		{"two spellings of a collection", "  - collection: shop\n", "  - {collection: Shop, meta: {collection: Shop}, schema: null}\n  - collection: shop\n", []string{"NAME_CASE collection shop"}},
		{"a system table", "  - collection: shop\n", "  - {collection: directus_extensions, meta: null, schema: null}\n  - collection: shop\n", []string{"!SYSTEM_COLLECTION collection directus_extensions"}},
		{"no such type", "customers, field: code, type: string", "customers, field: code, type: varchar", []string{"!UNKNOWN_TYPE field customers.code"}},
		{"no type", "customers, field: code, type: string", "customers, field: code, type: null", []string{"!UNKNOWN_TYPE field customers.code"}},
		{"a field of no collection", "  - {collection: customers, field: code,", "  - {collection: gone, field: code,", []string{"!DANGLING_ITEM field gone.code"}},
		{"a field twice", "customers, field: code, type: string", "customers, field: id, type: string", []string{"DUPLICATE_ITEM field customers.id"}},
		{"no such group", "group: shop, sort_field: sort", "group: mall, sort_field: sort", []string{"!BROKEN_REFERENCE collection orders"}},
		{"no such sort field", "sort_field: sort, archive_field: status}", "sort_field: order, archive_field: status}", []string{"STALE_REFERENCE collection orders"}},
		{"no such archive field", "archive_field: status", "archive_field: state", []string{"STALE_REFERENCE collection orders"}},
		{"no such field group, told once", "field: detail", "field: details", []string{"STALE_REFERENCE field orders.sort"}},
		{"no primary key", "table: customers, data_type: integer, is_primary_key: true", "table: customers, data_type: integer, is_primary_key: false", []string{
			"!NO_PRIMARY_KEY collection customers", "!BROKEN_REFERENCE relation orders.customer",
		}},
		{"many to one without a relation", "  - {collection: orders, field: photo, related_collection: directus_files, meta: {one_field: null}, schema: {foreign_key_table: directus_files, foreign_key_column: id}}\n", "", []string{"STALE_REFERENCE field orders.photo"}},
		{"one to many without a relation", "one_field: orders,", "one_field: null,", []string{"STALE_REFERENCE field customers.orders"}},
		{"one side is not there", "one_field: orders,", "one_field: purchases,", []string{"STALE_REFERENCE field customers.orders", "STALE_REFERENCE relation orders.customer"}},
		{"a relation of no field", "  - {collection: orders, field: customer, type", "  - {collection: orders, field: client, type", []string{"STALE_REFERENCE field orders.client", "!BROKEN_REFERENCE relation orders.customer"}},
		{"a relation to nothing", "related_collection: customers", "related_collection: clients", []string{"STALE_REFERENCE field customers.orders", "!BROKEN_REFERENCE relation orders.customer"}},
		{"a relation to a system table of no version", "related_collection: directus_files", "related_collection: directus_nothing", []string{"!BROKEN_REFERENCE relation orders.photo"}},
		{"a key to another table", "foreign_key_table: customers", "foreign_key_table: orders", []string{"!BROKEN_REFERENCE relation orders.customer"}},
		{"a key to no column", "foreign_key_table: customers, foreign_key_column: id", "foreign_key_table: customers, foreign_key_column: uid", []string{"!BROKEN_REFERENCE relation orders.customer"}},
		{"a key to a column that is none", "foreign_key_table: customers, foreign_key_column: id", "foreign_key_table: customers, foreign_key_column: code", []string{"!BROKEN_REFERENCE relation orders.customer"}},
		{"a key to another type", "data_type: bigint", "data_type: uuid", []string{"!BROKEN_REFERENCE relation orders.customer"}},
		{"a key to a type that is not known", "data_type: bigint", "data_type: USER-DEFINED", nil},
		{"no junction field", "junction_field: item", "junction_field: thing", []string{"STALE_REFERENCE relation orders_pages.orders_id"}},
		{"no sort field of a relation", "one_field: orders, sort_field: sort", "one_field: orders, sort_field: rank", []string{"STALE_REFERENCE relation orders.customer"}},
		{"no field to name languages by", "languageField: title", "languageField: name", []string{"STALE_REFERENCE field orders.texts"}},
		{"an index of no system field", "oauth_clients, field: date_created", "oauth_clients, field: date_made", []string{"!BROKEN_REFERENCE system field directus_oauth_clients.date_made"}},
		{"a system field of another version", "directus: 12.4.1", "directus: 11.17.4", []string{"!BROKEN_REFERENCE system field directus_oauth_clients.date_created"}},
		{"a version that nobody knows yet", "directus: 12.4.1", "directus: 99.0.0", nil},
		{"any of nothing", "one_allowed_collections: [customers]", "one_allowed_collections: []", []string{"STALE_REFERENCE relation orders_pages.item"}},
		{"any of what is not there", "one_allowed_collections: [customers]", "one_allowed_collections: [customers, gone]", []string{"STALE_REFERENCE relation orders_pages.item"}},
		{"no field for which collection", "one_collection_field: collection", "one_collection_field: kind", []string{"STALE_REFERENCE relation orders_pages.item"}},
		{"a partial snapshot", "version: 1\n", "version: 2\n", []string{"!PARTIAL_SNAPSHOT "}},
	} {
		if n := strings.Count(sound, c.old); n != 1 {
			t.Errorf("%s: %q stands there %d times", c.name, c.old, n)
			continue
		}
		if diff := cmp.Diff(c.want, found(strings.Replace(sound, c.old, c.new, 1))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestFilesThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"version: 1\ndirectus: 12.4.1\nvendor: postgres\ncollections: []\nfields: []\nrelations: []\n": "!EMPTY_SNAPSHOT ",
		"": "!NOT_A_SNAPSHOT ",
		strings.Replace(sound, "vendor: postgres", "vendor: mysql", 1):      "!FOREIGN_VENDOR ",
		strings.Replace(sound, "relations:", "<<<<<<< HEAD\nrelations:", 1): "!CONFLICT_MARKERS ",
		sound[:strings.Index(sound, "\nrelations:")+1]:                      "!SNAPSHOT_TRUNCATED ",
	} {
		if got := found(text); len(got) != 1 || got[0] != want {
			t.Errorf("%.20q: %q, want %q", text, got, want)
		}
	}
}

// TestFindingsHaveAPlace: file, line and a way out.
func TestFindingsHaveAPlace(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(sound, "related_collection: customers", "related_collection: clients", 1)
	for _, f := range File(snapshot.Decode("schema.yaml", []byte(broken)), directus.Version{}) {
		lines := strings.Split(broken, "\n")
		if f.File != "schema.yaml" || f.Line < 1 || f.Fix == "" || !strings.Contains(lines[f.Line-1], "collection: "+strings.Split(strings.Fields(f.Item)[1], ".")[0]) {
			t.Errorf("%+v", f)
		}
	}
}

// TestQuick: a snapshot of 20,000 fields is no matter of patience.
func TestQuick(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	head, rest, _ := strings.Cut(sound, "\nfields:\n")
	rest, relations, _ := strings.Cut(rest, "systemFields:\n")
	b.WriteString(head + "\nfields:\n" + rest)
	for i := range 20_000 {
		fmt.Fprintf(&b, "  - {collection: orders, field: f%d, type: string, meta: {group: detail}, schema: {name: x}}\n", i)
	}
	b.WriteString("systemFields:\n" + relations)
	began := time.Now()
	found(b.String())
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it takes %s", took)
	}
}
