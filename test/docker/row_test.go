//go:build docker

package docker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// row is one situation and one command. In its texts $P is the name of the project.
type row struct {
	name   string   // what is shown, in few words
	layout string   // of the project; empty is "plain"
	cold   bool     // nothing was started; else all is up, from the image v1
	setup  []string // lines of a shell, after that
	dir    string   // where the command is given, below the project; "/" is a folder that has nothing to do with it

	// The command, with variables before it. ID(service) is the identity of the service's container,
	// and ID5(service) its first five digits.
	command string
	stdin   string // a file for its standard input
	during  string // lines of a shell while the command runs, which is interrupted when all has started; it writes to ../apart/output
	blind   string // in place of a command: what happens with no docker command at all, which nobody can foresee
	code    int    // exit code; interrupted ones have any

	quiet []string // in place of one command: several, one after the other, none of which starts anything

	want   string // what starts: "db directus=container:v1", service, and kind and name of the snapshot for Directus
	loses  string // volumes that go: "data", "anonymous"
	leaves string // volumes without a name that stay, but that nothing uses any more
	maybe  string // services of which "maybe" is an honest prediction
}

// started is one start that a row wants.
type started struct{ service, kind, snapshot string }

func parse(want string) []started {
	var list []started
	for word := range strings.FieldsSeq(want) {
		service, source, _ := strings.Cut(word, "=")
		kind, snapshot, _ := strings.Cut(source, ":")
		list = append(list, started{service, kind, snapshot})
	}
	return list
}

// is tells whether a start is the wanted one.
func (s started) is(b lab.Boot) bool {
	return label(b) == s.service && s.kind == "" || label(b) == s.service+"="+s.snapshot
}

// isDirectus tells whether a service of the layouts is one: those that a row gives a source, and by name.
func isDirectus(service string) bool {
	return slices.Contains([]string{"directus", "prof", "worker"}, service)
}

// reality compares what started with what the row wants, and returns the differences.
func reality(want []started, boots []lab.Boot) []string {
	var have, expect []string
	for _, b := range boots {
		have = append(have, label(b))
	}
	for _, w := range want {
		text := w.service
		if isDirectus(w.service) {
			text += "=" + w.snapshot
		}
		expect = append(expect, text)
	}
	slices.Sort(have)
	slices.Sort(expect)
	if slices.Equal(have, expect) {
		return nil
	}
	return []string{fmt.Sprintf("started %v, want %v", have, expect)}
}

// label is a start as rows write it, less the kind, which cannot be seen from outside.
func label(b lab.Boot) string {
	service := strings.TrimPrefix(b.Service, b.Project+"_") // of a stack
	if service == "" {
		service = "directus" // the rows start containers by hand from its image only
	}
	if !isDirectus(service) {
		return service
	}
	return service + "=" + snapshotName(b.SHA256)
}
