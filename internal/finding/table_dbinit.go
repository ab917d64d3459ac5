package finding

// dbinitTable holds what db-init finds. All of it ends db-init verify with exit
// code 6; what stops a run stops it before the first statement.
func dbinitTable() []Info {
	return append(append(ledgerTable(), overlapTable()...), sqlFileTable()...)
}

// ledgerTable is what is wrong between the files and what the database says was
// applied.
func ledgerTable() []Info {
	return []Info{
		{
			DBInitChanged, DBInit, Danger, "an applied file was changed",
			"This database was made by another text than the file has now, so the next new database will differ from it. Nothing runs until that is decided.",
			"Put the file back and write the change into the next one: `schemaguard db-init new NAME`. Where both texts come to the same, say so: `schemaguard db-init repair --accept-checksum NAME`.",
		},
		{
			DBInitMissing, DBInit, Danger, "an applied file is gone",
			"What the file made is in this database, and no new database will have it. Nothing runs until that is decided.",
			"Put the file back. If it was renamed, say so of the new name, so that it does not run again: `schemaguard db-init repair --mark-applied NEW`. If what it made is gone for good: `schemaguard db-init repair --forget NAME`, or live with it: `--allow missing`.",
		},
		{
			DBInitInterrupted, DBInit, Danger, "a file without a transaction began and did not end",
			"The run was killed, or lost its connection. Nobody knows which of the statements ran, so neither running it again nor leaving it is safe, and nothing runs.",
			"Look what is there; a `CREATE INDEX CONCURRENTLY` that was cut off leaves an invalid index behind. Then `schemaguard db-init repair --forget NAME` to run it again from its beginning, or `schemaguard db-init repair --mark-applied NAME`.",
		},
		{
			DBInitFailed, DBInit, Danger, "a file without a transaction stopped half way",
			"The statements before the one that failed are in the database, the others are not. Run again, the first ones may fail because what they make is there.",
			"Look what is there, mend the file, then `schemaguard db-init repair --forget NAME` to run it from its beginning, or `schemaguard db-init repair --mark-applied NAME` where you finished it by hand.",
		},
		{
			DBInitOutOfOrder, DBInit, Warning, "a file comes before one that is applied already",
			"Two branches took numbers at the same time. On this database the file would run after the later one, on a new one before it, and the two may differ.",
			"Give the file a number after the last one. Where the order does not matter: `schemaguard db-init apply --allow out-of-order`.",
		},
		{
			DBInitNotAdopted, DBInit, Warning, "the table of applied files is the team's own, and was not adopted",
			"The table has another shape than db-init's own. Nothing is written to it and nothing runs, because a file that is applied might be run again.",
			"See what its columns and rows are taken for: `schemaguard db-init adopt`. Then `schemaguard db-init adopt --yes`; its columns and rows stay.",
		},
		{
			DBInitTable, DBInit, Warning, "the table of applied files cannot be used",
			"It is no table, has no column that names a file, or has one that must be filled and that nothing is known for. What was applied cannot be read or recorded, so nothing runs.",
			"Give the column that the message names a default, or record in another table: `schemaguard db-init status --table schema.table`, or `db_init.table` in the settings.",
		},
		{
			DBInitRecordedTwice, DBInit, Warning, "two rows stand for one file",
			"They may say different things of it: applied and failed, or two contents. Nothing runs until one is gone.",
			"Look at both rows, and delete the one that is wrong.",
		},
		{
			DBInitLock, DBInit, Warning, "a file without a transaction, through a connection pooler",
			"A pooler gives the connection to somebody else between two statements, and the lock with it. Two runs could run the file at the same time, so it is refused.",
			"Connect to Postgres itself: `schemaguard db-init apply --dsn URL`.",
		},
		{
			DBInitRetry, DBInit, Warning, "the last try of a file failed, and left nothing behind",
			"The file ran in a transaction, which was rolled back. The next run tries it again, and fails again where nothing was mended.",
			"Mend the file, or what it needs, then `schemaguard db-init apply`.",
		},
		{
			DBInitNoChecksum, DBInit, Note, "an applied file whose content nobody recorded",
			"The row says that the file was applied, and not with which text. Whether it was changed since cannot be told; it stops no run.",
			"Where the file is as it ran, record it: `schemaguard db-init adopt`.",
		},
		{
			DBInitPending, DBInit, Note, "a file is not applied yet",
			"The database lacks what the file makes.",
			"Run it: `schemaguard db-init apply`. A boot with the gate does it as well.",
		},
	}
}

// overlapTable is what db-init and Directus both claim.
func overlapTable() []Info {
	return []Info{
		{
			DBInitRevert, DBInit, Danger, "a file changes what the snapshot manages",
			"The snapshot describes the table or column otherwise. The next `directus schema apply` changes it back, drops a column that the file adds, and cuts values that no longer fit.",
			"Make the change in Directus and save it: `schemaguard snapshot --stage`. Leave to db-init what the snapshot does not hold.",
		},
		{
			DBInitGhost, DBInit, Danger, "a file creates a table that Directus tracks and the snapshot lacks",
			"Directus takes what it tracks and the snapshot lacks for a deletion: the next `directus schema apply` drops the table with its rows.",
			"Add the table to `DB_EXCLUDE_TABLES`, or let it into the snapshot: `schemaguard snapshot --stage`.",
		},
		{
			DBInitCreates, DBInit, Warning, "a file creates a table that the snapshot creates too",
			"On this database the table is there and nobody notices. On a new one db-init makes it first, and `directus schema apply` fails with \"Collection already exists\".",
			"Leave the table to one of the two: take it out of the file, or out of the snapshot.",
		},
	}
}

// sqlFileTable is what is wrong with the files alone.
func sqlFileTable() []Info {
	return []Info{
		{
			DBInitFileName, DBInit, Warning, "the name of a file is no `NNN_name.sql`",
			"The file has no number, and so no place in the order. It is not skipped in silence: nothing runs.",
			"Give it the next number; `schemaguard db-init new NAME` makes one. What should not run must not end in `.sql`.",
		},
		{
			DBInitNotPlain, DBInit, Warning, "a file is a link, a folder or a device",
			"What a link out of the folder leads to may be another text tomorrow, or on another machine. Plain files are run, and links to files within their folder, as Kubernetes makes them.",
			"Put the file itself there.",
		},
		{
			DBInitUnreadable, DBInit, Warning, "a file cannot be read as SQL",
			"It is not UTF-8, holds a NUL byte (UTF-16 does), or is larger than 32 MiB. Half of it might be run, or something else than it says.",
			"Save it as UTF-8. Load data by other means; db-init is for schema.",
		},
		{
			DBInitEmpty, DBInit, Warning, "a file holds no statement",
			"It would be recorded as applied, and what is written into it later would never run.",
			"Write the statement, or remove the file.",
		},
		{
			DBInitDirective, DBInit, Warning, "a `-- schemaguard:` line is not understood",
			"The line is misspelt, or stands after the first statement. A directive that is silently ignored would run the file in the wrong phase, or in a transaction that it cannot run in.",
			"Write it before the first statement, as `-- schemaguard:phase post` or `-- schemaguard:no-transaction`.",
		},
		{
			DBInitDuplicateNumber, DBInit, Warning, "two files have one number",
			"Two branches took the same number. Which of them runs first is chance, so nothing runs.",
			"Give the later of the two the next free number, before it is applied anywhere.",
		},
		{
			DBInitDuplicateName, DBInit, Warning, "two files have one name",
			"They differ in case or in their folder only. The table has one entry for both, so one of them would never run.",
			"Give one of them another number and name.",
		},
		{
			DBInitGap, DBInit, Warning, "a number is missing between two files",
			"A file was forgotten in a commit, or is on a branch that was not merged. What follows may need it, and it would come too late afterwards.",
			"Add the file, or renumber those that follow. Where nothing is missing: `schemaguard db-init apply --allow gap`.",
		},
		{
			DBInitUnfinished, DBInit, Warning, "a quote or comment is not closed",
			"All that follows is part of it, so where the statements end cannot be told.",
			"Close it at the place that the message names.",
		},
		{
			DBInitPsqlCommand, DBInit, Warning, "a command of psql in a file",
			"Lines such as `\\i` and `\\copy` are obeyed by psql alone. The server refuses them.",
			"Write it as SQL.",
		},
		{
			DBInitCopyStdin, DBInit, Warning, "`COPY FROM STDIN` in a file",
			"The rows would have to come from the client, and db-init sends statements alone.",
			"Write the rows as `INSERT`.",
		},
		{
			DBInitTransaction, DBInit, Warning, "`BEGIN` or `COMMIT` in a file that runs in a transaction",
			"The file would commit itself half way. What follows would be applied and not recorded where it fails.",
			"Take the statement out, or begin the file with `-- schemaguard:no-transaction`.",
		},
		{
			DBInitNoTransaction, DBInit, Warning, "a statement that cannot run in a transaction",
			"`CREATE INDEX CONCURRENTLY`, `VACUUM`, `ALTER SYSTEM` and their like fail in one, and the file runs in one.",
			"Give the statement a file of its own that begins with `-- schemaguard:no-transaction`.",
		},
		{
			DBInitStrings, DBInit, Warning, "a file changes `standard_conforming_strings`",
			"From there on a backslash ends strings elsewhere, so that the file cannot be read before it runs.",
			"Write `E'...'` where a string has backslashes.",
		},
	}
}
