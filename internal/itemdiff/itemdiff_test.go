package itemdiff

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

func example(t *testing.T, edits ...string) *snapshot.Snapshot {
	t.Helper()
	data, err := os.ReadFile("../../snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the example lacks %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	file := snapshot.Decode("schema.yaml", []byte(text))
	if !file.Trusted() {
		t.Fatal(file.Problems)
	}
	return file.Snapshot
}

// without takes items out.
func without(s *snapshot.Snapshot, keys ...snapshot.Key) *snapshot.Snapshot {
	out := snapshot.New(s.Version, s.Directus, s.Vendor)
	for _, kind := range snapshot.Kinds() {
		for _, item := range s.Items(kind) {
			gone := false
			for _, key := range keys {
				gone = gone || key == item.Key
			}
			if !gone {
				out.Add(item)
			}
		}
	}
	return out
}

func TestItems(t *testing.T) {
	t.Parallel()
	a := example(t)
	longer := example(t, "max_length: 12", "max_length: 20")
	table := snapshot.Key{Collection: "events"}
	folder := snapshot.Key{Collection: "fleet"}
	plate := snapshot.Key{Kind: snapshot.Field, Collection: "vehicles", Field: "plate"}
	alias := snapshot.Key{Kind: snapshot.Field, Collection: "vehicles", Field: "devices"}
	relation := snapshot.Key{Kind: snapshot.Relation, Collection: "events", Field: "device"}
	for _, c := range []struct {
		name string
		a, b *snapshot.Snapshot
		want []Item
	}{
		{"equal", a, example(t), nil},
		{"a table goes", a, without(a, table), []Item{{Kind: "collection", Name: "events", Collection: "events", Where: OnlyA, A: "table", Loss: dropsTable}}},
		{"a table comes", without(a, table), a, []Item{{Kind: "collection", Name: "events", Collection: "events", Where: OnlyB, B: "table"}}},
		{"a folder goes", a, without(a, folder), []Item{{Kind: "collection", Name: "fleet", Collection: "fleet", Where: OnlyA, A: "folder"}}},
		{"a column goes", a, without(a, plate), []Item{{Kind: "field", Name: "vehicles.plate", Collection: "vehicles", Where: OnlyA, A: "string(12) not null unique", Loss: dropsColumn}}},
		{"an alias goes", a, without(a, alias), []Item{{Kind: "field", Name: "vehicles.devices", Collection: "vehicles", Where: OnlyA, A: "alias"}}},
		{"a relation goes", a, without(a, relation), []Item{{Kind: "relation", Name: "events.device", Collection: "events", Where: OnlyA, A: "-> devices.id  on delete CASCADE, one_field events"}}},
		{"a column narrows", longer, a, []Item{{
			Kind: "field", Name: "commands.state", Collection: "commands", Where: Both, A: `string(20) not null default "queued"`, B: `string(12) not null default "queued"`,
			Loss: "narrows the column from character varying(20) to character varying(12)", Paths: []Path{{Path: "schema.max_length", A: "20", B: "12"}},
		}}},
		{"a column widens", a, longer, []Item{{
			Kind: "field", Name: "commands.state", Collection: "commands", Where: Both, A: `string(12) not null default "queued"`, B: `string(20) not null default "queued"`,
			Paths: []Path{{Path: "schema.max_length", A: "12", B: "20"}},
		}}},
	} {
		if diff := cmp.Diff(c.want, Items(c.a, c.b), cmpopts.IgnoreFields(Item{}, "Key")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestTakenForDeleted: a lacking key is a loss where Directus makes one of it,
// and only there.
func TestTakenForDeleted(t *testing.T) {
	t.Parallel()
	lacks := []string{"      color: null\n", ""}
	for _, c := range []struct{ version, want string }{
		{"12.4.1", ""},
		{"11.17.4", "may drop the table with all its rows: its meta lacks color, which Directus 11.17.4 takes for a deletion"},
		{"nonsense", ""},
	} {
		b := example(t, lacks...)
		b.Directus = c.version
		items := Items(example(t), b)
		if len(items) != 1 || items[0].Loss != c.want {
			t.Errorf("%s: %+v, want the loss %q", c.version, items, c.want)
		}
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	a := Side{policy.Source{Name: "a"}, example(t)}
	if d := Between(a, Side{policy.Source{Name: "b"}, example(t)}); d.OrderOnly || len(d.Items) > 0 || d.A.Name != "a" || d.B.Name != "b" {
		t.Errorf("equal sides: %+v", d)
	}
	turned := snapshot.New(1, "12.4.1", "postgres")
	for _, kind := range snapshot.Kinds() {
		for _, item := range slices.Backward(a.Snapshot.Items(kind)) {
			turned.Add(item)
		}
	}
	if d := Between(a, Side{Snapshot: turned}); !d.OrderOnly || len(d.Items) > 0 {
		t.Errorf("another order: order only is %t, %d items", d.OrderOnly, len(d.Items))
	}
	gone := without(a.Snapshot, snapshot.Key{Collection: "events"})
	if d := Between(a, Side{Snapshot: gone}); d.OrderOnly || len(d.Items) != 1 {
		t.Errorf("an item less: order only is %t, %d items", d.OrderOnly, len(d.Items))
	}
}
