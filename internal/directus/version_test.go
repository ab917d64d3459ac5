package directus

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	good := map[string]Version{
		"12.4.1":         {12, 4, 1, ""},
		"v11.8":          {11, 8, 0, ""},
		"10.13.4-beta.1": {10, 13, 4, "beta.1"},
		"9.0.0-rc.101":   {9, 0, 0, "rc.101"},
		"11.1-rc":        {11, 1, 0, "rc"},
	}
	for in, want := range good {
		got, err := ParseVersion(in)
		if err != nil || got != want {
			t.Errorf("ParseVersion(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	bad := []string{
		"", "v", "11", "latest", "12.4.1.0", "12.4.1 ", " 12.4.1", "012.4.1", "12.04.1", "-1.2.3", "1.2.3-", "1.2.3-a..b",
		"1.2.3+build", "1.2.3\n", "12.4.1\x00", "９.1.1", "9999999.1.1", "1.2.3-" + strings.Repeat("a", 33), strings.Repeat("1.", 9999),
	}
	for _, in := range bad {
		_, err := ParseVersion(in)
		if !errors.Is(err, ErrVersion) {
			t.Errorf("ParseVersion(%.40q): error %v, want ErrVersion", in, err)
		}
		if err != nil && len(err.Error()) > 250 {
			t.Errorf("ParseVersion(%.40q): error of %d bytes", in, len(err.Error()))
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	ordered := []string{
		"9.26.0", "10.0.0-alpha", "10.0.0-alpha.1", "10.0.0-alpha.beta", "10.0.0-beta", "10.0.0-beta.2", "10.0.0-beta.11",
		"10.0.0-rc.1", "10.0.0", "10.0.1", "10.2.0", "10.10.0", "11.0.0",
	}
	var want, got []string
	want = append(want, ordered...)
	shuffled := []Version{}
	for i := range ordered {
		v, err := ParseVersion(ordered[(i*5+3)%len(ordered)])
		if err != nil {
			t.Fatal(err)
		}
		shuffled = append(shuffled, v)
	}
	slices.SortFunc(shuffled, Version.Compare)
	for _, v := range shuffled {
		got = append(got, v.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"12.4.1", "v11.8", "10.13.4-beta.1", "", "1.2.3-..", "v1.2.3-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseVersion(s)
		if err != nil {
			return
		}
		again, err := ParseVersion(v.String())
		if err != nil || again != v {
			t.Errorf("%q -> %v -> %v, %v", s, v, again, err)
		}
	})
}
