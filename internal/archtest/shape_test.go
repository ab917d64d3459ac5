package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Limits: beyond them nobody reads a thing as a whole any more.
const (
	maxFile     = 500
	maxPackage  = 1500
	maxFunction = 80
)

// violations returns what is wrong with the shape of a package: too large, undocumented, or doing what
// only main may.
func (s source) violations() []string {
	if len(s.files) == 0 {
		return nil // only tests
	}
	var broken []string
	total := 0
	for name, n := range s.lines {
		total += n
		if n > maxFile {
			broken = append(broken, fmt.Sprintf("%s has %d lines, at most %d", name, n, maxFile))
		}
	}
	if total > maxPackage {
		broken = append(broken, fmt.Sprintf("the package has %d lines, at most %d: split it where a reader says \"and\"", total, maxPackage))
	}
	if !slices.ContainsFunc(s.files, func(f *ast.File) bool { return f.Doc != nil }) {
		broken = append(broken, "no package comment: what it is, and what it refuses to be")
	}
	for _, f := range s.files {
		broken = append(broken, s.undocumented(f)...)
		broken = append(broken, s.misbehaving(f)...)
	}
	slices.Sort(broken)
	return broken
}

func (s source) at(n ast.Node) string {
	pos := s.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", pos.Filename, pos.Line)
}

// undocumented returns the exported names without a doc comment. A group of constants or variables may
// share the comment above it.
func (s source) undocumented(f *ast.File) []string {
	var broken []string
	missing := func(n ast.Node, name string) {
		broken = append(broken, fmt.Sprintf("%s: %s has no doc comment", s.at(n), name))
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !implementsStandard(d) {
				missing(d, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch sp := spec.(type) {
				case *ast.TypeSpec:
					if sp.Name.IsExported() && d.Doc == nil && sp.Doc == nil {
						missing(sp, sp.Name.Name)
					}
				case *ast.ValueSpec:
					i := slices.IndexFunc(sp.Names, func(id *ast.Ident) bool { return id.IsExported() })
					if i >= 0 && d.Doc == nil && sp.Doc == nil && sp.Comment == nil {
						missing(sp, sp.Names[i].Name)
					}
				}
			}
		}
	}
	return broken
}

// exportedReceiver tells whether others can see the method at all.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// implementsStandard tells the methods whose meaning everybody knows from the standard library.
func implementsStandard(d *ast.FuncDecl) bool {
	return d.Recv != nil && slices.Contains([]string{"Error", "Unwrap", "String", "Len", "Less", "Swap", "Write", "Read", "Close"}, d.Name.Name)
}

// isTable tells a function that is nothing but a table: it returns one composite literal.
func isTable(d *ast.FuncDecl) bool {
	if d.Body == nil || len(d.Body.List) != 1 {
		return false
	}
	ret, ok := d.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	_, ok = ret.Results[0].(*ast.CompositeLit)
	return ok
}

// misbehaving returns the functions that are too long, the init functions and the exits below main.
func (s source) misbehaving(f *ast.File) []string {
	var broken []string
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := s.fset.Position(d.End()).Line - s.fset.Position(d.Pos()).Line + 1; n > maxFunction && !isTable(d) {
			broken = append(broken, fmt.Sprintf("%s: %s has %d lines, at most %d", s.at(d), d.Name.Name, n, maxFunction))
		}
		if d.Recv == nil && d.Name.Name == "init" {
			broken = append(broken, s.at(d)+": init runs before anybody asked for anything")
		}
	}
	if s.pkg.Name == "main" {
		return broken
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains([]string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"}, x.Name+"."+sel.Sel.Name) {
			broken = append(broken, fmt.Sprintf("%s: %s.%s below main skips every defer", s.at(n), x.Name, sel.Sel.Name))
		}
		return true
	})
	return broken
}

func TestEveryLimitHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, code string
		lines      int
		want       []string
	}{
		{name: "fine", code: "// Package p is.\npackage p\n\n// F does.\nfunc F() {}\n\n// All three.\nconst (\n\tA = 1\n\tB = 2\n)\n\ntype hidden int\n\nfunc (hidden) M() {}\n"},
		{name: "no package comment", code: "package p\n", want: []string{"no package comment: what it is, and what it refuses to be"}},
		{name: "undocumented", code: "// Package p is.\npackage p\n\nfunc F() {}\n\ntype T int\n\nfunc (*T) M() {}\n\nfunc (T) Error() string { return \"\" }\n\nvar V, w = 1, 2\n", want: []string{
			"p.go:12: V has no doc comment", "p.go:4: F has no doc comment", "p.go:6: T has no doc comment", "p.go:8: M has no doc comment",
		}},
		{name: "init and exit", code: "// Package p is.\npackage p\n\nfunc init() { os.Exit(1) }\n", want: []string{
			"p.go:4: init runs before anybody asked for anything", "p.go:4: os.Exit below main skips every defer",
		}},
		{name: "long function", code: "// Package p is.\npackage p\n\nfunc f() {" + strings.Repeat("\n", maxFunction) + "}\n", want: []string{"p.go:4: f has 81 lines, at most 80"}},
		{name: "long table", code: "// Package p is.\npackage p\n\nfunc f() []int {\n\treturn []int{" + strings.Repeat("\n", maxFunction) + "}\n}\n"},
		{name: "long file", code: "// Package p is.\npackage p\n", lines: 501, want: []string{"p.go has 501 lines, at most 500"}},
		{name: "long package", code: "// Package p is.\npackage p\n", lines: 1501, want: []string{
			"p.go has 1501 lines, at most 500", "the package has 1501 lines, at most 1500: split it where a reader says \"and\"",
		}},
	} {
		s := source{pkg: pkg{Name: "p"}, fset: token.NewFileSet(), lines: map[string]int{"p.go": c.lines}}
		f, err := parser.ParseFile(s.fset, "p.go", c.code, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
		if diff := cmp.Diff(c.want, s.violations()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
