package report

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/itemdiff"
)

func richLog() []itemdiff.Commit {
	at := time.Date(2026, 11, 24, 14, 2, 0, 0, time.Local)
	id := func(c string) string { return strings.Repeat(c, 40) }
	created := itemdiff.Commit{ID: id("c"), Time: at.Add(-72 * time.Hour), Author: "Ada", Subject: "the fleet"}
	for i := range 14 {
		name := fmt.Sprintf("table_%d", i)
		created.Items = append(created.Items, itemdiff.Item{Kind: "collection", Name: name, Collection: name, Where: itemdiff.OnlyB, B: "table"})
	}
	for i := range 3 {
		created.Items = append(created.Items, itemdiff.Item{Kind: "field", Name: fmt.Sprintf("table_0.f%d", i), Collection: "table_0", Where: itemdiff.OnlyB, B: "text"})
	}
	created.Items = append(created.Items, itemdiff.Item{Kind: "relation", Name: "table_0.f1", Collection: "table_0", Where: itemdiff.OnlyB, B: "-> users.id"})
	many := itemdiff.Item{Kind: "field", Name: "vehicles.plate", Collection: "vehicles", Where: itemdiff.Both, A: "string(12)", B: "string(20)"}
	for i := range 6 {
		many.Paths = append(many.Paths, itemdiff.Path{Path: fmt.Sprintf("meta.options.p%d", i), A: `"` + strings.Repeat("long ", 60) + `a"`, B: `"` + strings.Repeat("long ", 60) + `b"`})
	}
	joined := []itemdiff.Item{
		{Kind: "field", Name: "vehicles.seats", Collection: "vehicles", Where: itemdiff.OnlyB, B: "integer not null"},
		many,
		{Kind: "collection", Name: "orders", Collection: "orders", Where: itemdiff.OnlyA, A: "table", Loss: "drops the table with all its rows"},
		{Kind: "field", Name: "orders.total", Collection: "orders", Where: itemdiff.OnlyA, A: "integer", Loss: "drops the column with all its values"},
	}
	return []itemdiff.Commit{
		{ID: id("a"), Time: at, Author: "Ada Lovelace", Email: "ada@example.com", Subject: "join the branches", Merge: []string{id("b")}, Items: joined},
		{ID: id("d"), Time: at.Add(-time.Hour), Author: "B", Subject: "marks", NotReadable: "snapshots/schema.yaml holds the marks of an unresolved merge"},
		{ID: id("e"), Time: at.Add(-2 * time.Hour), Author: "B", Subject: "update", Directus: "11.17.4 -> 12.4.1"},
		{ID: id("f"), Time: at.Add(-3 * time.Hour), Author: "B", Subject: "reorder"},
		{ID: id("0"), Time: at.Add(-4 * time.Hour), Author: "B", Subject: "remove it", FileRemoved: true, Items: []itemdiff.Item{{Kind: "collection", Name: "a", Collection: "a", Where: itemdiff.OnlyA, A: "folder"}}},
		created,
	}
}

func hostileLog() []itemdiff.Commit {
	return []itemdiff.Commit{{
		ID: evil, Time: time.Date(2026, 11, 24, 14, 2, 0, 0, time.Local), Author: evil, Email: evil, Subject: evil, Merge: []string{evil}, Directus: evil,
		Items: []itemdiff.Item{
			{Kind: "collection", Name: evil, Collection: evil, Where: itemdiff.OnlyB, B: evil},
			{Kind: "field", Name: evil + "." + evil, Collection: "x", Where: itemdiff.Both, Paths: []itemdiff.Path{{Path: evil, A: evil, B: evil}}},
		},
	}, {ID: "::error::a", Subject: "::error::", NotReadable: evil}}
}

func commits(list []itemdiff.Commit) iter.Seq2[itemdiff.Commit, error] {
	return func(yield func(itemdiff.Commit, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func TestLogGolden(t *testing.T) {
	t.Parallel()
	out := map[string]string{}
	for name, list := range map[string][]itemdiff.Commit{"rich": richLog(), "hostile": hostileLog(), "empty": nil} {
		write := func(l itemdiff.Log, json bool, o Options) string {
			text := written(t, func(w io.Writer) error { return Log(w, &l, commits(list), json, o) })
			zone := richLog()[0].Time.Format(time.RFC3339)[len("2026-11-24T14:02:00"):]
			return strings.ReplaceAll(text, zone+`",`, `Z",`)
		}
		all := itemdiff.Log{File: "snapshots/schema.yaml", Notes: []string{"the clone is shallow"}}
		one := itemdiff.Log{File: "snapshots/schema.yaml", Item: "field vehicles.plate", Gone: true}
		out[name+"-all"] = write(all, false, Options{})
		out[name+"-all-40"] = write(all, false, Options{Width: 40})
		out[name+"-one-80"] = write(one, false, Options{Width: 80})
		out[name+"-one-colour"] = write(one, false, Options{Colour: true, Width: 80})
		out[name+"-json"] = write(one, true, Options{Version: "0.1.0"})
	}
	for name, text := range out {
		if strings.ContainsRune(strings.ReplaceAll(text, "\x1b[", ""), '\x1b') || strings.Contains(text, "\n::") {
			t.Errorf("%s: a name gives commands: %q", name, text)
		}
	}
	golden(t, "log", out)
}

// TestLogVerbose: nothing is left out.
func TestLogVerbose(t *testing.T) {
	t.Parallel()
	text := written(t, func(w io.Writer) error {
		return Log(w, &itemdiff.Log{}, commits(richLog()), false, Options{Verbose: true})
	})
	for _, c := range richLog() {
		for _, item := range c.Items {
			if !strings.Contains(text, item.Kind+" "+item.Name) {
				t.Errorf("%s %s is left out", item.Kind, item.Name)
			}
			for _, p := range item.Paths {
				if !strings.Contains(text, p.Path+": "+p.A+" -> "+p.B) {
					t.Errorf("%s of %s is left out", p.Path, item.Name)
				}
			}
		}
	}
	if strings.Contains(text, "more item") || strings.Contains(text, "…") {
		t.Error("something is cut")
	}
}

// TestLogEndsWithItsError: what was read before stands, and a log that broke
// off does not look complete.
func TestLogEndsWithItsError(t *testing.T) {
	t.Parallel()
	broken := errors.New("git died")
	for _, json := range []bool{false, true} {
		var b strings.Builder
		err := Log(&b, &itemdiff.Log{Notes: []string{"the end"}}, func(yield func(itemdiff.Commit, error) bool) {
			if yield(richLog()[5], nil) {
				yield(itemdiff.Commit{}, broken)
			}
		}, json, Options{})
		if !errors.Is(err, broken) || strings.Contains(b.String(), "the end") || json != (b.Len() == 0) {
			t.Errorf("json is %t: %v after %q", json, err, b.String())
		}
	}
}
