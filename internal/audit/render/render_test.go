package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/audit"
	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

var update = flag.Bool("update", false, "write the golden files")

func result() *audit.Result {
	index := object.Key{Kind: object.Index, Schema: "public", Table: "devices", Name: "devices_place"}
	return &audit.Result{
		Compared: 812,
		Findings: []audit.Finding{
			{
				State: audit.NotInDBInit, Object: object.Key{Kind: object.Table, Schema: "public", Name: "positions"}, SQL: "CREATE TABLE public.positions (id integer);\nCREATE INDEX x ON public.positions (id);", Proved: true,
				Parts: []object.Key{{Kind: object.Check, Name: "c"}, {Kind: object.Index, Name: "x"}, {Kind: object.Index, Name: "y"}},
			},
			{State: audit.NotInDBInit, Object: index, SQL: "CREATE INDEX devices_place;", Remark: "its SQL does not run on the throwaway database: no"},
			{State: audit.Differs, Object: object.Key{Kind: object.Domain, Schema: "public", Name: "imei"}, Live: "text CHECK (1)", Built: "text\nCHECK (2)", Remark: "no SQL can be given for it: write it by hand"},
			{State: audit.NotInLive, Object: object.Key{Kind: object.View, Schema: "public", Name: "hostile\x1b[2J\nname"}, LiveSQL: "CREATE VIEW v AS SELECT 1;", Where: "db-init/003.sql:7"},
		},
		Unchecked: []audit.Finding{{State: audit.Unchecked, Object: object.Key{Kind: object.Extension, Name: "timescaledb"}, Remark: "not available"}},
		Accepted:  []audit.Finding{{State: audit.NotInDBInit, Object: index, Reason: "old"}},
		Problems:  []audit.Problem{{Table: "thing", SQL: "CREATE INDEX i ON thing (r)", Message: "data type json has no default operator class"}},
		Stale:     []audit.Entry{{State: audit.Differs, Object: "view public.gone"}},
		Notes:     []string{"live is Postgres 17"},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for name, verbose := range map[string]bool{"result.txt": false, "result-verbose.txt": true} {
		var out bytes.Buffer
		if err := Text(&out, result(), verbose); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.String())
		for l := range strings.SplitSeq(out.String(), "\n") {
			if !terminal.IsClean(l) {
				t.Errorf("%q reaches a terminal", l)
			}
		}
	}
	var out bytes.Buffer
	if err := Text(&out, &audit.Result{Compared: 3}, false); err != nil || out.String() != "3 objects compared, db-init and the snapshot make all of live\n" {
		t.Errorf("nothing found: %q, %v", out.String(), err)
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := SQL(&out, result(), true); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.sql", out.String())
	// A name cannot leave its comment.
	var raw bytes.Buffer
	if err := SQL(&raw, &audit.Result{Findings: []audit.Finding{{State: audit.NotInLive, Object: object.Key{Kind: object.View, Name: "a\nDROP TABLE x;\rDROP TABLE y;"}}}}, false); err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.FieldsFunc(raw.String(), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if !strings.HasPrefix(l, "--") {
			t.Errorf("%q is no comment", l)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := JSON(&out, result(), "drift", ""); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", out.String())
	out.Reset()
	if err := JSON(&out, &audit.Result{}, "not-run", "postgres://u:hunter2@h/x cannot be reached"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("a password is told: %s", out.String())
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"findings", "unchecked", "accepted", "problems", "stale", "notes"} {
		if list, ok := got[key].([]any); !ok || len(list) != 0 {
			t.Errorf("%s is %v, no empty list", key, got[key])
		}
	}
}
