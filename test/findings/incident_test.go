package findings

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// TestUpgradeThatDropsEverything is the sentence that README opens with: a
// database of Directus 11.17.4 whose unmodified snapshot is committed, and an
// image of 12.3.0 that is about to boot. Its migrations add two columns to
// directus_collections, the file lacks the two keys, and 12.3.0 takes that for a
// deletion of every collection. 12.4.1 does not.
func TestUpgradeThatDropsEverything(t *testing.T) {
	t.Parallel()
	p := newProject(t, buildBinary(t), "11.17.4")
	p.sql(`CREATE TABLE stakes (id serial PRIMARY KEY, name text);
		INSERT INTO stakes (name) SELECT 'row ' || n FROM generate_series(1, 1000) AS n;
		INSERT INTO directus_collections (collection) VALUES ('stakes');
		INSERT INTO directus_fields (collection, field) VALUES ('stakes', 'id'), ('stakes', 'name')`)
	p.run(0, "snapshot", "--quiet", "--stage", "--directus-version", "11.17.4")
	p.git("commit", "-q", "-m", "stakes")
	for _, c := range []struct {
		version string
		exit    int
	}{{"11.17.4", 0}, {"12.3.0", 2}, {"12.4.1", 0}} {
		p.write("compose.yaml", "services:\n  directus:\n    image: directus/directus:"+c.version+"\n")
		codes, exit := p.check()
		if exit != c.exit || codes[finding.MetaKeyMissing] != (c.exit == 2) {
			t.Errorf("image %s: exit code %d, want %d: %v", c.version, exit, c.exit, codes)
		}
		if c.exit != 2 {
			continue
		}
		out := p.run(2, "check", "--verbose")
		for _, want := range []string{"META_KEY_MISSING", "collection stakes", "1,000 rows of stakes", "12.3.0"} {
			if !strings.Contains(strings.ReplaceAll(out, "1000 rows", "1,000 rows"), want) {
				t.Errorf("the refusal does not say %q:\n%s", want, out)
			}
		}
	}
}
