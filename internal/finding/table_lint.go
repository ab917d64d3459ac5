package finding

// lintTable is what verify finds in a snapshot file that a check of a database has
// no reason to look at.
func lintTable() []Info {
	return []Info{
		{
			BrokenReference, Lint, Danger, "an item needs another that is not in the snapshot",
			"A new database cannot take the file: the apply fails, or never makes what is written, so every boot finds it different again.",
			"Bring back what the item needs, or write the file anew: `schemaguard snapshot --stage`.",
		},
		{
			NoPrimaryKey, Lint, Danger, "a table has no primary key",
			"Directus cannot use a table without one: it makes a field `id` of its own, which the next apply drops again.",
			"Give the table a primary key, then `schemaguard snapshot --stage`.",
		},
		{
			InvalidName, Lint, Danger, "a name is none that Postgres keeps",
			"Of a name of more than 63 bytes Postgres keeps the beginning, so that it is not found again; the name of a system column makes the apply fail.",
			"Rename it in Directus, then `schemaguard snapshot --stage`.",
		},
		{
			UnknownType, Lint, Danger, "a field has a type that Directus does not know",
			"The apply fails at the field.",
			"Write the file with Directus or schemaguard instead of by hand: `schemaguard snapshot --stage`.",
		},
		{
			StaleReference, Lint, Warning, "a setting names a field or collection that is gone",
			"The apply works. The app cannot show or sort by what is not there.",
			"Correct the setting in Directus, then `schemaguard snapshot --stage`.",
		},
		{
			NameCase, Lint, Warning, "two names differ in upper and lower case only",
			"SQL without quotes takes the one for the other, and so do some file systems and exports.",
			"Rename one of them in Directus, then `schemaguard snapshot --stage`.",
		},
	}
}
