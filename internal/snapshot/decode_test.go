package snapshot

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// written returns what real Directuses wrote, by the name of the file.
func written(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "test", "conformance", "*", "snapshot.yaml.gz"))
	if err != nil || len(names) == 0 {
		tb.Fatalf("no snapshots of a real Directus: %v", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		packed, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			tb.Fatal(err)
		}
		if files[name], err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	}
	return files
}

func TestDecodeEncodeIsIdentity(t *testing.T) {
	t.Parallel()
	for name, data := range written(t) {
		f := Decode(name, data)
		if !f.Trusted() {
			t.Errorf("%s: %v", name, f.Problems)
			continue
		}
		if got := Encode(f.Snapshot, YAML); !bytes.Equal(got, data) {
			t.Errorf("%s: decoding and encoding changed it", name)
		}
		// JSON has neither infinity nor minus zero: the way back to YAML may differ.
		once := Encode(f.Snapshot, JSON)
		back := Decode(name, once)
		if !back.Trusted() {
			t.Errorf("%s as JSON: %v", name, back.Problems)
		} else if !bytes.Equal(Encode(back.Snapshot, JSON), once) {
			t.Errorf("%s as JSON: decoding and encoding changed it", name)
		}
	}
}

// TestMatches holds the comparison that never writes the whole file against the
// one that does, with a byte more, less, or other at every kind of place.
func TestMatches(t *testing.T) {
	t.Parallel()
	empty := New(FormatFull, "12.4.1", "postgres")
	for name, data := range written(t) {
		s := Decode(name, data).Snapshot
		for _, f := range []Format{YAML, JSON} {
			same := Encode(s, f)
			if !Matches(s, f, same) {
				t.Errorf("%s as %s: does not match itself", name, f)
			}
			for _, at := range []int{0, len(same) / 3, len(same) - 1} {
				other := bytes.Clone(same)
				other[at] ^= 1
				if Matches(s, f, other) || Matches(s, f, same[:at]) {
					t.Errorf("%s as %s: matches what differs at byte %d", name, f, at)
				}
			}
			if Matches(s, f, append(bytes.Clone(same), '\n')) || Matches(empty, f, same) {
				t.Errorf("%s as %s: matches a longer file", name, f)
			}
		}
	}
	if !Matches(empty, YAML, Encode(empty, YAML)) || Matches(empty, YAML, nil) {
		t.Error("an empty snapshot matches what it should not")
	}
}

// largest is the largest of the snapshots that Directuses wrote.
func largest(b *testing.B) []byte {
	var most []byte
	for _, data := range written(b) {
		if len(data) > len(most) {
			most = data
		}
	}
	b.SetBytes(int64(len(most)))
	b.ReportAllocs()
	return most
}

func BenchmarkDecode(b *testing.B) {
	data := largest(b)
	for b.Loop() {
		Decode("x", data)
	}
}

func BenchmarkEncode(b *testing.B) {
	s := Decode("x", largest(b)).Snapshot
	for b.Loop() {
		Encode(s, YAML)
	}
}

func BenchmarkDigests(b *testing.B) {
	s := Decode("x", largest(b)).Snapshot
	for b.Loop() {
		s.Digests()
	}
}
