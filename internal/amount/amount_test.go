package amount

import "testing"

func TestOf(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0 items", 1: "1 item", 2: "2 items", 999: "999 items", 1000: "1,000 items", 1234567: "1,234,567 items", -1000: "-1,000 items", -1: "-1 items",
	} {
		if got := Of(n, "item"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := Of(int64(2), "class"); got != "2 classes" {
		t.Errorf("%q", got)
	}
}
