package shimfile

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockershim"
)

// FunctionText returns the functions that stand in front of the programs that there are, for bash, zsh or
// fish.
func (s Site) FunctionText(shell string) (string, error) {
	var b strings.Builder
	b.WriteString("# docker through schemaguard, for what is typed into this shell\n")
	programs := s.programs()
	if len(programs) == 0 {
		programs = []Program{{Name: "docker"}}
	}
	for _, p := range programs {
		switch shell {
		case "bash", "zsh": // the word function, as a name alone would be taken for an alias of that name
			fmt.Fprintf(&b, "function %s { %s %s %[1]s \"$@\"; }\n", p.Name, quoted(s.Program), dockershim.Verb)
		case "fish":
			program := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s.Program) + "'"
			fmt.Fprintf(&b, "function %s\n    %s %s %[1]s $argv\nend\n", p.Name, program, dockershim.Verb)
		default:
			return "", fmt.Errorf("no functions for the shell %q; there are those of bash, zsh and fish", shell)
		}
	}
	return b.String(), nil
}
