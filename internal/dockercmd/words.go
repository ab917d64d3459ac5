package dockercmd

import "fmt"

// The words of the values, for logs, JSON and the explanation. They are stable.
var (
	kindWords    = []string{"read-only", "arms", "loses-volumes", "may-boot"}
	familyWords  = []string{"engine", "compose", "swarm"}
	objectWords  = []string{"nothing", "containers", "services", "swarm-services", "stacks", "nodes", "pods", "files"}
	effectWords  = []string{"none", "starts", "restarts", "fills", "converges", "recreates", "creates", "replaces", "stops"}
	scopeWords   = []string{"none", "named", "of-targets", "of-project", "unused", "all"}
	versionWords = []string{"any", "v1", "v2"}
)

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return fmt.Sprintf("unknown(%d)", i)
	}
	return words[i]
}

// String returns the word of the kind, such as "may-boot".
func (k Kind) String() string { return word(kindWords, int(k)) }

// String returns the word of the family, such as "compose".
func (f Family) String() string { return word(familyWords, int(f)) }

// String returns the word of the object, such as "services".
func (o Object) String() string { return word(objectWords, int(o)) }

// String returns the word of the effect, such as "restarts".
func (e Effect) String() string { return word(effectWords, int(e)) }

// String returns the word of the scope, such as "of-project".
func (s Scope) String() string { return word(scopeWords, int(s)) }

// String returns the word of the version, such as "v2".
func (v Version) String() string { return word(versionWords, int(v)) }
