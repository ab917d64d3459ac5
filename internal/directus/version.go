// Package directus knows how one Directus version differs from another: the rules of its snapshot, diff and apply, its system
// collections and fields, and its migrations. It is data taken from the published packages plus lookups over them; it opens no
// connection, reads no file and knows nothing of snapshots as values.
package directus

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
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

// versionPattern: two or three numbers without leading zeros, at most six digits each, and an optional pre-release.
var versionPattern = regexp.MustCompile(
	`^v?(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:\.(0|[1-9][0-9]{0,5}))?(?:-([0-9A-Za-z-]{1,32}(?:\.[0-9A-Za-z-]{1,32}){0,4}))?$`)

// ParseVersion reads "12.4.1", "v11.8" (patch 0) or "10.13.4-beta.1". A lone major number is refused, as "11" names whatever
// image was current when it was pulled. The error wraps [ErrVersion] and quotes at most 40 bytes of the input.
func ParseVersion(s string) (Version, error) {
	m := versionPattern.FindStringSubmatch(s)
	if m == nil {
		if len(s) > 40 {
			s = s[:40]
		}
		return Version{}, fmt.Errorf("reading version %q: %w", s, ErrVersion)
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits by the pattern; an absent patch is 0
	}
	return Version{Major: n[0], Minor: n[1], Patch: n[2], Pre: m[4]}, nil
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
