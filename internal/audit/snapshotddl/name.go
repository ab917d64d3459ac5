package snapshotddl

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// IndexName is the name that Directus gives an index, a unique constraint or a foreign key (kind: index,
// unique, foreign) of a table's columns, at most limit characters long: 63 for indexes and unique
// constraints on Postgres, 60 for foreign keys (12.4.1, utils/get-default-index-name.js).
func IndexName(kind, table string, limit int, columns ...string) string {
	name := strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(table) + "_" + strings.Join(columns, "_") + "_" + kind)
	units := utf16.Encode([]rune(name))
	if len(units) <= limit {
		return name
	}
	suffix := "__" + simpleHash(units) + "_" + kind
	return string(utf16.Decode(units[:limit-len(suffix)])) + suffix
}

// simpleHash is getSimpleHash of @directus/utils: 31 times the hash plus the next UTF-16 unit, in JavaScript's
// numbers, cut to 32 bits after each step.
func simpleHash(units []uint16) string {
	var hash int32
	for _, u := range units {
		hash = int32(31*int64(hash) + int64(u)) //nolint:gosec // cutting it to 32 bits is the algorithm
	}
	abs := int64(hash)
	if abs < 0 {
		abs = -abs
	}
	return strconv.FormatInt(abs, 16)
}
