package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Drivers: what talks to a database, to git, to a terminal, to the command line.
const (
	pgx       = "github.com/jackc/pgx/v5"
	goGit     = "github.com/go-git/go-git/v5"
	lipgloss  = "charm.land/lipgloss/v2"
	bubbletea = "charm.land/bubbletea/v2"
	fsnotify  = "github.com/fsnotify/fsnotify"
	cobra     = "github.com/spf13/cobra"
)

// pure are the packages that decide. They see values and return values.
var pure = []string{"snapshot", "threeway", "merge", "plan", "policy", "finding", "jsvalue", "jsyaml", "directus", "redact", "outline", "itemdiff", "dockercmd", "bootsource", "moment", "environ", "sqlquote"}

// forbidden says what some packages may not import. A driver behind another package is still one, but
// for those that may hold the types of its package.
var forbidden = []struct {
	packages []string // below internal/
	imports  []string
	why      string
	types    bool
}{
	{packages: pure, imports: []string{"os", "os/exec", "net", "net/http", "database/sql"}, why: "what decides must give the same answer on every machine"},
	{packages: pure, imports: []string{pgx, goGit, lipgloss, cobra}, why: "what decides must be testable without a database, a repository or a terminal"},
	{packages: []string{"check"}, imports: []string{pgx, goGit, "os/exec", "net", "net/http", "database/sql"}, why: "check joins sources that its callers pass in", types: true},
	{packages: []string{"jsvalue", "directus"}, imports: []string{module + "internal"}, why: "the leaves of the house know nothing of it"},
}

// reserved says which packages alone may import something.
var reserved = []struct {
	imported string
	by       []string // below internal/, or a path of the module
	why      string
}{
	{pgx, []string{"catalog", "syncpoint", "connection", "live", "dbinit", "recyclebin", "audit", "bootgate", "verify", "watch/pulse", "watch/trigger", "pgserver", "pgserver/pgtest", "directuslab", "demo"}, "few readers of Postgres, so that all reads are read-only, bounded and named"},
	{goGit, []string{"gitrepo"}, "go-git answers wrongly inside hooks; one package knows where, and asks git there"},
	{lipgloss, []string{"report", "watch/screen", "cli"}, "how things look is decided in one place"},
	{cobra, []string{"cli"}, "a command is wiring; no other package parses flags"},
	{module + "internal/cli", []string{"cmd/schemaguard"}, "what everything else needs must not live in the command line"},
	{module + "internal/pgserver", []string{"pgserver/pgtest", "demo", "audit/throwaway", "verify"}, "the product reads databases, and starts none but a throwaway one"},
	{module + "internal/pgserver/pgtest", nil, "it is for tests"},
	{module + "internal/directuslab", nil, "it is for tests, and for the programs below test/"},
	{bubbletea, []string{"watch/screen"}, "one package fills the screen"},
	{fsnotify, []string{"watch/files"}, "one package hears of files"},
}

// drawers are names that say nothing of what is inside, and therefore collect everything.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "shared", "types", "base", "misc", "lib", "core", "models"}

// violations returns what breaks a fence. The programs below test/ are no part of the product.
func violations(all []pkg) []string {
	var broken []string
	for _, p := range all {
		name := strings.TrimPrefix(short(p.ImportPath), "internal/")
		if slices.Contains(drawers, path.Base(name)) {
			broken = append(broken, fmt.Sprintf("%s: a name that says nothing of what is inside", name))
		}
		if strings.HasPrefix(name, "test/") {
			continue
		}
		for _, rule := range forbidden {
			if belongs(name, rule.packages) {
				broken = append(broken, p.forbiddenImports(name, rule.imports, rule.types, rule.why)...)
			}
		}
		for _, rule := range reserved {
			if imports(p.Imports, rule.imported) && !belongs(name, rule.by) && !inside(p.ImportPath, rule.imported) {
				broken = append(broken, fmt.Sprintf("%s imports %s: %s", name, rule.imported, rule.why))
			}
		}
	}
	return broken
}

// forbiddenImports looks at direct imports for packages of the standard library, which fmt alone brings
// in by the dozen, and at everything below for others.
func (p pkg) forbiddenImports(name string, what []string, types bool, why string) []string {
	var broken []string
	for _, imported := range what {
		where, verb := p.Imports, "imports"
		if strings.Contains(imported, ".") && !types {
			where, verb = p.Deps, "depends on"
		}
		if imports(where, imported) {
			broken = append(broken, fmt.Sprintf("%s %s %s: %s", name, verb, imported, why))
		}
	}
	return broken
}

// imports tells whether a list of imports has one. A driver stands for the packages inside it; one of
// the standard library, or of this house, for itself alone.
func imports(list []string, what string) bool {
	return slices.ContainsFunc(list, func(have string) bool {
		if have == what {
			return true
		}
		third := strings.Contains(what, ".") && !strings.HasPrefix(what, module)
		return (third || what == module+"internal") && inside(have, what)
	})
}

// belongs tells whether a package is one of those named, or a part of one.
func belongs(name string, packages []string) bool {
	return slices.ContainsFunc(packages, func(p string) bool { return name == p || inside(name, p) })
}

func inside(p, folder string) bool { return strings.HasPrefix(p, folder+"/") }

func TestEveryFenceHolds(t *testing.T) {
	t.Parallel()
	in := func(name string, imports ...string) pkg {
		return pkg{ImportPath: module + name, Imports: imports, Deps: imports}
	}
	behind := pkg{ImportPath: module + "internal/policy", Imports: []string{module + "internal/catalog"}, Deps: []string{module + "internal/catalog", pgx + "/pgconn"}}
	for _, c := range []struct {
		pkg  pkg
		want []string
	}{
		{in("internal/snapshot", "fmt", "net/url", module+"internal/jsvalue"), nil},
		{in("internal/snapshot", "os"), []string{"snapshot imports os: " + forbidden[0].why}},
		{in("internal/policy/words", "os"), []string{"policy/words imports os: " + forbidden[0].why}},
		{in("internal/gitrepo/gitobject", goGit), nil},
		{in("internal/redact", "net"), []string{"redact imports net: " + forbidden[0].why}},
		{behind, []string{"policy depends on " + pgx + ": " + forbidden[1].why}},
		{in("internal/check", "os/exec"), []string{"check imports os/exec: " + forbidden[2].why}},
		{in("internal/check", pgx), []string{"check imports " + pgx + ": " + forbidden[2].why, "check imports " + pgx + ": " + reserved[0].why}},
		{in("internal/directus", module+"internal/snapshot"), []string{"directus depends on " + module + "internal: " + forbidden[3].why}},
		{in("internal/catalog", pgx, pgx+"/pgconn"), nil},
		{in("internal/config", pgx+"/pgconn"), []string{"config imports " + pgx + ": " + reserved[0].why}},
		{in("internal/config", goGit+"/plumbing"), []string{"config imports " + goGit + ": " + reserved[1].why}},
		{in("internal/terminal", lipgloss), []string{"terminal imports " + lipgloss + ": " + reserved[2].why}},
		{in("cmd/schemaguard", cobra, module+"internal/cli"), []string{"cmd/schemaguard imports " + cobra + ": " + reserved[3].why}},
		{in("internal/demo", module+"internal/cli"), []string{"demo imports " + module + "internal/cli: " + reserved[4].why}},
		{in("internal/cli", module+"internal/pgserver"), []string{"cli imports " + module + "internal/pgserver: " + reserved[5].why}},
		{in("internal/demo", module+"internal/pgserver/pgtest"), []string{"demo imports " + module + "internal/pgserver/pgtest: " + reserved[6].why}},
		{in("internal/demo", module+"internal/pgserver"), nil},
		{in("internal/cli", module+"internal/directuslab"), []string{"cli imports " + module + "internal/directuslab: " + reserved[7].why}},
		{in("internal/cli/watching", bubbletea), []string{"cli/watching imports " + bubbletea + ": " + reserved[8].why}},
		{in("internal/watch", fsnotify), []string{"watch imports " + fsnotify + ": " + reserved[9].why}},
		{in("test/example", pgx, module+"internal/directuslab", module+"internal/pgserver"), nil},
		{in("internal/util"), []string{"util: a name that says nothing of what is inside"}},
		{in("internal/catalog/types"), []string{"catalog/types: a name that says nothing of what is inside"}},
	} {
		if diff := cmp.Diff(c.want, violations([]pkg{c.pkg})); diff != "" {
			t.Errorf("%s importing %q (-want +got):\n%s", c.pkg.ImportPath, c.pkg.Imports, diff)
		}
	}
}
