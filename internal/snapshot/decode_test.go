package snapshot

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestDecodeEncodeIsIdentity reads what Directus wrote and writes it again.
func TestDecodeEncodeIsIdentity(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join("..", "..", "test", "conformance", "*", "snapshot.yaml"))
	corpus, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "*.12.yaml"))
	for _, name := range append(files, corpus...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := Decode(name, data)
		if !f.Trusted() {
			t.Errorf("%s: %v", name, f.Problems)
			continue
		}
		if got := Encode(f.Snapshot, YAML); !bytes.Equal(got, data) {
			t.Errorf("%s: decoding and encoding changed it", name)
		}
		json := Encode(f.Snapshot, JSON)
		back := Decode(name, json)
		if !back.Trusted() {
			t.Errorf("%s as JSON: %v", name, back.Problems)
		}
	}
	t.Logf("%d files", len(files)+len(corpus))
}
func BenchmarkDecode(b *testing.B) {
	data, err := os.ReadFile("../../../shared/corpus/30.original.yaml")
	if err != nil { b.Skip(err) }
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() { Decode("x", data) }
}
func BenchmarkEncode(b *testing.B) {
	data, err := os.ReadFile("../../../shared/corpus/30.original.yaml")
	if err != nil { b.Skip(err) }
	f := Decode("x", data)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() { Encode(f.Snapshot, YAML) }
}
func BenchmarkDigests(b *testing.B) {
	data, err := os.ReadFile("../../../shared/corpus/30.original.yaml")
	if err != nil { b.Skip(err) }
	f := Decode("x", data)
	b.ReportAllocs()
	for b.Loop() { f.Snapshot.Digests() }
}
