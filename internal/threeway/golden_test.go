package threeway

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

var update = flag.Bool("update", false, "write want.txt in testdata")

// TestGolden classifies the snapshots of each archive in testdata, one behaviour
// a file: live.yaml against target.yaml, with sync.yaml where there is a sync
// point, behind.yaml for the target's own past, and known.yaml for what other
// branches have. What comes out is want.txt.
func TestGolden(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := render(classified(t, archive))
			want := file(archive, "want.txt")
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// file returns a file of an archive, which is nil for one that is not there but
// for want.txt, which is made.
func file(a *txtar.Archive, name string) *txtar.File {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	if name != "want.txt" {
		return nil
	}
	a.Files = append(a.Files, txtar.File{Name: name})
	return &a.Files[len(a.Files)-1]
}

func classified(t *testing.T, a *txtar.Archive) []Change {
	t.Helper()
	read := func(name string) *snapshot.Snapshot {
		f := file(a, name)
		if f == nil {
			return nil
		}
		decoded := snapshot.Decode(name, f.Data)
		if !decoded.Trusted() {
			t.Fatalf("%s: %v", name, decoded.Problems)
		}
		return decoded.Snapshot
	}
	live, target := read("live.yaml"), read("target.yaml")
	if live == nil || target == nil {
		t.Fatal("the archive lacks live.yaml or target.yaml")
	}
	var sync SyncPoint
	if s := read("sync.yaml"); s != nil {
		sync = s.Digests()
	}
	diffs := Differences(live, target)
	history := map[snapshot.Key]Past{}
	has := func(s *snapshot.Snapshot, d Difference) bool {
		return s != nil && !d.LiveDigest.IsZero() && s.Digest(d.Key) == d.LiveDigest
	}
	behind, known := read("behind.yaml"), read("known.yaml")
	for _, d := range diffs {
		switch {
		case has(behind, d):
			history[d.Key] = Past{Behind: true, Known: true}
		case has(known, d):
			history[d.Key] = Past{Known: true, Branch: "feature"}
		}
	}
	return Classify(diffs, sync, history)
}

// render writes a line for each change, and one for each path in which the two
// sides differ.
func render(changes []Change) string {
	if len(changes) == 0 {
		return "nothing differs\n"
	}
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s: %s", c.Class, c.Key)
		if c.Branch != "" {
			fmt.Fprintf(&b, " (%s)", c.Branch)
		}
		b.WriteString("\n")
		if c.Live == nil || c.Target == nil {
			continue
		}
		for _, p := range Paths(c.Live.Value, c.Target.Value) {
			fmt.Fprintf(&b, "  %s: %s -> %s\n", p.Path, none(p.A), none(p.B))
		}
	}
	return b.String()
}

func none(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}
