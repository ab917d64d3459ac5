package audit

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/audit/object"
)

func TestBaseline(t *testing.T) {
	t.Parallel()
	s := setting{live: thingSQL + "CREATE INDEX x ON thing (a, b); CREATE INDEX y ON thing (b, a)", post: "CREATE VIEW v AS SELECT 1 AS n"}
	r := s.audit(t)
	data, err := FormatBaseline(r, "it's: old\nand stays")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := ParseBaseline("audit.baseline", data)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, data)
	}
	s.accepted = entries
	r = s.audit(t)
	if len(r.Findings) != 0 || len(r.Accepted) != 3 || len(r.Stale) != 0 || r.Accepted[0].Reason != "it's: old\nand stays" {
		t.Errorf("accepted: %+v, left: %q", r.Accepted, brief(r))
	}
	// Written again it keeps the reasons, and its bytes.
	if again, err := FormatBaseline(r, "another"); err != nil || string(again) != string(data) {
		t.Errorf("written again: %v\n%s", err, cmp.Diff(string(data), string(again)))
	}
	// Another definition is news, and what is gone is no longer needed.
	s.live = thingSQL + "CREATE INDEX x ON thing (a, b, id)"
	r = s.audit(t)
	if diff := cmp.Diff([]string{"not-in-db-init index public.thing.x"}, brief(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.Accepted) != 1 || len(r.Stale) != 2 {
		t.Errorf("%d accepted, %d stale", len(r.Accepted), len(r.Stale))
	}
}

func TestBaselineProblems(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"version: 2\naccepted: []": "version 2",
		"version: 1\naccepted:\n  - {object: x, state: not-in-db-init, digest: a}":         "no reason",
		"version: 1\naccepted:\n  - {object: x, state: not-checked, digest: a, reason: r}": "state",
		"version: 1\naccepted:\n  - {object: x, state: differs, digest: a, why: r}":        "why",
		"version: 1\naccepted: x": "accepted",
		"\t":                      "",
	} {
		_, err := ParseBaseline("the file", []byte(text))
		var bad *BaselineError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "the file") || want != "accepted" && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if entries, err := ParseBaseline("x", []byte("# nothing yet\n")); err != nil || len(entries) != 0 {
		t.Errorf("an empty file: %v, %v", entries, err)
	}
}

func FuzzBaseline(f *testing.F) {
	f.Add("version: 1\naccepted:\n  - {object: x, state: differs, digest: a, reason: r}\n")
	f.Add("version: 1\naccepted: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := ParseBaseline("x", []byte(text))
		if err != nil && entries != nil {
			t.Error("entries beside an error")
		}
	})
}

func TestLocate(t *testing.T) {
	t.Parallel()
	sources := []Source{
		{"db-init/001.sql", "-- CREATE INDEX positions_place\nCREATE TABLE positions (\n  id int CHECK (id > 0)\n);\n"},
		{"db-init/002.sql", "CREATE INDEX IF NOT EXISTS positions_place2 ON positions (id);\n\nCREATE INDEX\n  positions_other ON positions (id);\nCREATE INDEX \"Positions_Place\" ON positions (id);\n"},
	}
	for want, k := range map[string]object.Key{
		"db-init/002.sql:5": {Kind: object.Index, Schema: "public", Table: "positions", Name: "positions_place"},
		"db-init/002.sql:1": {Kind: object.Index, Schema: "public", Table: "positions", Name: "positions_place2"},
		"":                  {Kind: object.View, Schema: "public", Name: "nowhere"},
	} {
		if got := locate(sources, k); got != want {
			t.Errorf("%s is at %q, not %q", k, got, want)
		}
	}
	if got := locate(sources[:1], object.Key{Kind: object.Check, Table: "positions", Name: "positions_id_check"}); got != "db-init/001.sql:2" {
		t.Errorf("a name that Postgres gave is at %q", got)
	}
}

func FuzzHasWord(f *testing.F) {
	f.Add("CREATE TABLE a.b", "b")
	f.Add("İa", "a")
	f.Fuzz(func(t *testing.T, line, word string) {
		if hasWord(line, word) && !strings.Contains(strings.ToLower(line), strings.ToLower(word)) {
			t.Errorf("%q is in %q", word, line)
		}
	})
}
