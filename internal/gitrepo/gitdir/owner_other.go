//go:build !unix

package gitdir

// OwnedByUser does not judge here: Windows has security identifiers, which git compares on each command of its own.
func OwnedByUser(func(string) string, ...string) bool { return true }
