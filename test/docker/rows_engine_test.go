//go:build docker

package docker

// engineVerbs: the words of docker itself.
func engineVerbs() []row {
	d := "$P-directus-1"
	rows := []row{
		{name: "docker restart by name", command: "docker restart " + d, want: "directus=container:v1"},
		{name: "docker container restart", setup: []string{inside}, command: "docker container restart " + d, want: "directus=container:v2"},
		{name: "docker restart by five digits", command: "docker restart ID5(directus)", want: "directus=container:v1"},
		{name: "docker restart by identity", command: "docker restart -t 1 ID(directus)", want: "directus=container:v1"},
		{name: "docker restart of several", command: "docker restart $P-db-1 " + d, want: "db directus=container:v1"},
		{name: "docker restart of another", command: "docker restart $P-db-1", want: "db"},
		{name: "docker restart of a bound folder", layout: "bound", setup: []string{edit}, command: "docker restart " + d, want: "directus=mount:v2"},
		{name: "docker restart of what isn't there", command: "docker restart $P-nothing", code: 1},
		{name: "docker start of a stopped one", setup: []string{halt}, command: "docker start " + d, want: "directus=container:v1"},
		{name: "docker start of a killed one", setup: []string{"docker kill " + d}, command: "docker start " + d, want: "directus=container:v1"},
		{name: "docker run of the image", command: "docker run --rm --name $P-x -e DB_CLIENT=pg -e SECRET=s $P/directus:1 exit", want: "directus=image:v1"},
		{name: "docker run after a retag", setup: []string{retag}, command: "docker run -d --name $P-x -e DB_CLIENT=pg -e SECRET=s $P/directus:1", want: "directus=image:v2"},
		{name: "docker run with a bound folder", setup: []string{edit}, command: "docker run -d --name $P-x -e DB_CLIENT=pg -e SECRET=s -v ./snapshots:/directus/snapshots $P/directus:1", want: "directus=mount:v2"},
		{name: "docker run with the volumes of another", layout: "volume", setup: []string{inside}, command: "docker run -d --name $P-x -e DB_CLIENT=pg -e SECRET=s --volumes-from " + d + " $P/directus:1", want: "directus=mount:v2"},
		{name: "docker create and start", setup: []string{"docker create --name $P-x -e DB_CLIENT=pg -e SECRET=s $P/directus:1", retag}, command: "docker start $P-x", want: "directus=container:v1"},
		{name: "up after a network was taken away by hand", setup: []string{"docker network disconnect $P_default " + d}, command: "docker compose up -d", want: "directus=image:v1"},
		{name: "a crash with the policy always", layout: "always", setup: []string{inside}, blind: "kill -9 $(docker inspect -f '{{.State.Pid}}' " + d + ")", want: "directus=container:v2"},
		{name: "a crash with the policy unless-stopped", layout: "unless", blind: "kill -9 $(docker inspect -f '{{.State.Pid}}' " + d + ")", want: "directus=container:v1"},
		{name: "a crash with the policy on-failure", layout: "failure", blind: "kill -9 $(docker inspect -f '{{.State.Pid}}' " + d + ")", want: "directus=container:v1"},
		{name: "a crash without a policy", blind: "kill -9 $(docker inspect -f '{{.State.Pid}}' " + d + "); sleep 1", want: ""},
		{name: "docker kill with the policy always", layout: "always", command: "docker kill " + d, want: ""},
		{name: "docker stop with the policy always", layout: "always", command: "docker stop " + d, want: ""},
	}
	for _, command := range []string{"stop ", "kill ", "rm -f ", "pause "} {
		rows = append(rows, row{name: "docker " + command, command: "docker " + command + d})
	}
	var quiet []string
	for _, command := range []string{
		"ps -a", "images", "inspect " + d, "logs " + d, "top " + d, "version", "info", "diff " + d, "port " + d, "container ls", "stats --no-stream",
		"network ls", "volume ls", "system df", "exec " + d + " /boot exit", "update --restart=always " + d, "network create $P_more",
		"network connect $P_more " + d, "tag booter:v2 $P/directus:1", "build -q -t $P/directus:1 .", "commit " + d + " $P/directus:1",
		"save -o out.tar $P/directus:1", "load -q -i out.tar", "cp v2.yaml " + d + ":/directus/snapshots/schema.yaml",
		"cp " + d + ":/directus/snapshots/schema.yaml out.yaml", "export -o out.tar " + d, "start " + d, "create --name $P-x $P/directus:1",
		"rename " + d + " $P-renamed",
	} {
		quiet = append(quiet, "docker "+command)
	}
	return append(rows,
		row{name: "docker without effect", quiet: quiet},
		row{name: "docker unpause", setup: []string{"docker pause " + d}, command: "docker unpause " + d},
		row{name: "up after load", setup: []string{retag, "docker save -o out.tar $P/directus:1", "docker tag booter:v1 $P/directus:1", "docker load -q -i out.tar"}, command: "docker compose up -d", want: "directus=image:v2"},
		row{name: "up after commit of the container", setup: []string{inside, "docker commit " + d + " $P/directus:1"}, command: "docker compose up -d", want: "directus=image:v2"},
	)
}
