//go:build !unix

package gitdir

// OwnedByUser leaves the judgement to git, which compares security identifiers there.
func OwnedByUser(func(string) string, ...string) bool { return false }
