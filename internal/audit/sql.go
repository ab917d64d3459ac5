package audit

import "strings"

// SQL is what to add to db-init, in an order that runs, after Directus has made its tables: that of each
// finding which has some. "" where there is none.
func SQL(r *Result) string {
	var out strings.Builder
	for _, f := range r.Findings {
		if f.SQL != "" {
			out.WriteString(f.SQL + "\n")
		}
	}
	return out.String()
}
