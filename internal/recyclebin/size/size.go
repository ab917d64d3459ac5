// Package size says how large something in the recycle bin is, and that it is too
// large for it.
package size

import (
	"fmt"
	"strings"
)

// LimitError says that what is doomed is larger than the limit. Nothing was copied.
type LimitError struct {
	Limit int64
	Bytes int64 // of all items, as far as they were measured
	Items []Item
}

// Item is the size of one doomed item.
type Item struct {
	Name  string
	Bytes int64
}

// Error implements error.
func (e *LimitError) Error() string {
	var parts []string
	for _, i := range e.Items {
		parts = append(parts, i.Name+" "+Text(i.Bytes))
	}
	return fmt.Sprintf("copying into the recycle bin: %s is more than its limit of %s (%s): keep it with pg_dump, or raise trash.limit (SCHEMAGUARD_TRASH_LIMIT)",
		Text(e.Bytes), Text(e.Limit), strings.Join(parts, ", "))
}

// Text writes a number of bytes for people: "1.5 GB", in powers of 1024.
func Text(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
