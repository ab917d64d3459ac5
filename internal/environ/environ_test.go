package environ

import "testing"

func TestLookup(t *testing.T) {
	t.Parallel()
	env := In([]string{"A=1", "AB=2", "A=3=4", "EMPTY=", "odd"})
	for name, want := range map[string]string{"A": "3=4", "AB": "2", "EMPTY": "", "B": "", "odd": "", "": ""} {
		if got := env(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
