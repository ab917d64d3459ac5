// Package environ looks variables up in a list of assignments, as a process is
// handed it, so that what reads an environment can be told which.
package environ

import (
	"slices"
	"strings"
)

// Lookup returns the value of a variable in a list as os.Environ returns it, empty
// where it is not set. Of several assignments to one name the last counts.
func Lookup(list []string, name string) string {
	for _, v := range slices.Backward(list) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// In returns Lookup of one list, in the form of os.Getenv.
func In(list []string) func(name string) string {
	return func(name string) string { return Lookup(list, name) }
}
