package workspace

import (
	"path/filepath"
	"slices"
)

// SameDatabase tells whether both settings lead to the same database in the same
// way: what was opened by one would be opened by the other.
func (st *Settings) SameDatabase(other *Settings) bool {
	a, b := st.PG, other.PG
	return st.databaseKey() == other.databaseKey() && a.User == b.User && a.Password == b.Password &&
		slices.Equal(st.SearchPath.Names, other.SearchPath.Names) &&
		slices.Equal(st.ExcludeTables.Names, other.ExcludeTables.Names)
}

// UndoDir is where this clone keeps snapshot files that were overwritten without
// anybody having asked.
func (w *Workspace) UndoDir() string { return filepath.Join(w.stateDir(), "undo") }
