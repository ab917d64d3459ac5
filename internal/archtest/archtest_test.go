// Package archtest holds the fences of the house: which package may know what, and how large things
// may grow. It has tests only; each rule says why it is there.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/schemaguard/schemaguard/"

// pkg is what the rules need to know of a package; its names are those of go list.
type pkg struct {
	ImportPath string
	Dir        string
	Name       string
	Imports    []string
	Deps       []string
}

// short returns "internal/snapshot" for a package of this module, "" for any other.
func short(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, module)
	if !ok {
		return ""
	}
	return rest
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Dir,Name,Imports,Deps", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list names only %d packages: the rules would hold for nothing", len(all))
	}
	return all
}

func TestFences(t *testing.T) {
	t.Parallel()
	for _, broken := range violations(list(t)) {
		t.Error(broken)
	}
}

// source is the parsed production code of one package.
type source struct {
	pkg   pkg
	fset  *token.FileSet
	files []*ast.File
	lines map[string]int // by file name
}

func parse(t *testing.T, p pkg) source {
	t.Helper()
	s := source{pkg: p, fset: token.NewFileSet(), lines: map[string]int{}}
	names, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(s.fset, filepath.Base(name), data, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
		s.lines[filepath.Base(name)] = bytes.Count(data, []byte("\n"))
	}
	return s
}

func TestShape(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		for _, broken := range parse(t, p).violations() {
			t.Errorf("%s: %s", short(p.ImportPath), broken)
		}
	}
}
