package directus

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMigrationSpan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		id     string
		known  bool
		inside []string
		beyond []string
	}{
		{"20240716A", true, []string{"10.13.2", "10.13.4", "10.13.3", "10.99.0"}, []string{"10.13.1", "11.0.1", "9.26.0"}},
		{"20250224A", true, []string{"11.6.1", "11.8.0", "11.5.0"}, []string{"11.4.1", "11.9.2", "12.0.2"}},
		{"20260211A", true, []string{"11.16.1", "11.17.4"}, []string{"11.14.1", "12.0.2"}},
		{"20260727A", true, []string{"12.2.0", "12.3.1"}, []string{"12.1.1", "12.4.0"}},
		{"20260909A", true, []string{"12.4.0", "12.4.1", "13.0.0"}, []string{"12.3.1"}},
		{"20230525A", true, []string{"10.2.0"}, []string{"10.1.0", "10.2.1"}},
		{"20990101A", false, nil, nil},
		{"", false, nil, nil},
		{"' OR 1=1", false, nil, nil},
	}
	for _, c := range cases {
		s, known := MigrationSpan(c.id)
		if known != c.known {
			t.Errorf("MigrationSpan(%q) known = %v", c.id, known)
		}
		for _, v := range c.inside {
			if !s.Contains(version(t, v)) {
				t.Errorf("%s: %s is outside of %+v", c.id, v, s)
			}
		}
		for _, v := range c.beyond {
			if s.Contains(version(t, v)) {
				t.Errorf("%s: %s is inside of %+v", c.id, v, s)
			}
		}
	}
}

// TestEveryReleaseIsInItsOwnSpan: each published release lies in the span of its newest migration, and the ends are right.
func TestEveryReleaseIsInItsOwnSpan(t *testing.T) {
	t.Parallel()
	d := migrations()
	if !slices.IsSorted(d.newest) {
		t.Fatal("a newer release has an older newest migration")
	}
	for i, r := range d.releases {
		s, known := MigrationSpan(d.newest[i])
		if !known || !s.Contains(r) || s.First.Compare(r) > 0 || s.Last.Compare(r) < 0 {
			t.Errorf("%v: newest migration %s has span %+v", r, d.newest[i], s)
		}
	}
}

func TestNewestMigration(t *testing.T) {
	t.Parallel()
	newest, unknown := NewestMigration([]string{"20240716A", "20991231Z", "20201028A", "20240701A"})
	if newest != "20240716A" {
		t.Errorf("newest = %q", newest)
	}
	if diff := cmp.Diff([]string{"20991231Z"}, unknown); diff != "" {
		t.Error(diff)
	}
	if newest, unknown := NewestMigration(nil); newest != "" || unknown != nil {
		t.Errorf("of nothing: %q %v", newest, unknown)
	}
}
