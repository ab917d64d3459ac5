package live

import (
	"errors"
	"strings"
	"testing"
)

// The newest migrations of some releases.
const (
	of11_17 = "20260211A"
	of12_4  = "20260909A"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	flag := func(v string) Candidate { return Candidate{Version: v, Source: "flag --directus-version"} }
	image := func(v string) Candidate { return Candidate{Version: v, Source: "image directus/directus:" + v} }
	header := func(v string) Candidate {
		return Candidate{Version: v, Source: "header of schema.yaml", Recorded: true}
	}
	for _, c := range []struct {
		name       string
		candidates []Candidate
		database   string // the newest migration it has
		want, says string
		ahead      bool
		skew       bool
	}{
		{"the flag wins", []Candidate{flag("12.4.1"), image("12.4.0"), header("12.4.0")}, of12_4, "12.4.1", "flag", false, false},
		{"the image before the header", []Candidate{image("12.4.1"), header("12.4.0")}, of12_4, "12.4.1", "image", false, false},
		{"the header before the migrations", []Candidate{header("12.4.0")}, of12_4, "12.4.0", "header", false, false},
		{"nobody but the migrations", nil, of12_4, "12.4.1", "directus_migrations", false, false},
		{"an empty word is none", []Candidate{flag(""), header("")}, of12_4, "12.4.1", "directus_migrations", false, false},
		{"a tag that is no version is passed over", []Candidate{image("latest"), header("12.4.1")}, of12_4, "12.4.1", "header", false, false},
		{"a header that cannot be loses to the migrations", []Candidate{header("11.8.0")}, of12_4, "12.4.1", "directus_migrations", false, true},
		{"an older image stands, and is told", []Candidate{image("11.8.0")}, of12_4, "11.8.0", "image", false, true},
		{"a newer image migrates first", []Candidate{image("12.3.0"), header("11.17.4")}, of11_17, "12.3.0", "image", true, true},
		{"an image from the future", []Candidate{image("99.0.0")}, of11_17, "99.0.0", "image", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := Decide(c.candidates, []string{"20201028A", c.database})
			if err != nil {
				t.Fatal(err)
			}
			if d.Version.String() != c.want || !strings.HasPrefix(d.Says.Source, c.says) || d.Ahead != c.ahead || (len(d.Problems) > 0) != c.skew {
				t.Errorf("got %s by %q, ahead %t, problems %v", d.Version, d.Says.Source, d.Ahead, d.Problems)
			}
		})
	}
	var unknown *UnknownVersionError
	if _, err := Decide(nil, []string{"20990101A", "team-own"}); !errors.As(err, &unknown) {
		t.Errorf("migrations that nobody knows gave %v", err)
	}
	d, err := Decide(nil, []string{of12_4, "20990101A"})
	if err != nil || len(d.Notes) == 0 {
		t.Errorf("a migration from the future is not told: %v, %v", d.Notes, err)
	}
	if d, err = Decide([]Candidate{{Version: "99.0.0", Source: "x"}}, []string{of12_4}); err != nil || len(d.Notes) == 0 {
		t.Errorf("a Directus from the future is not told: %v, %v", d.Notes, err)
	}
}
