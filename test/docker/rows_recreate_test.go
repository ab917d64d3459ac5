//go:build docker

package docker

// recreations: what replaces containers, now or armed for later.
func recreations() []row {
	extra := `printf 'services: {directus: {environment: {Y: "1"}}}\n' >extra.yaml`
	rival := `printf 'services: {directus: {image: "booter:v2", environment: {DB_CLIENT: pg, SECRET: s}}}\n' >rival.yaml`
	// What watch copies into a container comes from the working tree, as what it builds does.
	enabled := "until grep -q 'Watch enabled' ../apart/output; do sleep 0.1; done\nsleep 0.5\n"
	return []row{
		{name: "up with an env file", setup: []string{"echo X=2 >other.env"}, command: "docker compose --env-file other.env up -d", want: "directus=image:v1"},
		{name: "up with a new dotenv", setup: []string{"echo X=2 >.env"}, command: "docker compose up -d", want: "directus=image:v1"},
		{name: "up with a new override file", setup: []string{extra, "mv extra.yaml compose.override.yaml"}, command: "docker compose up -d", want: "directus=image:v1"},
		{name: "up with one more file", setup: []string{extra}, command: "docker compose -f compose.yaml -f extra.yaml up -d", want: "directus=image:v1"},
		{name: "up after build", setup: []string{edit, "docker compose build -q"}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "build alone", setup: []string{edit}, command: "docker compose build", want: ""},
		{name: "up --force-recreate", command: "docker compose up -d --force-recreate", want: "db directus=image:v1 web"},
		{name: "up --force-recreate of the web site", command: "docker compose up -d --force-recreate web", want: "web"},
		{name: "up --force-recreate of the web site when the Directus changed", setup: []string{retag}, command: "docker compose up -d --force-recreate web", want: "directus=image:v2 web"},
		{name: "up --always-recreate-deps of the web site", command: "docker compose up -d --always-recreate-deps web", want: "db directus=image:v1"},
		{name: "up -V", command: "docker compose up -d -V", want: "db directus=image:v1 web"},
		{name: "up --remove-orphans from another file", setup: []string{rival}, command: "docker compose -f rival.yaml up -d --remove-orphans", want: "directus=image:v2"},
		{name: "up from another file of the same name", setup: []string{rival}, command: "docker compose -f rival.yaml up -d", want: "directus=image:v2"},
		{name: "up --no-start of a changed one", command: "X=2 docker compose up --no-start", want: ""},
		{name: "create of a changed one", command: "X=2 docker compose create", want: ""},
		{name: "create --force-recreate", command: "docker compose create --force-recreate", want: ""},
		{name: "start after create", setup: []string{retag, "docker compose create"}, command: "docker compose start", want: "directus=container:v2"},
		{name: "up --scale to two", command: "docker compose up -d --scale directus=2", want: "directus=image:v1"},
		{name: "scale to two after a retag recreates the first", setup: []string{retag}, command: "docker compose scale directus=2", want: "directus=image:v2 directus=image:v2"},
		{name: "scale of the web site recreates the changed Directus", command: "X=2 docker compose scale web=1", want: "directus=image:v1"},
		{name: "scale of the web site with no-deps", command: "X=2 docker compose scale --no-deps web=1", want: ""},
		{name: "scale to none", command: "docker compose up -d --scale directus=0", want: ""},
		{name: "up after scale to none", setup: []string{"docker compose up -d --scale directus=0"}, command: "docker compose up -d", want: "directus=image:v1"},
		{name: "two of one image after a retag", layout: "worker", setup: []string{retag}, command: "docker compose up -d", want: "directus=image:v2 worker=image:v2"},
		{name: "up of one of two of one image after a retag", layout: "worker", setup: []string{retag}, command: "docker compose up -d worker", want: "worker=image:v2"},
		{name: "watch that syncs and restarts", layout: "sync", command: "docker compose watch --no-up", during: enabled + edit, want: "directus=build:v2", maybe: "db directus web"},
		{name: "watch that rebuilds", layout: "rebuild", command: "docker compose watch --no-up", during: enabled + edit, want: "directus=build:v2", maybe: "db directus web"},
	}
}

// others: run, exec, and all that starts nothing.
func others() []row {
	rows := []row{
		{name: "run of the Directus", command: "docker compose run --rm directus exit", want: "directus=image:v1"},
		{name: "run of the Directus after a retag", setup: []string{retag}, command: "docker compose run --rm --no-deps directus exit", want: "directus=image:v2"},
		{name: "run in the background", command: "docker compose run -d directus", want: "directus=image:v1"},
		{name: "run with another entrypoint", command: "docker compose run --rm --entrypoint /boot directus exit", want: "directus=image:v1"},
		{name: "run of the web site starts the stopped Directus", setup: []string{halt}, command: "docker compose run --rm web exit", want: "directus=container:v1 web"},
		{name: "run of the web site makes the Directus", cold: true, command: "docker compose run --rm web exit", want: "db directus=image:v1 web"},
		{name: "run of the web site with no-deps", setup: []string{halt}, command: "docker compose run --rm --no-deps web exit", want: "web"},
	}
	for _, command := range []string{"kill", "kill -s HUP directus", "stop", "down", "rm -fs directus", "pause directus"} {
		rows = append(rows, row{name: "compose " + command, command: "docker compose " + command})
	}
	var quiet []string
	for _, command := range []string{
		"ps -a", "ls", "logs", "config -q", "config --hash directus", "images", "top", "stats --no-stream", "version", "volumes",
		"exec -T directus /boot exit", "cp v2.yaml directus:/directus/snapshots/schema.yaml", "cp directus:/directus/snapshots/schema.yaml out.yaml",
		"export -o out.tar directus", "commit directus $P/kept:1", "wait --help", "restart --help", "--dry-run restart",
		"--dry-run up -d --force-recreate", "pull --ignore-buildable --policy missing", "start", "create", "up -d",
	} {
		quiet = append(quiet, "docker compose "+command)
	}
	return append(rows,
		row{name: "compose without effect", quiet: quiet},
		row{name: "unpause", setup: []string{"docker compose pause"}, command: "docker compose unpause", want: ""},
		row{name: "stop and up", setup: []string{"docker compose stop"}, command: "docker compose up -d", want: "db directus=container:v1 web"},
		row{name: "rm and up", setup: []string{retag, "docker compose rm -fs directus"}, command: "docker compose up -d", want: "directus=image:v2"},
	)
}

// versionOne: docker-compose 1.29, where it differs and where it meets the containers of version 2.
func versionOne() []row {
	one := []string{"docker compose down", "docker-compose up -d"}
	with := func(lines ...string) []string { return append(append([]string(nil), one...), lines...) }
	return []row{
		{name: "v1 restart", setup: one, command: "docker-compose restart directus", want: "directus=container:v1"},
		{name: "v1 restart of all", setup: one, command: "docker-compose restart", want: "db directus=container:v1 web"},
		{name: "v1 restart of the containers of v2", command: "docker-compose restart directus", want: "directus=container:v1"},
		{name: "v2 restart of the containers of v1", setup: one, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "v1 start of the web site starts nothing else", setup: with("docker-compose stop directus"), command: "docker-compose start web", want: ""},
		{name: "v1 start", setup: with("docker-compose stop directus"), command: "docker-compose start directus", want: "directus=container:v1"},
		{name: "v1 up when nothing changed", setup: one, command: "docker-compose up -d", want: ""},
		{name: "v1 up after a retag", setup: with(retag), command: "docker-compose up -d", want: "directus=image:v2"},
		{name: "v1 up of the web site recreates the changed Directus", setup: one, command: "X=2 docker-compose up -d web", want: "directus=image:v1"},
		{name: "v1 up --force-recreate takes the dependencies too", setup: one, command: "docker-compose up -d --force-recreate web", want: "db directus=image:v1 web"},
		{name: "v1 up recreates all of v2", command: "docker-compose up -d", want: "db directus=image:v1 web"},
		{name: "v2 up recreates all of v1", setup: one, command: "docker compose up -d", want: "db directus=image:v1 web"},
		{name: "v1 run", setup: one, command: "docker-compose run --rm --no-deps directus exit", want: "directus=image:v1"},
		{name: "v1 up --build", setup: with(edit), command: "docker-compose up -d --build directus", want: "directus=build:v2"},
		{name: "v1 down", setup: one, command: "docker-compose down", want: ""},
		{name: "v1 down -v", setup: one, command: "docker-compose down -v", loses: "data"},
	}
}
