package finding

// gateTable holds what stops a boot besides what a check finds.
func gateTable() []Info {
	return []Info{
		{
			NotApplied, Gate, Danger, "the apply ended, and the schema is not that of the snapshot",
			"`directus schema apply` ends with 0 also where it applied nothing. The container would serve a schema that its code does not know.",
			"Read the last ` ERROR: ` of Directus in the log of the boot, and what differs: `schemaguard diff live head`.",
		},
		{
			LockUnreliable, Gate, Warning, "a connection pooler gives the lock to somebody else",
			"In transaction or statement mode PgBouncer hands the connection on, and the lock with it. Two replicas could apply at the same time, so the schema is left alone.",
			"Name a way to Postgres itself, for the lock alone: `SCHEMAGUARD_LOCK_URL=postgres://user@host:5432/db`.",
		},
		{
			LockTimeout, Gate, Warning, "another boot holds the lock for too long",
			"One replica applies, and the others wait for it. This one has waited as long as it was told to, and has checked nothing.",
			"Look at the log of the boot that the message names. Wait longer with `schemaguard boot --lock-timeout 30m`.",
		},
	}
}

// binTable holds what stops the recycle bin. Where it cannot be filled, what is
// doomed is not destroyed.
func binTable() []Info {
	return []Info{
		{
			TrashUnsupported, Bin, Danger, "what is doomed could not be brought back",
			"Partitioned and foreign tables, hypertables and single values of a table without a primary key are more than the bin can make again. Nothing is destroyed for which it has no copy.",
			"Keep the table with `pg_dump -t`, and take it away by hand. Values whose table had no key can be read from the copy that `schemaguard trash show NAME` names.",
		},
		{
			TrashLimit, Bin, Warning, "what is doomed is larger than the bin's limit",
			"A copy in the same database takes as much room again. Nothing was copied, so nothing is destroyed.",
			"Keep the rows with `pg_dump`, or raise `trash.limit` (`SCHEMAGUARD_TRASH_LIMIT`).",
		},
		{
			TrashNoSpace, Bin, Warning, "the server has no room for the copy",
			"The disk or the memory of the server is full. The copy was rolled back, so nothing is destroyed.",
			"Free some: `schemaguard trash purge`. Or keep the rows with `pg_dump`.",
		},
		{
			TrashNoRight, Bin, Warning, "the role may not keep a copy, or bring it back",
			"The bin is a schema of the same database, which the role has to be allowed to make; to restore, it has to own the table. Or the server is read-only, as a replica is. Nothing was changed.",
			"Let it: `GRANT CREATE ON DATABASE app TO directus`. Or name another role: `schemaguard trash list --dsn URL`.",
		},
		{
			TrashLocked, Bin, Warning, "another session holds a lock on the table",
			"The bin waits for a lock as long as it is told to, because everybody else waits behind it. Nothing was changed.",
			"Try again, or see who holds it: `SELECT * FROM pg_stat_activity WHERE state <> 'idle'`.",
		},
		{
			TrashConflict, Bin, Warning, "something of that name exists now",
			"A restore overwrites nothing, so nothing came back.",
			"Bring the rows back under another name: `schemaguard trash restore NAME --as NEW`. Or rename what is there.",
		},
		{
			TrashMissing, Bin, Warning, "what is asked for, or doomed, is not there",
			"The bin has no such entry; or the table is gone that a column belongs to, or that was doomed a moment ago. Nothing was changed.",
			"See what the bin has: `schemaguard trash list`.",
		},
		{
			TrashFailed, Bin, Warning, "the server refused what the bin asked of it",
			"The message is that of Postgres. It happens in one transaction, so nothing was changed.",
			"Mend what the message names, then do it again; `schemaguard trash restore NAME --dry-run` tries without keeping.",
		},
	}
}
