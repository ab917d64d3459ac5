//go:build docker

package docker

// addressing: how a command finds its project.
func addressing() []row {
	away := "mv compose.yaml stack.yaml"
	return []row{
		{name: "from a folder below", dir: "sub", command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "by -f", setup: []string{away}, command: "docker compose -f stack.yaml restart directus", want: "directus=container:v1"},
		{name: "by --file and an equals sign", setup: []string{away}, command: "docker compose --file=stack.yaml restart directus", want: "directus=container:v1"},
		{name: "by COMPOSE_FILE", setup: []string{away}, command: "COMPOSE_FILE=stack.yaml X=2 docker compose up -d", want: "directus=image:v1"},
		{name: "by two files in COMPOSE_FILE", setup: []string{`printf 'services: {directus: {environment: {Y: "1"}}}\n' >extra.yaml`}, command: "COMPOSE_FILE=compose.yaml:extra.yaml docker compose up -d", want: "directus=image:v1"},
		{name: "by COMPOSE_FILE in dotenv", layout: "dotenv", command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "up by COMPOSE_FILE in dotenv", layout: "dotenv", setup: []string{retag}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "by -p from anywhere", dir: "/", command: "docker compose -p $P restart directus", want: "directus=container:v1"},
		{name: "by --project-name from anywhere", dir: "/", command: "docker compose --project-name $P restart directus", want: "directus=container:v1"},
		{name: "by COMPOSE_PROJECT_NAME from anywhere", dir: "/", command: "COMPOSE_PROJECT_NAME=$P docker compose restart directus", want: "directus=container:v1"},
		{name: "-p before COMPOSE_PROJECT_NAME", dir: "/", command: "COMPOSE_PROJECT_NAME=nobody docker compose -p $P restart directus", want: "directus=container:v1"},
		{name: "COMPOSE_PROJECT_NAME before the name in the file", setup: []string{"sed -i '1i name: nobody' compose.yaml"}, command: "COMPOSE_PROJECT_NAME=$P docker compose restart directus", want: "directus=container:v1"},
		{name: "the name in another file", setup: []string{"mkdir -p ../far", "printf 'name: '$P'\\nservices: {directus: {image: \"booter:v3\"}}\\n' >../far/compose.yaml"}, dir: "../far", command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "the name in the file before the folder", setup: []string{"sed -i '1i name: nobody' compose.yaml"}, command: "docker compose restart directus", want: ""},
		{name: "by --project-directory", dir: "/", command: "docker compose --project-directory ../$P restart directus", want: "directus=container:v1"},
		{name: "up by --project-directory", dir: "/", setup: []string{retag}, command: "docker compose --project-directory ../$P up -d", want: "directus=image:v2"},
		{name: "by a file that is the standard input", stdin: "compose.yaml", setup: []string{retag}, command: "docker compose -f - up -d", want: "directus=image:v2", maybe: "db directus web"},
		{name: "by COMPOSE_PROFILES", layout: "profile", command: "COMPOSE_PROFILES=extra docker compose up -d", want: "prof=image:v1"},
		{name: "a service of a profile by its name", layout: "profile", command: "docker compose up -d prof", want: "prof=image:v1"},
		{name: "up without the profile leaves it", layout: "profile", setup: []string{"docker compose --profile extra up -d", retag}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "up through include", layout: "include", setup: []string{retag}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "up --build through include", layout: "include", setup: []string{edit}, command: "docker compose up -d --build", want: "directus=build:v2"},
		{name: "project flags after the verb are refused", command: "docker compose restart -p $P", want: "", code: 125},
		{name: "dry-run after the verb", command: "docker compose restart --dry-run", want: ""},
		{name: "by the engine's own flags", command: "docker --log-level error compose restart directus", want: "directus=container:v1"},
		{name: "stop by -p without a file", dir: "/", command: "docker compose -p $P stop", want: ""},
		{name: "down by -p without a file", dir: "/", command: "docker compose -p $P down", want: ""},
		{name: "start by -p without a file", dir: "/", setup: []string{"docker compose stop"}, command: "docker compose -p $P start", want: "db directus=container:v1 web"},
		{name: "up by COMPOSE_ENV_FILES", setup: []string{"echo X=2 >other.env"}, command: "COMPOSE_ENV_FILES=other.env docker compose up -d", want: "directus=image:v1"},
		{name: "up by COMPOSE_DISABLE_ENV_FILE", setup: []string{"echo X=2 >.env"}, command: "COMPOSE_DISABLE_ENV_FILE=1 docker compose up -d", want: ""},
		{name: "COMPOSE_REMOVE_ORPHANS", setup: []string{`printf 'services: {db: {image: "booter:v1"}}\n' >rival.yaml`}, command: "COMPOSE_REMOVE_ORPHANS=1 docker compose -f rival.yaml up -d", want: "db"},
	}
}

// losses: the volumes that go.
func losses() []row {
	return []row{
		{name: "down -v", command: "docker compose down -v", loses: "data"},
		{name: "down --volumes without a file", dir: "/", command: "docker compose -p $P down --volumes", loses: "data"},
		{name: "down keeps a named volume", command: "docker compose down", loses: ""},
		{name: "down -v keeps an external volume", layout: "external", cold: true, setup: []string{"docker volume create $P_kept", "docker compose up -d"}, command: "docker compose down -v", loses: ""},
		{name: "down -v takes an anonymous volume", layout: "anon", command: "docker compose down -v", loses: "anonymous"},
		{name: "down leaves an anonymous volume behind", layout: "anon", command: "docker compose down", leaves: "anonymous"},
		{name: "rm -fsv takes an anonymous volume", layout: "anon", command: "docker compose rm -fsv db", loses: "anonymous"},
		{name: "rm -fsv keeps a named volume", command: "docker compose rm -fsv", loses: ""},
		{name: "up -V takes an anonymous volume", layout: "anon", command: "docker compose up -d -V", want: "db directus=image:v1 web", leaves: "anonymous"},
		{name: "a recreated one keeps its anonymous volume", layout: "anon", command: "DBV=2 docker compose up -d db", want: "db", loses: ""},
		{name: "docker rm -v takes an anonymous volume", layout: "anon", command: "docker rm -fv $P-db-1", loses: "anonymous"},
		{name: "docker rm -v keeps a named volume", command: "docker rm -fv $P-db-1", loses: ""},
		{name: "volume rm of one in use", command: "docker volume rm $P_data", code: 1},
		{name: "volume rm after down", setup: []string{"docker compose down"}, command: "docker volume rm $P_data", loses: "data"},
		{name: "volume rm of one that isn't there", command: "docker volume rm $P_nothing", code: 1},
	}
}
