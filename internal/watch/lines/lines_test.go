package lines

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
)

var at = time.Date(2026, 11, 24, 14, 2, 7, 0, time.Local)

func TestText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		event watch.Event
		want  string
	}{
		{watch.Event{At: at, Kind: watch.StateChanged, Text: "unsaved: 1 item: collection a", Hint: "schemaguard snapshot --stage"}, "14:02:07 unsaved: 1 item: collection a; next: schemaguard snapshot --stage\n"},
		{watch.Event{At: at, Kind: watch.Saved, Text: "saved", Hint: "git commit"}, "14:02:07 saved\n"},
		{watch.Event{At: at, Kind: watch.StateChanged, Text: "clean"}, "14:02:07 clean\n"},
		{watch.Event{At: at, Kind: watch.StateChanged, Text: "a\x1b[2J\nb"}, `14:02:07 a\x1b[2J\nb` + "\n"},
	} {
		var b bytes.Buffer
		if err := Text(&b, tt.event); err != nil || b.String() != tt.want {
			t.Errorf("%q, %v, want %q", b.String(), err, tt.want)
		}
	}
}

// full is an event with every field set.
func full() watch.Event {
	return watch.Event{
		At: at, Kind: watch.StateChanged, Text: "x", Hint: "y",
		State: watch.State{
			Standing: watch.Unsaved, Project: "shop", Database: "d", Directus: "12.4.1", Branch: "main", Summary: "s",
			Places: []watch.Place{{Name: "boot", Where: "w", Items: 1, Against: "same", Lacks: 1, Stale: "older than HEAD"}},
			Items: []policy.Change{{
				Item: "field a.b", Kind: "field", Name: "a.b", Class: threeway.UnsavedEdit, Boot: "drops it", Loses: true,
				Paths: []policy.PathChange{{Path: "meta.note", Live: "1", Target: "2"}},
				Loss:  []policy.Loss{{What: "rows", Count: 1, Estimate: true, Data: true}}, Author: "a", ChangedAt: at, Branch: "b", Under: "c",
			}},
			Counts: policy.Counts{Unsaved: 1}, Findings: []finding.Finding{{Code: finding.Conflict}}, Notes: []string{"n"}, Next: []string{"x"},
			CheckedAt: at, Failure: "f", Seeing: "triggers",
		},
	}
}

// The published schema has exactly the fields that are written, and is met by what
// is written.
func TestSchema(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../docs/watch.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := JSON(&b, full()); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b.Bytes(), []byte("\n")); n != 1 {
		t.Errorf("%d lines", n)
	}
	var event any
	if err := json.Unmarshal(b.Bytes(), &event); err != nil {
		t.Fatal(err)
	}
	compare(t, "event", schema, schema, event)
	states := schema["$defs"].(map[string]any)["state"].(map[string]any)["properties"].(map[string]any)["state"].(map[string]any)["enum"].([]any)
	var want []any
	for _, s := range watch.Standings() {
		want = append(want, string(s))
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}

// compare holds a value to its schema, field by field.
func compare(t *testing.T, where string, root, schema map[string]any, value any) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[path.Base(ref)].(map[string]any)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		for _, v := range value.([]any) {
			compare(t, where+"[]", root, items, v)
		}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		t.Errorf("%s is %v, none of %v", where, value, enum)
	}
	properties, ok := schema["properties"].(map[string]any)
	if !ok {
		return
	}
	object := value.(map[string]any)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(properties)), slices.Sorted(maps.Keys(object))); diff != "" {
		t.Errorf("%s: the schema (-) and what is written (+):\n%s", where, diff)
	}
	for _, r := range schema["required"].([]any) {
		if _, ok := properties[r.(string)]; !ok {
			t.Errorf("%s: %v is required and not described", where, r)
		}
	}
	for name, v := range object {
		if p, ok := properties[name].(map[string]any); ok {
			compare(t, where+"."+name, root, p, v)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestABrokenPipeIsAnError(t *testing.T) {
	t.Parallel()
	for _, write := range []func(io.Writer, watch.Event) error{Text, JSON} {
		if err := write(broken{}, full()); !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	}
}
