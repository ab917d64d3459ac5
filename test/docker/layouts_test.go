//go:build docker

package docker

import "strings"

// plain is a database, a Directus that needs it, and a web site that needs the Directus.
const plain = `services:
  db:
    image: booter:v1
    environment: {POSTGRES_DB: app, V: "${DBV:-1}"}
    volumes: ["data:/var/lib/postgresql/data"]
  directus:
    image: $P/directus:1
    build: .
    depends_on: [db]
    environment: {DB_CLIENT: pg, DB_HOST: db, DB_PORT: "5432", DB_DATABASE: app, DB_USER: app, DB_PASSWORD: secret, SECRET: s, X: "${X:-1}"}
  web:
    image: booter:v1
    depends_on: [directus]
    environment: {W: "${W:-1}"}
volumes: {data: {}}
`

// common are the files of each layout.
func common() map[string]string {
	return map[string]string{
		"Dockerfile":    "FROM booter:v1\nCOPY snapshots /directus/snapshots\n",
		".dockerignore": ".git\n",
	}
}

// layouts are the projects of the rows: their files by path, by the name of the layout.
func layouts() map[string]map[string]string {
	with := func(old, replacement string) map[string]string {
		if !strings.Contains(plain, old) {
			return nil // newProject says that there is none
		}
		return map[string]string{"compose.yaml": strings.Replace(plain, old, replacement, 1)}
	}
	image := "    image: $P/directus:1\n"
	also := func(name string) string { // one more Directus from the same image
		return "  " + name + ":\n" + image + "    environment: {DB_CLIENT: pg, DB_HOST: db, SECRET: s}\n"
	}
	elsewhere := func(m map[string]string, files ...string) map[string]string {
		for i := 0; i+1 < len(files); i += 2 {
			m[files[i]] = files[i+1]
		}
		return m
	}
	watch := func(action string) map[string]string {
		rule := "    develop: {watch: [{action: " + action + ", path: ./snapshots"
		if action != "rebuild" {
			rule += ", target: /directus/snapshots"
		}
		return with(image, image+rule+"}]}\n")
	}
	return map[string]map[string]string{
		"":         {"compose.yaml": plain},
		"site":     {"compose.yaml": "services:\n  db: {image: 'booter:v1'}\n  web: {image: 'booter:v1', depends_on: [db]}\n"}, // without a Directus
		"unbuilt":  {"compose.yaml": plain},
		"cascade":  with("depends_on: [db]", "depends_on: {db: {condition: service_started, restart: true}}"),
		"bound":    with(image, image+"    volumes: ['./snapshots:/directus/snapshots:ro']\n"),
		"file":     with(image, image+"    volumes: ['./snapshots/schema.yaml:/directus/snapshots/schema.yaml:ro']\n"),
		"volume":   {"compose.yaml": strings.NewReplacer(image, image+"    volumes: ['snaps:/directus/snapshots']\n", "{data: {}}", "{data: {}, snaps: {}}").Replace(plain)},
		"profile":  with("volumes: {data", also("prof")+"    profiles: [extra]\nvolumes: {data"),
		"pull":     with(image, image+"    pull_policy: build\n"),
		"worker":   with("volumes: {data", also("worker")+"volumes: {data"),
		"other":    elsewhere(with("build: .", "build: {context: ., dockerfile: other.Dockerfile}"), "other.Dockerfile", "FROM booter:v1\nCOPY v3.yaml /directus/snapshots/schema.yaml\n"),
		"anon":     with("data:/var", "/var"),
		"external": with("volumes: {data: {}}", "volumes: {data: {external: true, name: $P_kept}}"),
		"always":   with(image, image+"    restart: always\n"),
		"unless":   with(image, image+"    restart: unless-stopped\n"),
		"failure":  with(image, image+"    restart: on-failure\n"),
		"sync":     watch("sync+restart"),
		"rebuild":  watch("rebuild"),
		"include":  {"compose.yaml": "include: [deeper/part.yaml]\n", "deeper/part.yaml": strings.Replace(plain, "build: .", "build: ..", 1)},
		"dotenv":   {"stack.yaml": plain, ".env": "COMPOSE_FILE=stack.yaml\nCOMPOSE_PROJECT_NAME=$P\n"},
	}
}
