package finding

func fileTable() []Info {
	return []Info{
		{
			SnapshotMissing, File, Invalid, "there is no snapshot file",
			"Without the file there is nothing to compare the database with, and a boot that applies it fails.",
			"Write it: `schemaguard snapshot --stage`. If it lies elsewhere, say where in `.schemaguard.yaml`; `schemaguard init` looks for it.",
		},
		{
			SnapshotInvalid, File, Invalid, "the snapshot file is not valid YAML or JSON",
			"Directus cannot read it, so the boot fails. Nothing can be said about the database.",
			"Repair the named line, or write the file anew from the database: `schemaguard snapshot --stage`.",
		},
		{
			SnapshotTruncated, File, Invalid, "the snapshot file ends in the middle",
			"A file cut off between two items is still valid YAML. Directus takes what is missing at its end for deleted, and drops it.",
			"Write the file anew from the database: `schemaguard snapshot --stage`. Or take it from git: `git restore` with the file's name.",
		},
		{
			ConflictMarkers, File, Invalid, "the snapshot file holds the marks of an unresolved merge",
			"Directus cannot read it, so the boot fails. Resolved in haste, such a file loses items, and Directus drops what it lost.",
			"Decide what is marked, item by item, and stage the file: `git add snapshots/schema.yaml`. With the merge driver of `schemaguard install`, `git checkout --merge -- snapshots/schema.yaml` leaves marks only where both sides changed the same thing differently.",
		},
		{
			LogLines, File, Invalid, "log lines are mixed into the snapshot file",
			"`directus schema snapshot` without a file name writes its log and the snapshot to the same stream. The result is not a snapshot, or one with items missing.",
			"Write the file anew: `schemaguard snapshot --stage`. With Directus itself, name a file instead of redirecting the output.",
		},
		{
			NotASnapshot, File, Invalid, "the file is not a Directus snapshot",
			"It lacks what every snapshot has. Applying it fails or deletes everything.",
			"Check which file `.schemaguard.yaml` names: it has to be the file that `directus schema snapshot` writes.",
		},
		{
			UnknownFormat, File, Invalid, "the snapshot's format version is not known",
			"The file says a `version` other than 1 and 2, so it may mean something that this version of schemaguard does not understand.",
			"Update schemaguard. If the line was edited by hand, write the file anew: `schemaguard snapshot --stage`.",
		},
		{
			MissingList, File, Invalid, "the snapshot lacks one of its lists",
			"Without `collections`, `fields` or `relations`, Directus ends with an error and the boot fails.",
			"Write the file anew: `schemaguard snapshot --stage`.",
		},
		{
			ForeignVendor, File, Invalid, "the snapshot was taken from another kind of database",
			"Its types and defaults are those of MySQL, SQLite or another database. `directus schema apply` does not check this: it changes Postgres columns to match.",
			"Take the snapshot from this Postgres database: `schemaguard snapshot --stage`.",
		},
		{
			EmptySnapshot, File, Danger, "the snapshot holds no collections",
			"`collections: []` is valid and means that there are none: a boot drops every collection of the database.",
			"Write the file from the database: `schemaguard snapshot --stage`. If that comes out empty too, it looks at the wrong database or schema: `schemaguard doctor`.",
		},
		{
			PartialSnapshot, File, Warning, "the snapshot holds only some of the collections",
			"The file says `version: 2`: it speaks of the collections that it names, and not of any others. Nothing can be said about those.",
			"Keep the whole schema in git: `schemaguard snapshot --stage`.",
		},
		{
			DuplicateItem, File, Warning, "the snapshot has the same item twice",
			"Directus compares the first one and ignores the other, or tries to create both and fails. A merge that kept both sides often causes it. Directus itself writes a field twice when its column exists although it is marked as an alias.",
			"Write the file anew: `schemaguard snapshot --stage`. If it still comes out twice, correct the field's `special` in Directus.",
		},
		{
			DanglingItem, File, Warning, "an item belongs to a collection that is not in the snapshot",
			"Directus cannot create it, and the apply fails or leaves it out. A merge that lost the collection often causes it.",
			"Bring the collection back, or write the file anew: `schemaguard snapshot --stage`.",
		},
		{
			SystemCollection, File, Warning, "the snapshot lists one of Directus's own tables as a collection",
			"The table belongs to a Directus of another version. Applying the snapshot changes or creates a system table, or fails.",
			"Write the file with the version that runs: `schemaguard snapshot --stage`.",
		},
		{
			CRLF, File, Note, "the snapshot file has Windows line ends",
			"Directus reads it, but writes plain line feeds: every snapshot makes a diff of the whole file. Inside long texts, the difference may become part of the value.",
			"Add a line with the file's name and `text eol=lf` to `.gitattributes`, then `schemaguard snapshot --stage`.",
		},
		{
			ByteOrderMark, File, Note, "the snapshot file begins with a byte order mark",
			"Directus reads such a file as YAML, but not as JSON. The next snapshot removes the mark.",
			"Write the file anew: `schemaguard snapshot --stage`.",
		},
	}
}
