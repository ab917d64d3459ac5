package finding

// bootTable holds what an apply does that a user would not expect, each as seen
// on a real Directus; the versions are those between which it was seen to change.
func bootTable() []Info {
	return []Info{
		{
			CollectionDrop, Boot, Danger, "a boot drops a collection and its rows",
			"The collection is in the database and not in the snapshot that will be applied. `directus schema apply` drops its table with every row, and with it the fields, relations, permissions, presets, revisions and activity that belong to it. There is no undo.",
			"Save the collection before anything restarts: `schemaguard snapshot --stage`, then commit. If it should go, delete it in Directus and take a snapshot, so that the removal is a commit that somebody has read.",
		},
		{
			FieldDrop, Boot, Danger, "a boot drops a field and its values",
			"The field is in the database and not in the snapshot that will be applied. Its column is dropped with all its values. Where the field is a many-to-one relation, its foreign key and the list field on the other side go too.",
			"Save the field: `schemaguard snapshot --stage`, then commit.",
		},
		{
			RelationDrop, Boot, Danger, "a boot drops a relation",
			"The relation is in the database and not in the snapshot that will be applied. Its foreign key and its settings are deleted. The values stay in the column, but nothing keeps them valid any longer.",
			"Save the relation: `schemaguard snapshot --stage`, then commit.",
		},
		{
			FolderDrop, Boot, Danger, "a boot removes a folder or another entry without a table",
			"The entry is in `directus_collections` and not in the snapshot that will be applied. It is deleted; no table goes with it. Collections inside a folder move to the top level. Directus before 11 also deletes those of them that the snapshot lacks.",
			"Save the folder: `schemaguard snapshot --stage`, then commit.",
		},
		{
			SystemIndexDrop, Boot, Warning, "a boot drops indexes of Directus's own tables",
			"To Directus 11.13 and later, a system field that `systemFields` does not list is not indexed. A snapshot without that list, or one written by an older version, therefore drops indexes such as the one on `directus_activity.timestamp`. No rows are lost, but large activity and revision tables become slow.",
			"Write the snapshot anew with the version that runs: `schemaguard snapshot --stage`, then commit.",
		},
		{
			UntrackedDrop, Boot, Danger, "a boot drops a table or column that Directus does not track",
			"Before 11.11, Directus also compares what has no row in `directus_collections` or `directus_fields`. What the snapshot lacks is dropped: whole tables on 11 (seen on 11.8), columns of tracked tables on 10 as well. That hits tables that SQL scripts or other programs made.",
			"Exclude such tables with `DB_EXCLUDE_TABLES` (setting it replaces the default, so keep `spatial_ref_sys` in it), or take a snapshot with this version so that they are in it: `schemaguard snapshot --stage`.",
		},
		{
			GhostDrop, Boot, Danger, "a boot drops a table that was filtered out of the snapshot",
			"The name is kept out of the snapshot file, yet Directus tracks the table: it has a row in `directus_collections`. Directus takes the missing entry for a deletion and drops the table, hypertable or not, with its rows.",
			"Name the table in `DB_EXCLUDE_TABLES` of the Directus that boots, so that it never looks at it. Or stop tracking it: delete its row in `directus_collections`. Or let it into the snapshot: `schemaguard snapshot --stage`.",
		},
		{
			MetaKeyMissing, Boot, Danger, "a key is missing in a collection's meta, and this Directus drops the table for it",
			"Directus 11 and 12 before 12.4 look only at the kind of the first difference. When the snapshot lacks a single `meta` key that the database has, that is a deletion, and the whole table is dropped. Nothing needs to have been deleted: a line trimmed by hand is enough, and so is a snapshot of 11.17 applied by 12.3, which knows two more keys.",
			"Write the snapshot anew with the version that will boot, before it boots: `schemaguard snapshot --stage`. Or move to Directus 12.4, where this is fixed. Never remove keys by hand.",
		},
		{
			AliasFlip, Boot, Danger, "a boot turns a column into a field without one, or back",
			"A change between `alias` and a real type is a deletion and a creation to Directus. The column is dropped with its values.",
			"Copy the values to another field first. To keep the field as it is in the database: `schemaguard snapshot --stage`, then commit.",
		},
		{
			TypeNarrow, Boot, Danger, "a boot cuts values to fit a smaller type",
			"Directus changes the column with an explicit cast. Postgres then cuts strings that are too long and rounds numbers to fewer digits, without an error and without a warning.",
			"Look at the values that are too long first, and shorten or move them. To keep the wider type: `schemaguard snapshot --stage`, then commit.",
		},
		{
			TypeChange, Boot, Warning, "a boot changes the type of a column",
			"Every value is cast to the new type. If one of them cannot be cast, the whole apply fails and is rolled back, and the container does not start.",
			"Look at the change with `schemaguard diff live head`. Where the old type is the right one: `schemaguard snapshot --stage`, then commit.",
		},
		{
			EditLost, Boot, Danger, "a boot overwrites an edit that is only in the database",
			"Somebody changed the item in Directus, and no commit holds the change. Applying the snapshot sets it back to what it was before.",
			"Save the edit: `schemaguard snapshot --stage`, then commit.",
		},
		{
			DeleteUndone, Boot, Danger, "a boot brings back what was deleted in the database",
			"The item was deleted in Directus, and the snapshot still holds it. A boot creates it again, empty: the rows that went with it do not come back.",
			"Save the deletion: `schemaguard snapshot --stage`, then commit. If it was a mistake, a boot restores the schema, and only a backup restores the rows.",
		},
		{
			PartialIgnored, Boot, Danger, "a partial snapshot is applied by a Directus that takes it for a whole one",
			"The file says `version: 2`, so it holds only some of the collections. Directus before 12.2 does not look at that number: it drops every collection that the file does not name.",
			"Apply partial snapshots only with Directus 12.2 or later. Write a whole one instead: `schemaguard snapshot --stage`.",
		},
		{
			ApplyFails, Boot, Warning, "a boot fails: this Directus cannot apply the snapshot to this database",
			"The apply ends with an error and is rolled back; nothing changes, and the container does not start. The finding names the reason: a table that is already there, rows that violate a constraint, a type or default that Directus cannot create.",
			"The finding names the item. Change it in Directus, or prepare the table with SQL, then write the snapshot anew: `schemaguard snapshot --stage`.",
		},
		{
			LicenceLimit, Boot, Warning, "a boot exceeds the number of collections that the licence allows",
			"Directus 12 without a licence allows 25 active collections. Creating the 26th makes the whole apply fail, and from 25 on, even editing the meta of one does.",
			"Set the licence key where Directus boots, or set collections to inactive before.",
		},
		{
			NotConvergent, Boot, Warning, "a boot applies this, and the difference is still there afterwards",
			"Directus reports success, but the next comparison shows the same difference again: constraint names, the target of an existing relation, and the type of an automatic key are not really changed. Every boot does the work again, and real drift hides behind it.",
			"Let the snapshot say what the database has: `schemaguard snapshot --stage`. To really change it, delete the item and create it again in Directus.",
		},
	}
}
