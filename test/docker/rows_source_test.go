//go:build docker

package docker

import "testing"

// TestTable is the table: each row on one engine that all share.
func TestTable(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, part := range [][]row{sources(), restarts(), ups(), recreations(), others(), versionOne(), engineVerbs(), addressing(), losses()} {
		rows = append(rows, part...)
	}
	table(t, start(t), "sg", rows, true)
}

// What the words of setup do again and again.
const (
	edit   = "cp v2.yaml snapshots/schema.yaml"                                   // the working tree; no container, no image
	inside = "docker cp v2.yaml $P-directus-1:/directus/snapshots/schema.yaml"    // the writable layer of the container
	retag  = "docker tag booter:v2 $P/directus:1"                                 // what the image's name points to
	halt   = "docker compose stop directus"                                       //
	commit = "git -c user.name=t -c user.email=t@example.org commit -qam another" // the last commit
)

// sources: from where the snapshot comes.
func sources() []row {
	return []row{
		{name: "restart keeps the file of the container when its tag moved", setup: []string{retag}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "restart reads what cp put into the container", setup: []string{inside}, command: "docker compose restart directus", want: "directus=container:v2"},
		{name: "restart knows nothing of the working tree", setup: []string{edit}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "restart knows nothing of the last commit", setup: []string{edit, commit}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "restart knows nothing of a fresh build", setup: []string{edit, "docker compose build -q"}, command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "up leaves alone what cp changed", setup: []string{inside}, command: "docker compose up -d", want: ""},
		{name: "a recreated one forgets what cp changed", setup: []string{inside}, command: "docker compose up -d --force-recreate directus", want: "directus=image:v1"},
		{name: "up of a stopped one reads the container", setup: []string{inside, halt}, command: "docker compose up -d", want: "directus=container:v2"},
		{name: "up after a retag reads the image", setup: []string{retag}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "up of a stopped one after a retag reads the image", setup: []string{retag, halt}, command: "docker compose up -d", want: "directus=image:v2"},
		{name: "up after a changed variable reads the image", setup: []string{inside}, command: "X=2 docker compose up -d", want: "directus=image:v1"},
		{name: "down and up read the image of now", setup: []string{retag, "docker compose down"}, command: "docker compose up -d", want: "db directus=image:v2 web"},
		{name: "restart reads a bound folder as it is now", layout: "bound", setup: []string{edit}, command: "docker compose restart directus", want: "directus=mount:v2"},
		{name: "up does not see that a bound file changed", layout: "bound", setup: []string{edit}, command: "docker compose up -d", want: ""},
		{name: "a bound folder hides the new image", layout: "bound", setup: []string{retag}, command: "docker compose up -d", want: "directus=mount:v1"},
		{name: "restart reads a bound file written in place", layout: "file", setup: []string{"cat v2.yaml >snapshots/schema.yaml"}, command: "docker compose restart directus", want: "directus=mount:v2"},
		{name: "restart reads a bound file that was replaced", layout: "file", setup: []string{"cp v2.yaml new", "mv new snapshots/schema.yaml"}, command: "docker compose restart directus", want: "directus=mount:v2"},
		{name: "a bound file that was replaced is read by a new container too", layout: "file", setup: []string{"cp v2.yaml new", "mv new snapshots/schema.yaml"}, command: "docker compose up -d --force-recreate directus", want: "directus=mount:v2"},
		{name: "a volume hides the new image", layout: "volume", setup: []string{retag}, command: "docker compose up -d", want: "directus=mount:v1"},
		{name: "restart reads the volume", layout: "volume", setup: []string{inside}, command: "docker compose restart directus", want: "directus=mount:v2"},
		{name: "a recreated one reads the volume that cp changed", layout: "volume", setup: []string{inside}, command: "docker compose up -d --force-recreate directus", want: "directus=mount:v2"},
		{name: "a new volume is filled from the image", layout: "volume", cold: true, setup: []string{retag}, command: "docker compose up -d", want: "db directus=mount:v2 web"},
		{name: "up --build reads the working tree", setup: []string{edit}, command: "docker compose up -d --build directus", want: "directus=build:v2"},
		{name: "up --build of the same tree changes nothing", setup: []string{"docker compose up -d --build"}, command: "docker compose up -d --build", want: "", maybe: "directus"},
		{name: "up --build minus what dockerignore leaves out", setup: []string{edit, "echo snapshots/schema.yaml >>.dockerignore"}, command: "docker compose up -d --build directus", want: "directus=build:v1"},
		{name: "up --build with another Dockerfile", layout: "other", setup: []string{edit}, command: "docker compose up -d --build directus", want: "directus=build:v3"},
		{name: "up builds an image that is missing", layout: "unbuilt", cold: true, setup: []string{edit}, command: "docker compose up -d", want: "db directus=build:v2 web"},
		{name: "up builds again what is missing now", setup: []string{edit, "docker compose rm -fs directus", "docker rmi $P/directus:1"}, command: "docker compose up -d", want: "directus=build:v2"},
		{name: "pull_policy build builds each time", layout: "pull", setup: []string{edit}, command: "docker compose up -d", want: "directus=build:v2"},
	}
}
