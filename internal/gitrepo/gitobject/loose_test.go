package gitobject

import (
	"bytes"
	"compress/zlib"
	"os"
	"path/filepath"
	"testing"
)

// TestLoose reads loose objects, whole and damaged in every way that would show
// another content than the id promises.
func TestLoose(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("version: 1\n"), 1000)
	id := ID("blob", content, 20)
	whole := deflate(t, append([]byte("blob 11000\x00"), content...))
	other := bytes.Clone(content)
	other[500] = 'x'
	for name, test := range map[string]struct {
		file []byte
		kind string
		ok   bool
	}{
		"whole":                {whole, "blob", true},
		"of any kind":          {whole, "any", true},
		"of another kind":      {whole, "tree", false},
		"empty file":           {nil, "blob", false},
		"cut off":              {whole[:len(whole)-20], "blob", false},
		"no checksum":          {whole[:len(whole)-4], "blob", false},
		"other content":        {deflate(t, append([]byte("blob 11000\x00"), other...)), "blob", false},
		"claims to be shorter": {deflate(t, append([]byte("blob 10999\x00"), content...)), "blob", false},
		"claims to be longer":  {deflate(t, append([]byte("blob 11001\x00"), content...)), "blob", false},
		"claims to be huge":    {deflate(t, append([]byte("blob 99999999999\x00"), content...)), "blob", false},
		"negative":             {deflate(t, []byte("blob -1\x00")), "blob", false},
		"no header":            {deflate(t, content), "blob", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Store{objects: t.TempDir()}
			file := filepath.Join(s.objects, id[:2], id[2:])
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, test.file, 0o444); err != nil {
				t.Fatal(err)
			}
			got, ok := s.loose(test.kind, id)
			if ok != test.ok || ok && !bytes.Equal(got, content) {
				t.Errorf("ok is %t, %d bytes", ok, len(got))
			}
		})
	}
	if _, ok := (&Store{objects: t.TempDir()}).loose("blob", id); ok {
		t.Error("an object that is not there was read")
	}
	if _, ok := (&Store{objects: t.TempDir()}).loose("blob", "../../etc/passwd"); ok {
		t.Error("what is no id was read")
	}
}

func deflate(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
