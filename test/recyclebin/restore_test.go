//go:build directus

package recyclebin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/doomed"
)

// questions are what has to be as before.
var questions = []string{"/items/articles?fields=*,author.name,tags&sort=id", "/items/articles?filter[title][_eq]=one", "/items/authors?fields=*&sort=id"}

// rowsSQL are the rows of Directus that an apply takes along.
const rowsSQL = `SELECT 'permission', id, collection, action, fields FROM directus_permissions WHERE collection IN ('articles', 'authors')
UNION ALL SELECT 'preset', id, collection, bookmark, layout FROM directus_presets WHERE bookmark IS NOT NULL
UNION ALL SELECT 'revision', id, collection, item, activity::text FROM directus_revisions WHERE collection LIKE 'articles%'
UNION ALL SELECT 'activity', id, collection, item, action FROM directus_activity WHERE collection LIKE 'articles%'
UNION ALL SELECT 'flow', 0, name, trigger, options::text FROM directus_flows UNION ALL SELECT 'operation', 0, key, type, options::text FROM directus_operations UNION ALL SELECT 'panel', 0, type, '', options::text FROM directus_panels
UNION ALL SELECT 'block', id, collection, item, pages_id::text FROM pages_blocks ORDER BY 1, 2`

// TestDirectusServesItAgain lets the real Directus drop five collections and brings
// them back.
func TestDirectusServesItAgain(t *testing.T) {
	for _, version := range []string{"12.4.1", "11.17.4", "10.13.4"} {
		t.Run(version, func(t *testing.T) {
			s := open(t, version)
			s.kept()
			stale := s.snapshot()
			s.doomed()
			s.reader()
			before, rows := s.snapshot(), s.sql(rowsSQL)
			var answers []string
			for _, q := range questions {
				answers = append(answers, s.read(q))
			}
			if !strings.Contains(answers[0], `"title":"one"`) || !strings.HasPrefix(answers[2], "200") || strings.Count(rows, "revision") < 3 || !strings.Contains(rows, "mine") {
				t.Fatalf("the scene is not what it should be: %s\n%s", answers, rows)
			}

			going := doomed.Of(s.plan(stale))
			entry, err := recyclebin.Fill(t.Context(), s.conn, going, recyclebin.Options{Limit: recyclebin.DefaultLimit, Reason: "test", Now: time.Now()})
			s.must(err)
			if s.snapshot() != before {
				t.Error("the bin shows in Directus's snapshot")
			}
			s.server.Stop()
			s.apply(stale)
			if s.sql("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'articles%'") != "0" || s.snapshot() != stale {
				t.Fatalf("the apply did not drop the collections (-want +got):\n%s", cmp.Diff(strings.Split(stale, "\n"), strings.Split(s.snapshot(), "\n")))
			}
			s.restart() // so that this Directus knows nothing of what was there
			if got := s.read(questions[1]); !strings.HasPrefix(got, "403") {
				t.Errorf("served although it is gone: %s", got)
			}
			out, err := recyclebin.Restore(t.Context(), s.conn, entry.ID, recyclebin.RestoreOptions{Now: time.Now()})
			s.must(err)
			if len(out.Notes) > 0 {
				t.Errorf("not all came back: %q", out.Notes)
			}
			if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(s.snapshot(), "\n")); diff != "" {
				t.Errorf("the snapshot (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(rows, s.sql(rowsSQL)); diff != "" {
				t.Errorf("rows of Directus (-before +after):\n%s", diff)
			}
			if got := s.read(questions[1]); !strings.HasPrefix(got, "403") {
				t.Logf("this Directus needs no clearing of its cache: %.100s", got)
			}
			if _, err := s.server.Call(t.Context(), http.MethodPost, "/utils/cache/clear?system", nil); err != nil {
				t.Error(err)
			}
			s.serves(answers, "after /utils/cache/clear?system")
			s.restart()
			s.serves(answers, "after a restart")
			s.post("/items/articles", `{"title":"four"}`)
		})
	}
}

func (s *scene) serves(answers []string, when string) {
	s.t.Helper()
	for i, q := range questions {
		if diff := cmp.Diff(answers[i], s.read(q)); diff != "" {
			s.t.Errorf("%s, %s (-before +after):\n%s", q, when, diff)
		}
	}
}
