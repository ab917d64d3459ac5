package audit

import "strings"

// SQL is what to add to db-init, in an order that runs, after Directus has made its tables: that of each
// finding whose SQL was tried. It does nothing where the objects are there already, except for those that
// differ, which it changes. "" where there is none.
func SQL(r *Result) string {
	var out strings.Builder
	for _, f := range r.Findings {
		if f.SQL != "" && f.Proved {
			out.WriteString(f.SQL + "\n")
		}
	}
	return out.String()
}
