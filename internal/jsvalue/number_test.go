package jsvalue

import (
	"math"
	"strings"
	"testing"
)

// What node 20 gives for String(n).
func TestFormatNumber(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{
		0: "0", 1: "1", -1: "-1", 1.5: "1.5", 0.1 + 0.2 - 1e-17: "0.3", 100: "100", 1.0 / 3: "0.3333333333333333",
		1e20: "100000000000000000000", 123456789012345680000: "123456789012345680000",
		1e21: "1e+21", -1e21: "-1e+21", 1.5e21: "1.5e+21", 1e100: "1e+100",
		1e-6: "0.000001", 1.23e-6: "0.00000123", 1e-7: "1e-7", -1e-7: "-1e-7", 1.5e-7: "1.5e-7",
		5e-324: "5e-324", math.MaxFloat64: "1.7976931348623157e+308",
		1 << 53: "9007199254740992", 1<<53 + 2: "9007199254740994",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity",
	} {
		if got := FormatNumber(f); got != want {
			t.Errorf("FormatNumber(%g) = %q, want %q", f, got, want)
		}
	}
	if got := FormatNumber(math.Copysign(0, -1)); got != "0" {
		t.Errorf("FormatNumber(-0) = %q", got)
	}
	if got := FormatNumber(math.NaN()); got != "NaN" {
		t.Errorf("FormatNumber(NaN) = %q", got)
	}
}

// What node 20 gives for Number(s).
func TestParseNumber(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	for s, want := range map[string]float64{
		"": 0, "  ": 0, "\t1\n": 1, "\u00a01\ufeff": 1, "\u20281": 1, " 0x10 ": 16,
		"+1": 1, "-1": -1, "00": 0, "007": 7, "1e5": 1e5, "1E5": 1e5, "1e+5": 1e5, "1e-5": 1e-5, ".5": 0.5, "5.": 5,
		"0x1F": 31, "0X1f": 31, "0o17": 15, "0b11": 3,
		"1e400": inf, "-1e400": -inf, "Infinity": inf, "+Infinity": inf, "-Infinity": -inf,
		// Rounded once, not digit by digit.
		"0x20000000000001": 9007199254740992, "0x20000000000003": 9007199254740996,
		"0x2000000000000100000001":                                  3.868562622766814e+25,
		"0b1000000000000000000000000000000000000000000000000000011": 18014398509481988,
		"0x" + strings.Repeat("f", 255):                             1.1235582092889474e+307,
		"0x" + strings.Repeat("f", 256):                             inf,
		"0x" + strings.Repeat("f", 100_000):                         inf,
		"0x" + strings.Repeat("0", 100_000) + "1":                   1,
	} {
		if got, ok := ParseNumber(s); !ok || got != want {
			t.Errorf("ParseNumber(%.40q) = %g, %t, want %g", s, got, ok, want)
		}
	}
	if got, ok := ParseNumber("-0"); !ok || got != 0 || !math.Signbit(got) {
		t.Errorf("ParseNumber(-0) = %g, %t", got, ok)
	}
	for _, s := range []string{
		"0b12", "0o8", "0x", "0xg", "-0x1", "+0x1", "--1", "+-1", "1_000", "0x1_0", "0b_1", "1e", "e5", ".", "infinity",
		"INF", "NaN", "nan", "\u00851", "1 2", "١", "1n", "0.1.2", "0x1p4", "1p4",
	} {
		if got, ok := ParseNumber(s); ok {
			t.Errorf("ParseNumber(%q) = %g, want none", s, got)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []uint64{0, 1, 1 << 63, 0x7FF0000000000000, 0x3FF0000000000001, 0x44B52D02C7E14AF6, 0x3E7AD7F29ABCAF48} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		n := math.Float64frombits(bits)
		if math.IsNaN(n) {
			t.Skip("NaN has no number text")
		}
		back, ok := ParseNumber(FormatNumber(n))
		if !ok || back != n {
			t.Errorf("%g became %q, which is %g", n, FormatNumber(n), back)
		}
	})
}
