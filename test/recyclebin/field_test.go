//go:build directus

package recyclebin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/doomed"
)

// TestFieldsComeBack lets the real Directus drop two fields, one of them a relation,
// and narrow a third, and brings them back one by one.
func TestFieldsComeBack(t *testing.T) {
	for _, version := range []string{"12.4.1", "11.17.4"} {
		t.Run(version, func(t *testing.T) {
			s := open(t, version)
			s.kept()
			s.post("/collections", `{"collection":"articles","schema":{},"meta":{},"fields":[`+key+`,{"field":"title","type":"string","meta":{},"schema":{"max_length":10}},{"field":"box","type":"alias","meta":{"special":["alias","no-data","group"],"interface":"group-raw"}},{"field":"inside","type":"string","meta":{},"schema":{}}]}`)
			stale := s.snapshot()
			s.post("/fields/articles", `{"field":"subtitle","type":"string","meta":{"note":"n"},"schema":{"is_nullable":false,"default_value":"none","is_indexed":true}}`)
			s.post("/fields/articles", `{"field":"editor","type":"integer","meta":{"special":["m2o"]},"schema":{}}`)
			s.post("/fields/authors", `{"field":"edited","type":"alias","meta":{"special":["o2m"]}}`)
			s.post("/relations", `{"collection":"articles","field":"editor","related_collection":"authors","meta":{"one_field":"edited"},"schema":{"on_delete":"SET NULL"}}`)
			s.patch("/fields/articles/title", `{"type":"string","schema":{"max_length":60}}`)
			s.patch("/collections/articles", `{"meta":{"sort_field":"subtitle"}}`)
			s.post("/items/articles", `[{"title":"a title that is long","subtitle":"one","editor":1},{"title":"short","editor":2}]`)
			policy := s.post("/policies", `{"name":"read","admin_access":false,"app_access":false}`)
			s.sql(fmt.Sprintf("INSERT INTO directus_permissions (policy, collection, action, fields) VALUES ('%s', 'articles', 'read', 'id,subtitle,title'), ('%[1]s', 'articles', 'update', 'editor')", policy))
			const rows = "SELECT id, title, subtitle, editor FROM articles ORDER BY id; SELECT action, fields FROM directus_permissions ORDER BY id; SELECT sort_field FROM directus_collections WHERE collection = 'articles'"
			before, had := s.snapshot(), s.sql(rows)

			entry, err := recyclebin.Fill(t.Context(), s.conn, doomed.Of(s.plan(stale)), recyclebin.Options{Limit: recyclebin.DefaultLimit, Now: time.Now()})
			s.must(err)
			s.apply(stale)
			if got := s.sql("SELECT title FROM articles ORDER BY id"); !strings.HasPrefix(got, "a title th\n") {
				t.Fatalf("the apply did not narrow: %s", got)
			}
			if got := s.sql("SELECT fields FROM directus_permissions WHERE action = 'read'"); got != "id,title" {
				t.Fatalf("the apply did not take the field out of the permission: %s", got)
			}
			var names []string
			for _, it := range entry.Items {
				names = append(names, string(it.Kind)+" "+it.Name)
				out, err := recyclebin.Restore(t.Context(), s.conn, entry.ID+":"+it.Name, recyclebin.RestoreOptions{Now: time.Now()})
				if err != nil {
					t.Errorf("%s: %v", it.Name, err)
				} else if len(out.Notes) > 0 {
					t.Logf("%s: %q", it.Name, out.Notes)
				}
			}
			if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(s.snapshot(), "\n")); diff != "" {
				t.Errorf("%q: the snapshot (-before +after):\n%s", names, diff)
			}
			if diff := cmp.Diff(had, s.sql(rows)); diff != "" {
				t.Errorf("%q: rows (-before +after):\n%s", names, diff)
			}
		})
	}
}

func (s *scene) patch(path, body string) {
	s.t.Helper()
	_, err := s.server.Call(s.t.Context(), http.MethodPatch, path, raw(body))
	s.must(err)
}
