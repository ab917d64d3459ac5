package sqlquote

import "testing"

func TestQuotes(t *testing.T) {
	t.Parallel()
	for _, tt := range [][3]string{
		{"plain", `"plain"`, `'plain'`},
		{`a"b'c`, `"a""b'c"`, `'a"b''c'`},
		{`back\slash`, `"back\slash"`, `E'back\\slash'`},
		{"nul\x00gone", `"nulgone"`, `'nulgone'`},
		{"", `""`, `''`},
	} {
		if got := Identifier(tt[0]); got != tt[1] {
			t.Errorf("the name %q is %s, want %s", tt[0], got, tt[1])
		}
		if got := Literal(tt[0]); got != tt[2] {
			t.Errorf("the text %q is %s, want %s", tt[0], got, tt[2])
		}
	}
}
