package directus

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/directus-versions.md")

const docsHead = `# What differs between versions of Directus

A snapshot and its apply do not mean the same in every version. schemaguard holds what
differs as data, in ` + "`internal/directus`" + `, which this page is written from
(` + "`go test ./internal/directus -update`" + `). "After" is the newest release known to behave
the old way, "since" the oldest known to behave the new way; releases between them were not
published or not looked at.

| after | since | what changed | source |
|---|---|---|---|
`

const docsTail = `
## What that means for a boot

- **A snapshot that lacks one key of a collection's meta** drops that collection's table in
  11.1.2 to 12.3: Directus takes the first difference for a deletion of the whole. So does an
  unmodified snapshot of 11.17 under 12.3, since 12 added two keys (META_KEY_MISSING).
- **A snapshot without ` + "`systemFields`" + `** drops the indexes of system tables since 11.13
  (SYSTEM_INDEX_DROP).
- **Tables that Directus does not track** are dropped by 11.1.2 to 11.9, and columns that it
  does not track by everything before 11.10 (UNTRACKED_DROP).
- **A partial snapshot** (` + "`version: 2`" + `) is honoured since 12.2; earlier versions delete
  everything that it does not name (PARTIAL_IGNORED).
- **Without a licence** 12.0 and newer hold 25 active collections; above it an apply that
  creates or edits a collection fails as a whole (LICENCE_LIMIT).
`

func TestDocsAreTheTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(docsHead)
	for _, c := range changes() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.After, c.Since, c.What, c.Source)
	}
	b.WriteString(docsTail)
	path := filepath.Join("..", "..", "docs", "directus-versions.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("docs/directus-versions.md is not what the table says (go test ./internal/directus -update):\n%s", diff)
	}
}
