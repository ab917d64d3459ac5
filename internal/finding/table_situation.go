package finding

func versionTable() []Info {
	return []Info{
		{
			VersionSkew, Version, Warning, "the snapshot was written by another version of Directus than the one that boots",
			"`directus schema apply` never compares the two. Between some versions that destroys everything: a snapshot of 11.17, applied by 12.3, drops every tracked table and reports success. The findings beside this one say what this pair does.",
			"Write the snapshot with the version that boots, before it boots: `schemaguard snapshot --stage`. To see which version was found and where: `schemaguard doctor`.",
		},
		{
			UnknownVersion, Version, Warning, "the version of Directus is not known",
			"What a boot would do differs by version, so it cannot be foretold, and the snapshot cannot be written as Directus would.",
			"Say it with `--directus-version`, or in `.schemaguard.yaml`. If it is newer than this schemaguard knows, update schemaguard.",
		},
	}
}

func situationTable() []Info {
	return []Info{
		{
			NotRun, Situation, Warning, "the check could not be made",
			"Nothing is known about the database. That is not the same as clean.",
			"The finding names the reason. `schemaguard doctor` tries each step by itself and says which one fails.",
		},
		{
			Unreachable, Situation, Warning, "the database cannot be reached",
			"Nothing is known about it. Unsaved work may be in it.",
			"Start the database, or correct the connection. `schemaguard doctor` shows which setting won, and what it tried.",
		},
		{
			SeenUnsaved, Situation, Danger, "the database cannot be asked, and held unsaved work when it last was",
			"A commit made now may leave that work out, and the next boot from it destroys the work. A hook refuses then, unless the staged snapshot is what the database was seen to hold.",
			"Start the database and take a snapshot: `schemaguard snapshot --stage`. Where the work is known to be gone, `SCHEMAGUARD_SKIP=\"reason\" git commit` goes on and keeps a line of it.",
		},
		{
			NotDirectus, Situation, Warning, "the database holds no Directus",
			"There are no Directus tables in the schemas that were searched. Either it is empty, or it is the wrong database or schema. `directus schema apply` does nothing there, and still reports success.",
			"Check the database and `DB_SEARCH_PATH` with `schemaguard doctor`. A new database needs `directus bootstrap` first.",
		},
		{
			NotReadable, Situation, Warning, "the database role may not read everything that Directus reads",
			"What the role cannot see looks as if it were not there. A comparison would be wrong, so none is made.",
			"Use the role that Directus itself uses, or grant it `SELECT` on the tables that the finding names.",
		},
		{
			NotAdopted, Situation, Danger, "the database has collections, and nobody has said yet that they are in order",
			"Schemaguard has not seen this database before. Without a sync point, it cannot tell what was made here from what was applied here, so it calls too much unsaved rather than too little.",
			"Look at `schemaguard status`. When it is as it should be: `schemaguard init`, or in a container `schemaguard boot --adopt`, once.",
		},
		{
			GitUnreadable, Situation, Warning, "git cannot be asked",
			"What was committed is not known, so work that is safely in git cannot be told from work that exists only in the database.",
			"The finding gives git's own words. `schemaguard doctor` shows which repository and which git were used.",
		},
		{
			ShallowHistory, Situation, Note, "the clone holds only a part of the history",
			"Versions of an item that were committed before the cut cannot be found. Work that is in git may be called unsaved.",
			"Fetch the rest: `git fetch --unshallow`.",
		},
		{
			SameNameTwoSchemas, Situation, Warning, "two of the searched schemas hold a table of the same name",
			"Directus matches tables by name alone. It mixes the columns and constraints of both, and a change may hit the wrong one.",
			"Search one schema only (`DB_SEARCH_PATH`), rename one of the tables, or exclude it with `DB_EXCLUDE_TABLES`, which hides both.",
		},
		{
			ExcludedTable, Situation, Warning, "the snapshot holds a collection that DB_EXCLUDE_TABLES hides",
			"Directus does not see the table in the database, so it creates the collection that the snapshot names and fails because the table is there. Or the other way round: a snapshot taken with this setting loses the collection, and a Directus without the setting drops it.",
			"Use the same `DB_EXCLUDE_TABLES` wherever this schema lives, or write the snapshot anew with it: `schemaguard snapshot --stage`.",
		},
	}
}
