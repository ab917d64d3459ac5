package dockerfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/schemaguard/schemaguard/internal/compose/envfile"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src, target string
		args              map[string]string
		want              Stage
		none              bool
	}{
		{name: "one stage", src: "FROM directus/directus:11.17.4\n", want: Stage{Base: "directus/directus:11.17.4", Line: 1}},
		{name: "lower case, quotes, CRLF", src: "\r\nfrom \"a:1\"\r\n", want: Stage{Base: "a:1", Line: 2}},
		{name: "the last stage", src: "FROM a AS one\nENV X=1\nFROM b\n", want: Stage{Base: "b", Line: 3}},
		{name: "the target", src: "FROM a AS One\nENV X=1\nFROM b\n", target: "one", want: Stage{Base: "a", Line: 1, Env: []envfile.Var{{Name: "X", Value: "1", Origin: "D:2"}}}},
		{name: "a chain", src: "FROM a AS one\nENV X=1 Y=1\nFROM one AS two\nENV X=2\n", want: Stage{Base: "a", Line: 1, Env: []envfile.Var{{Name: "X", Value: "1", Origin: "D:2"}, {Name: "Y", Value: "1", Origin: "D:2"}, {Name: "X", Value: "2", Origin: "D:4"}}}},
		{name: "a stage named like its own image", src: "FROM directus AS directus\n", want: Stage{Base: "directus", Line: 1}},
		{name: "ARG default", src: "ARG V=1\nARG W=${V}.2\nFROM a:$W\n", want: Stage{Base: "a:1.2", Line: 3}},
		{name: "ARG of the build", src: "ARG V=1\nFROM a:${V:-9}\n", args: map[string]string{"V": "3"}, want: Stage{Base: "a:3", Line: 2}},
		{name: "the old ENV", src: "FROM a\nENV X b  c\nENV Q=\"d e\" \\\n # comment\n R='f'\n", want: Stage{Base: "a", Line: 1, Env: []envfile.Var{{Name: "X", Value: "b  c", Origin: "D:2"}, {Name: "Q", Value: "d e", Origin: "D:3"}, {Name: "R", Value: "f", Origin: "D:3"}}}},
		{name: "no FROM", src: "RUN x\nENV A=b\n", none: true},
		{name: "empty FROM", src: "FROM\nFROM --platform=x\n", none: true},
	}
	for _, tt := range tests {
		got, ok := Parse("D", tt.src, tt.target, tt.args)
		if ok == tt.none {
			t.Errorf("%s: found %v", tt.name, ok)
			continue
		}
		if len(got.Env) == 0 {
			got.Env = nil
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("ARG A=${A}\nFROM a AS b\nFROM b AS a\nFROM a\nENV \\\nX='\n", "b")
	f.Fuzz(func(t *testing.T, src, target string) { Parse("D", src, target, nil) })
}
