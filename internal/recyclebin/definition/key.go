package definition

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// KeyList names the columns of the primary key k1, k2, ... so that none can collide
// with the value that is kept by it.
func (t *Table) KeyList() string {
	var b strings.Builder
	for i, k := range t.PrimaryKey {
		fmt.Fprintf(&b, "%s AS k%d, ", statement.Name(k), i+1)
	}
	return b.String()
}

// Joined is the condition that row x of the table is row o of a copy by [Table.KeyList].
func (t *Table) Joined() string {
	parts := make([]string, len(t.PrimaryKey))
	for i, k := range t.PrimaryKey {
		parts[i] = fmt.Sprintf("x.%s = o.k%d", statement.Name(k), i+1)
	}
	return strings.Join(parts, " AND ")
}
