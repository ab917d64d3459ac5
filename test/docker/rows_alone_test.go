//go:build docker

package docker

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// TestTableOfAllThatRuns are the rows that touch everything on an engine, so that each has it alone.
func TestTableOfAllThatRuns(t *testing.T) {
	t.Parallel()
	table(t, start(t), "al", everything(), false)
}

// everything: prunes, and the removal of images that others share.
func everything() []row {
	return []row{
		{name: "volume prune after down", setup: []string{"docker compose down"}, command: "docker volume prune -f", loses: "data"},
		{name: "volume prune while it is in use", command: "docker volume prune -f"},
		{name: "container prune of stopped ones", setup: []string{"docker compose stop"}, command: "docker container prune -f"},
		{name: "volume prune after container prune", setup: []string{"docker compose stop", "docker container prune -f"}, command: "docker volume prune -f", loses: "data"},
		{name: "volume prune while the stopped container is there", setup: []string{"docker compose stop"}, command: "docker volume prune -f"},
		{name: "system prune keeps volumes", setup: []string{"docker compose down"}, command: "docker system prune -f"},
		{name: "system prune with volumes", setup: []string{"docker compose down"}, command: "docker system prune -f --volumes", loses: "data"},
		{name: "system prune with volumes takes stopped ones first", setup: []string{"docker compose stop"}, command: "docker system prune -f --volumes", loses: "data"},
		{name: "restart of all that runs, by hand", command: "docker restart ID(web) ID(directus) ID(db)", want: "db directus=container:v1 web"},
		{name: "image prune", setup: []string{retag}, command: "docker image prune -f"},
	}
}

// TestWhatNoCommandStarts proves what a wrapper of docker cannot see: after the daemon is started again,
// the restart policies decide who boots.
func TestWhatNoCommandStarts(t *testing.T) {
	t.Parallel()
	engine := start(t)
	for i, r := range []row{
		{name: "always", layout: "always", setup: []string{inside}, want: "directus=container:v2"},
		{name: "always and stopped by its user", layout: "always", setup: []string{halt}, want: "directus=container:v1"},
		{name: "unless-stopped", layout: "unless", want: "directus=container:v1"},
		{name: "unless-stopped and stopped by its user", layout: "unless", setup: []string{halt}},
		{name: "on-failure", layout: "failure"},
		{name: "no policy"},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := newProject(t, engine, "re"+string(rune('a'+i)), r)
			at := engine.Mark()
			if err := engine.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			compare(t, p, r, at)
		})
	}
}

// TestSwarm proves what commands of a swarm do; each starts a new task from the image.
func TestSwarm(t *testing.T) {
	t.Parallel()
	engine := start(t)
	if _, err := engine.Must(t.Context(), t.TempDir(), "docker", "swarm", "init", "--advertise-addr", "127.0.0.1"); err != nil {
		t.Skip("needs an engine that can be a swarm of one: ", err)
	}
	table(t, engine, "sw", swarm(), false)
}

func swarm() []row {
	wait := "; for i in $(seq 50); do [ -n \"$(docker ps -q --filter name=$P_directus)\" ] && break; sleep 0.2; done"
	create := "docker service create -d -q --name $P_directus --restart-condition none --env DB_CLIENT=pg --env SECRET=s $P/directus:1" + wait
	stack := "docker stack deploy -c stack.yaml $P" + wait
	file := "printf 'services: {directus: {image: \"'$P'/directus:1\", environment: {DB_CLIENT: pg, SECRET: s, X: \"${X:-1}\"}}}\n' | sed '1i version: \"3.7\"' >stack.yaml"
	return []row{
		{name: "service create", cold: true, command: "docker service create -d -q --name $P_directus --env DB_CLIENT=pg --env SECRET=s $P/directus:1", want: "directus=image:v1"},
		{name: "service update --force", cold: true, setup: []string{create}, command: "docker service update -q -d --force $P_directus", want: "directus=image:v1", maybe: "directus"},
		{name: "service update --env-add", cold: true, setup: []string{create}, command: "docker service update -q -d --env-add X=2 $P_directus", want: "directus=image:v1", maybe: "directus"},
		{name: "service update --image", cold: true, setup: []string{create}, command: "docker service update -q -d --image booter:v2 $P_directus", want: "directus=image:v2", maybe: "directus"},
		{name: "service rollback", cold: true, setup: []string{create, "docker service update -q -d=false --image booter:v2 $P_directus"}, command: "docker service rollback -q -d $P_directus", want: "directus=image:v1", maybe: "directus"},
		{name: "service scale from none", cold: true, setup: []string{create, "docker service scale -d=false $P_directus=0"}, command: "docker service scale -d $P_directus=1", want: "directus=image:v1", maybe: "directus"},
		{name: "service scale to none", cold: true, setup: []string{create}, command: "docker service scale -d $P_directus=0"},
		{name: "service ls", cold: true, setup: []string{create}, command: "docker service ls"},
		{name: "stack deploy of an unchanged one", cold: true, setup: []string{file, stack}, command: "docker stack deploy -c stack.yaml $P", maybe: "directus"},
		{name: "stack deploy of a changed one", cold: true, setup: []string{file, stack}, command: "X=2 docker stack deploy -c stack.yaml $P", want: "directus=image:v1", maybe: "directus"},
		{name: "a task is removed by hand", cold: true, setup: []string{strings.Replace(create, "--restart-condition none ", "", 1)}, blind: "docker rm -f $(docker ps -q --filter name=$P_directus)", want: "directus=image:v1"},
		{name: "a task crashes", cold: true, setup: []string{strings.Replace(create, "--restart-condition none ", "", 1)}, blind: "kill -9 $(docker inspect -f '{{.State.Pid}}' $(docker ps -q --filter name=$P_directus))", want: "directus=image:v1"},
		{name: "compose restart beside a swarm", command: "docker compose restart directus", want: "directus=container:v1"},
	}
}

// TestRegistry proves what comes from a registry, which is a small one of this test.
func TestRegistry(t *testing.T) {
	t.Parallel()
	engine := start(t)
	registry := lab.ServeRegistry(t)
	for tag := range snapshots() {
		for _, argv := range [][]string{
			{"docker", "tag", "booter:" + tag, registry + "/site/directus:" + tag},
			{"docker", "push", "-q", registry + "/site/directus:" + tag},
		} {
			if _, err := engine.Must(t.Context(), t.TempDir(), argv...); err != nil {
				t.Fatal(err)
			}
		}
	}
	table(t, engine, "pu", pulls(registry), false)
}

// pulls: the image of the Directus has the name site/directus:now in the registry.
func pulls(registry string) []row {
	now := registry + "/site/directus:now"
	push := func(tag string) string { return "docker tag booter:" + tag + " " + now + "; docker push -q " + now }
	// What this machine has is old; what the registry has is new.
	stale := []string{
		"sed -i 's|^    image: .*/directus:1|    image: " + now + "|; /build: ./d' compose.yaml", push("v1"), "docker compose up -d", push("v2"), "docker tag booter:v1 " + now,
	}
	with := func(lines ...string) []string { return append(append([]string(nil), stale...), lines...) }
	return []row{
		{name: "up does not pull", cold: true, setup: stale, command: "docker compose up -d"},
		{name: "pull", cold: true, setup: stale, command: "docker compose pull -q directus"},
		{name: "up after pull", cold: true, setup: with("docker compose pull -q directus"), command: "docker compose up -d", want: "directus=image:v2"},
		{name: "up after docker pull", cold: true, setup: with("docker pull -q " + now), command: "docker compose up -d", want: "directus=image:v2"},
		{name: "restart after pull", cold: true, setup: with("docker compose pull -q directus"), command: "docker compose restart directus", want: "directus=container:v1"},
		{name: "up --pull always", cold: true, setup: with("docker tag booter:v1 $P/x", "sed -i 's|booter:v1|"+registry+"/site/directus:v1|' compose.yaml"), command: "docker compose up -d --pull always directus", want: "db directus=pull:v2"},
		{name: "pull_policy always", cold: true, setup: with("sed -i 's|^    image: " + now + "|&\\n    pull_policy: always|' compose.yaml"), command: "docker compose up -d", want: "directus=pull:v2"},
		{name: "up pulls an image that is missing", cold: true, setup: with("docker compose rm -fs directus", "docker rmi "+now), command: "docker compose up -d", want: "directus=pull:v2"},
		{name: "docker run pulls an image that is missing", cold: true, setup: with("docker compose rm -fs directus", "docker rmi "+now), command: "docker run --rm --name $P-x -e DB_CLIENT=pg -e SECRET=s " + now + " exit", want: "directus=pull:v2"},
		{name: "docker run --pull always", cold: true, setup: stale, command: "docker run --rm --pull always --name $P-x -e DB_CLIENT=pg -e SECRET=s " + now + " exit", want: "directus=pull:v2"},
		{name: "run --pull always", cold: true, setup: stale, command: "docker compose run --rm --no-deps --pull always directus exit", want: "directus=pull:v2"},
	}
}
