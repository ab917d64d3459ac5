package consent

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list string
		want []string
		fail bool
	}{
		{list: ""},
		{list: "COLLECTION_DROP:collection orders", want: []string{"COLLECTION_DROP:collection orders"}},
		{list: "COLLECTION_DROP:collection a, b,FIELD_DROP:field a.b", want: []string{"COLLECTION_DROP:collection a, b", "FIELD_DROP:field a.b"}},
		{list: "collection_drop:collection a", want: []string{"COLLECTION_DROP:collection a"}},
		{list: "COLLECTION_DROP", fail: true},
		{list: "COLLECTION_DROP:", fail: true},
		{list: "yes:all", fail: true},
		{list: "1", fail: true},
	} {
		got, err := Parse(c.list)
		if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != c.fail {
			t.Errorf("%q: %v\n%s", c.list, err, diff)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	refusals := []finding.Finding{{Code: finding.CollectionDrop, Item: "collection a"}, {Code: finding.CollectionDrop, Item: "collection b"}}
	for _, c := range []struct {
		allowed []string
		want    int
	}{
		{nil, 2},
		{[]string{"COLLECTION_DROP:collection a"}, 1},
		{[]string{"COLLECTION_DROP:collection", "COLLECTION_DROP:*", "FIELD_DROP:collection b"}, 2},
		{[]string{Words(refusals)}, 2},
		{[]string{"COLLECTION_DROP:collection b", "COLLECTION_DROP:collection a"}, 0},
	} {
		if got := Missing(refusals, c.allowed); len(got) != c.want {
			t.Errorf("%q leaves %v", c.allowed, got)
		}
	}
	if got, err := Parse(Words(refusals)); err != nil || len(Missing(refusals, got)) != 0 {
		t.Errorf("what is printed does not consent: %q %v", got, err)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := Open(func(name string) string { return map[string]string{"XDG_STATE_HOME": dir}[name] })
	for range 2 {
		if err := l.Add(Entry{User: "anna", Command: Hide([]string{"docker", "run", "-e", "DB_PASSWORD=s3cret", "-eA=s3cret", "--env=B=s3cret", "img"}), Allowed: []string{"X:y"}}); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "schemaguard", "consents.log"))
	if err != nil || strings.Count(string(data), "\n") != 2 || strings.Contains(string(data), "s3cret") {
		t.Fatalf("%s %v", data, err)
	}
	var e Entry
	if err := json.Unmarshal([]byte(strings.SplitN(string(data), "\n", 2)[0]), &e); err != nil || e.User != "anna" {
		t.Errorf("%+v %v", e, err)
	}
	if err := Open(func(string) string { return "" }).Add(Entry{}); err == nil && os.Getenv("HOME") == "" {
		t.Error("kept nowhere")
	}
	if err := (Log{}).Add(Entry{}); err == nil {
		t.Error("kept nowhere")
	}
	if err := (Log{"/dev/null/x/consents.log"}).Add(Entry{}); err == nil {
		t.Error("a consent that could not be kept counts")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("COLLECTION_DROP:a,b,FIELD_DROP:c")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = Parse(s) })
}
