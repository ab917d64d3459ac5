package finding

func dockerTable() []Info {
	return []Info{
		{
			StaleImage, Docker, Danger, "the image was built before the commit",
			"The work is in the database and in git, and the image that the container starts from was built before it was committed. The start applies the older snapshot and drops what it lacks.",
			"Build the image again and start from that: `docker compose up -d --build directus`. A restart alone always starts from the files that the container has.",
		},
		{
			VolumeLoss, Docker, Danger, "the volume of the database would be deleted",
			"All of the database goes with it: the schema, which the snapshot has, and every row, which it has not.",
			"Leave the volume out (`docker compose down` keeps it), or make a dump first: `docker compose exec db pg_dumpall -U postgres > dump.sql`. Then agree to it by name, as the refusal prints it.",
		},
		{
			BootUnknown, Docker, Warning, "it is not known which snapshot the container applies",
			"The container looks like Directus, and its snapshot is at none of the usual places. What its start would do to the database cannot be foretold.",
			"Say where the snapshot is, with the label `schemaguard.snapshot=/path/in/the/container` on the service or its image; or that none is applied, with `schemaguard.directus=false`.",
		},
	}
}
