package merge

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

const keepHead = "version: 1\ndirectus: 12.4.1\nvendor: postgres\n"

func keepSnapshot(t *testing.T, text string) *snapshot.Snapshot {
	t.Helper()
	file := snapshot.Decode("test.yaml", []byte(keepHead+text))
	if !file.Trusted() {
		t.Fatal(file.Problems)
	}
	return file.Snapshot
}

func TestKeep(t *testing.T) {
	t.Parallel()
	live := keepSnapshot(t, `collections:
  - collection: a
    meta:
      note: live
    schema:
      name: a
  - collection: dropped
    meta: {}
    schema:
      name: dropped
  - collection: mine
    meta: {}
    schema:
      name: mine
fields:
  - collection: a
    field: id
    type: integer
    meta: {}
  - collection: dropped
    field: id
    type: integer
    meta: {}
relations: []
systemFields: []
`)
	target := keepSnapshot(t, `collections:
  - collection: a
    meta:
      note: target
    schema:
      name: a
  - collection: b
    meta: {}
    schema:
      name: b
  - collection: gone
    meta: {}
    schema:
      name: gone
fields:
  - collection: a
    field: id
    type: integer
    meta: {}
  - collection: b
    field: id
    type: integer
    meta: {}
  - collection: gone
    field: added
    type: integer
    meta: {}
relations: []
systemFields: []
`)
	// b waits to be created, dropped to be dropped; gone was deleted in live, and
	// a colleague gave it a field meanwhile.
	waiting := map[string]bool{"collection b": true, "field b.id": true, "collection dropped": true, "field dropped.id": true, "field gone.added": true}
	got := Keep(live, target, func(k snapshot.Key) bool { return waiting[k.String()] })
	var keys []string
	for _, key := range got.Keys() {
		keys = append(keys, key.String())
	}
	if diff := cmp.Diff([]string{"collection a", "collection b", "collection mine", "field a.id", "field b.id"}, keys); diff != "" {
		t.Error(diff)
	}
	if note := got.Get(collection("a")).Meta().Get("note").Str(); note != "live" {
		t.Errorf("a is %q, not live's: it does not wait", note)
	}
	if same := Keep(live, target, func(snapshot.Key) bool { return false }); !identical(same, live) {
		t.Error("where nothing waits it is not live")
	}
}
