package recyclebin

import "slices"

// Doomed is one thing that is about to go.
type Doomed struct {
	Kind Kind
	// Table is a table or, for settings, the collection.
	Table string
	// Column is a column or, for settings, the field; empty for a whole table.
	Column   string
	From, To string // the types of a narrowed column, for people
}

// Name is the item's name: "orders" or "orders.total".
func (d Doomed) Name() string {
	if d.Column == "" {
		return d.Table
	}
	return d.Table + "." + d.Column
}

// Distinct leaves out what goes along with something larger: a column of a doomed
// table, the settings of a doomed column.
func Distinct(all []Doomed) []Doomed {
	has := func(k Kind, table, column string) bool {
		return slices.ContainsFunc(all, func(d Doomed) bool { return d.Kind == k && d.Table == table && d.Column == column })
	}
	var out []Doomed
	for _, d := range all {
		covered := d.Kind != KindTable && has(KindTable, d.Table, "")
		if d.Kind == KindNarrowed {
			covered = covered || has(KindColumn, d.Table, d.Column)
		}
		if d.Kind == KindSettings {
			covered = covered || d.Column != "" && (has(KindColumn, d.Table, d.Column) || has(KindSettings, d.Table, ""))
		}
		same := func(o Doomed) bool { return o.Kind == d.Kind && o.Name() == d.Name() }
		if !covered && !slices.ContainsFunc(out, same) {
			out = append(out, d)
		}
	}
	return out
}
