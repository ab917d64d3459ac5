package directus

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeaderVersion(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"10.1.0": "10.1.0", "10.2.1": "11.0.1", "10.5.2": "12.1.2", "10.8.2": "14.1.2", "10.8.3": "10.8.3", "10.13.4": "10.13.4", "12.4.1": "12.4.1",
	} {
		got, ok := HeaderVersion(version(t, in))
		if !ok || got.String() != want {
			t.Errorf("HeaderVersion(%s) = %v, %v; want %s", in, got, ok, want)
		}
	}
	if v, ok := HeaderVersion(version(t, "10.4.0")); ok {
		t.Errorf("HeaderVersion(10.4.0) = %v, though nobody looked", v)
	}
}

func TestHeaderReleases(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"12.4.1": {"12.4.1"}, "11.1.0": {"11.1.0", "10.3.0"}, "12.1.2": {"12.1.2", "10.5.2"}, "10.5.2": nil, "10.4.0": nil, "10.13.4": {"10.13.4"},
	} {
		var got []string
		for _, v := range HeaderReleases(version(t, in)) {
			got = append(got, v.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("HeaderReleases(%s):\n%s", in, diff)
		}
	}
	for _, v := range Releases() {
		h, ok := HeaderVersion(v)
		if !ok {
			t.Errorf("%v: published, yet its header is not known", v)
			continue
		}
		found := false
		for _, r := range HeaderReleases(h) {
			found = found || r == v
		}
		if !found {
			t.Errorf("%v is not among the releases that write its header %v", v, h)
		}
	}
}
