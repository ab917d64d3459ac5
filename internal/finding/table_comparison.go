package finding

func comparisonTable() []Info {
	return []Info{
		{
			Conflict, Comparison, Danger, "the item was changed in the database and in the snapshot",
			"Since both were last equal, somebody edited the item in Directus and somebody else committed another change of it. A boot takes the snapshot's version; the edit in the database is lost.",
			"See both with `schemaguard diff live head`. Bring the wanted result about in Directus, then `schemaguard snapshot --stage` and commit.",
		},
		{
			StaleTarget, Comparison, Danger, "the snapshot is older than the work in the database",
			"What the database holds is committed, but not in the history of the snapshot that would be applied: an image built before, or another branch. Applying it undoes the newer work.",
			"Bring the newer commits in (`git pull`, or a merge of the named branch), and build the image again before it boots.",
		},
		{
			Ahead, Comparison, Warning, "the database has a version of the item that another branch holds",
			"Git knows the database's version of the item, but the snapshot's own history does not contain it. The work is safe in git; applying this snapshot removes it from the database.",
			"Merge the named branch, or use one database for each branch.",
		},
		{
			CommittedDrop, Comparison, Warning, "a commit removed the item, and a boot drops it",
			"The removal was asked for and is in git. The rows that go with it are not in git; the finding counts them.",
			"Nothing needs fixing if the removal is meant. Back up the rows first where they matter.",
		},
		{
			RenameLikely, Comparison, Warning, "what looks like a rename is a deletion and a creation",
			"Directus knows no renames in a snapshot. The old column or table is dropped with its values, and the new one starts empty.",
			"Rename it in the database with SQL before the boot (the column and its row in `directus_fields`), or copy the values over.",
		},
		{
			HandEdit, Comparison, Warning, "an item of the snapshot file was changed by hand",
			"Neither the database nor any commit has the item as the file has it. Directus never saw this version of it, so it may not be able to apply it, and the next snapshot overwrites it with what the database has. A key trimmed by hand can make Directus drop a table (META_KEY_MISSING).",
			"Make the change in Directus instead, and write the file from the database: `schemaguard snapshot --stage`.",
		},
		{
			MergeLost, Comparison, Danger, "a merge lost an item that neither side removed",
			"A conflict was resolved by deleting one side's lines: the file is valid, and the next boot drops what it lacks. `schemaguard` notices where the commit of a merge, rebase, cherry-pick or revert is made.",
			"Put the sides together again with `git checkout --merge -- snapshots/schema.yaml`; the merge driver that `schemaguard install` sets up does it item by item.",
		},
		{
			OrderOnly, Comparison, Note, "the snapshot lists the same items in another order",
			"None. Directus orders fields by the sequence in which one database created them, so the same schema comes in another order from another database.",
			"Nothing needs fixing. `schemaguard snapshot` brings the file into this database's order.",
		},
		{
			PendingCreate, Comparison, Note, "the next boot creates the item",
			"None. The snapshot has something that the database does not have yet, as after every pull.",
			"Restart Directus when it suits, and the item is there.",
		},
		{
			PendingUpdate, Comparison, Note, "the next boot updates the item",
			"None of its own. The database has an older version of the item, which the snapshot's history holds. Where the update narrows a type, TYPE_NARROW says so.",
			"Restart Directus when it suits, and the item is up to date.",
		},
	}
}
