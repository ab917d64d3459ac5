//go:build docker

package docker

// restarts: restart and start of compose.
func restarts() []row {
	return []row{
		{name: "restart", command: "docker compose restart", want: "db directus=container:v1 web"},
		{name: "restart leaves a running profile alone", layout: "profile", setup: []string{"docker compose --profile extra up -d"}, command: "docker compose restart", want: "db directus=container:v1 web"},
		{name: "restart with the profile", layout: "profile", setup: []string{"docker compose --profile extra up -d"}, command: "docker compose --profile extra restart", want: "db directus=container:v1 prof=container:v1 web"},
		{name: "restart names a service of a profile", layout: "profile", setup: []string{"docker compose --profile extra up -d"}, command: "docker compose restart prof", want: "prof=container:v1"},
		{name: "restart by the project's name without a file", layout: "profile", setup: []string{"docker compose --profile extra up -d"}, dir: "/", command: "docker compose -p $P restart", want: "db directus=container:v1 prof=container:v1 web"},
		{name: "restart of one service without a file", dir: "/", command: "docker compose -p $P restart directus", want: "directus=container:v1"},
		{name: "restart with a time before the name", command: "docker compose restart -t 1 directus", want: "directus=container:v1"},
		{name: "restart after two dashes", command: "docker compose restart -- directus", want: "directus=container:v1"},
		{name: "restart with a flag after the name", command: "docker compose restart directus --no-deps", want: "directus=container:v1"},
		{name: "restart with a time after an equals sign", command: "docker compose restart --timeout=1 directus", want: "directus=container:v1"},
		{name: "restart of a stopped one", setup: []string{halt}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "restart of a paused one", setup: []string{"docker compose pause directus"}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "restart of the database alone", command: "docker compose restart db", want: "db"},
		{name: "restart of the database cascades", layout: "cascade", command: "docker compose restart db", want: "db directus=container:v1"},
		{name: "restart of the database does not cascade with no-deps", layout: "cascade", command: "docker compose restart --no-deps db", want: "db"},
		{name: "restart of the database cascades without a file", layout: "cascade", dir: "/", command: "docker compose -p $P restart db", want: "db directus=container:v1"},
		{name: "restart of the web site starts no stopped Directus", setup: []string{halt}, command: "docker compose restart web", want: "web"},
		{name: "restart of two services", command: "docker compose restart web directus", want: "web directus=container:v1"},
		{name: "start when the Directus is stopped", setup: []string{halt}, command: "docker compose start", want: "directus=container:v1"},
		{name: "start of the Directus when it is stopped", setup: []string{inside, halt}, command: "docker compose start directus", want: "directus=container:v2"},
		{name: "start of the Directus when it runs", command: "docker compose start directus", want: ""},
		{name: "start of the web site starts the stopped Directus", setup: []string{halt}, command: "docker compose start web", want: "directus=container:v1"},
		{name: "start of the web site without a file", setup: []string{halt}, dir: "/", command: "docker compose -p $P start web", want: "directus=container:v1"},
		{name: "start of the database starts no Directus", setup: []string{"docker compose stop"}, command: "docker compose start db", want: "db"},
		{name: "start after kill", setup: []string{"docker compose kill directus"}, command: "docker compose start directus", want: "directus=container:v1"},
	}
}

// ups: up when nothing is recreated, and with what spreads along the dependencies.
func ups() []row {
	return []row{
		{name: "up when a file of the context changed", setup: []string{edit}, command: "docker compose up -d", want: ""},
		{name: "up of all from nothing", cold: true, command: "docker compose up -d", want: "db directus=image:v1 web"},
		{name: "up of the web site from nothing", cold: true, command: "docker compose up -d web", want: "db directus=image:v1 web"},
		{name: "up of the database from nothing", cold: true, command: "docker compose up -d db", want: "db"},
		{name: "up of the web site recreates the changed Directus", command: "X=2 docker compose up -d web", want: "directus=image:v1"},
		{name: "up of the web site recreates the retagged Directus", setup: []string{retag}, command: "docker compose up -d web", want: "directus=image:v2"},
		{name: "up of the web site starts the stopped Directus", setup: []string{halt}, command: "docker compose up -d web", want: "directus=container:v1"},
		{name: "up of the web site with no-deps", command: "X=2 docker compose up -d --no-deps web", want: ""},
		{name: "up of the web site with wait", command: "X=2 docker compose up -d --wait web", want: "directus=image:v1"},
		{name: "up of the changed web site leaves the Directus", command: "W=2 docker compose up -d", want: "web"},
		{name: "up of the database leaves the changed Directus", command: "X=2 docker compose up -d db", want: ""},
		{name: "up of the changed database alone", command: "DBV=2 docker compose up -d db", want: "db"},
		{name: "up with a changed database cascades", layout: "cascade", command: "DBV=2 docker compose up -d", want: "db directus=container:v1"},
		{name: "up with a changed database and no cascade", command: "DBV=2 docker compose up -d", want: "db"},
		{name: "up --build of the web site builds the Directus", setup: []string{edit}, command: "docker compose up -d --build web", want: "directus=build:v2"},
		{name: "up --no-recreate of a changed one", command: "X=2 docker compose up -d --no-recreate", want: ""},
		{name: "up --no-recreate of a stopped one", setup: []string{halt, retag}, command: "X=2 docker compose up -d --no-recreate", want: "directus=container:v1"},
		{name: "up of a paused one", setup: []string{"docker compose pause directus"}, command: "docker compose up -d", want: "", code: 1},
		{name: "up of a paused and changed one", setup: []string{"docker compose pause directus"}, command: "X=2 docker compose up -d", want: "directus=image:v1"},
		{name: "up in the foreground, and Ctrl-C", command: "docker compose up", setup: []string{"docker compose stop"}, during: "true", want: "db directus=container:v1 web"},
		{name: "up after a foreground up that was interrupted", setup: []string{"timeout -s INT 2 docker compose up || true"}, command: "docker compose up -d", want: "db directus=container:v1 web"},
	}
}
