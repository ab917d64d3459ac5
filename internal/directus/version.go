// Package directus knows how one Directus version differs from another: the rules of its snapshot, diff and apply, its system
// collections and fields, and its migrations. It is data taken from the published packages plus lookups over them; it opens no
// connection, reads no file and knows nothing of snapshots as values.
package directus

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Version is a Directus release. Pre is the part after the hyphen of a pre-release, without the hyphen.
type Version struct {
	Major, Minor, Patch int
	Pre                 string
}

// ErrVersion is wrapped by every error of [ParseVersion].
var ErrVersion = errors.New("not a Directus version")

// ParseVersion reads "12.4.1", "v11.8" (patch 0) or "10.13.4-beta.1". A lone major number is refused, as "11" names whatever
// image was current when it was pulled. The error wraps [ErrVersion] and quotes at most 40 bytes of the input.
func ParseVersion(s string) (Version, error) {
	if v, ok := parseVersion(s); ok {
		return v, nil
	}
	if len(s) > 40 {
		s = s[:40]
	}
	return Version{}, fmt.Errorf("reading version %q: %w", s, ErrVersion)
}

// parseVersion takes two or three numbers and an optional pre-release. It is written out because every command parses
// versions at its start, and the pattern that says the same takes longer to compile than all of them to read.
func parseVersion(s string) (Version, bool) {
	release, pre, hasPre := strings.Cut(strings.TrimPrefix(s, "v"), "-")
	if hasPre && !isPreRelease(pre) {
		return Version{}, false
	}
	parts := strings.Split(release, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return Version{}, false
	}
	var n [3]int
	for i, part := range parts {
		if !isNumber(part) {
			return Version{}, false
		}
		n[i], _ = strconv.Atoi(part)
	}
	return Version{Major: n[0], Minor: n[1], Patch: n[2], Pre: pre}, true
}

// isNumber takes one to six digits without a leading zero.
func isNumber(s string) bool {
	if s == "" || len(s) > 6 || (s[0] == '0' && len(s) > 1) {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// isPreRelease takes one to five words of letters, digits and hyphens, 32 at most each, joined by dots.
func isPreRelease(s string) bool {
	words := strings.Split(s, ".")
	if len(words) > 5 {
		return false
	}
	for _, word := range words {
		if word == "" || len(word) > 32 || strings.Trim(word, "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}

// String returns "12.4.1" or "10.13.4-beta.1".
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Pre != "" {
		s += "-" + v.Pre
	}
	return s
}

// IsZero reports whether v is the zero Version, which no Directus release has.
func (v Version) IsZero() bool { return v == Version{} }

// Compare returns -1, 0 or 1 as v is older than, the same as or newer than w, in the order of semantic versioning:
// a pre-release comes before its release.
func (v Version) Compare(w Version) int {
	return cmp.Or(v.compareRelease(w), comparePre(v.Pre, w.Pre))
}

// compareRelease is [Version.Compare] without the pre-release.
func (v Version) compareRelease(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}

func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if c := compareIdentifier(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// compareIdentifier orders numbers numerically and before everything else (https://semver.org/#spec-item-11).
func compareIdentifier(a, b string) int {
	an, aErr := strconv.ParseUint(a, 10, 64)
	bn, bErr := strconv.ParseUint(b, 10, 64)
	switch {
	case aErr == nil && bErr == nil:
		return cmp.Compare(an, bn)
	case aErr == nil:
		return -1
	case bErr == nil:
		return 1
	}
	return cmp.Compare(a, b)
}
