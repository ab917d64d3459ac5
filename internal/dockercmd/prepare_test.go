package dockercmd

import (
	"slices"
	"strings"
	"testing"
)

func TestPreparing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ row, build, pull, prepared string }{
		{
			"docker -c x compose -f a.yml up -d --build --pull always web",
			"docker -c x compose -f a.yml build --with-dependencies web", "docker -c x compose -f a.yml pull --policy always --include-deps web",
			"-c x compose -f a.yml up --no-build --pull never -d web",
		},
		{"docker compose up", "docker compose build", "docker compose pull --policy always", "compose up --no-build --pull never"},
		{"docker compose up --no-build web --no-deps", "docker compose build web", "docker compose pull --policy always web", "compose up --no-build --pull never web --no-deps"},
		{"docker compose up --scale build=2 --pull=missing build", "docker compose build --with-dependencies build", "docker compose pull --policy always --include-deps build", "compose up --no-build --pull never --scale build=2 build"},
		{"docker compose create --build=true D", "docker compose build --with-dependencies D", "docker compose pull --policy always --include-deps D", "compose create --no-build --pull never D"},
		{"docker compose run --rm --build D sh --build", "docker compose build --with-dependencies D", "docker compose pull --policy always --include-deps D", "compose run --pull never --rm D sh --build"},
		{"v1 docker-compose up -d --build web", "docker-compose build", "docker-compose pull --include-deps web", "up --no-build -d web"},
		{"docker-compose -H h up --build web", "docker-compose -H h build", "docker-compose -H h pull --include-deps web", "-H h up --no-build web"},
		{"podman-compose up --build --pull-always web", "podman-compose build", "podman-compose pull", "up --no-build web"},
		{"docker run --pull always --rm img --pull", "", "", "run --pull never --rm img --pull"},
		{"docker container create --pull=always img", "", "", "container create --pull never img"},
		{"docker compose up --watch --build D", "docker compose build --with-dependencies D", "", "compose up --pull never --watch D"},
		{"docker compose restart D", "", "", "compose restart D"},
		{"docker compose up --new --build", "", "", "compose up --new --build"},
		{"docker restart D", "", "", "restart D"},
	} {
		parsed := Parse(invocation(c.row))
		if got := strings.Join(parsed.BuildFirst(), " "); c.build != "" && got != c.build {
			t.Errorf("%s: builds with %q, want %q", c.row, got, c.build)
		}
		if got := strings.Join(parsed.PullFirst("always"), " "); c.pull != "" && got != c.pull {
			t.Errorf("%s: pulls with %q, want %q", c.row, got, c.pull)
		}
		if got := strings.Join(parsed.Prepared(), " "); got != c.prepared {
			t.Errorf("%s: goes on with %q, want %q", c.row, got, c.prepared)
		}
	}
}

// preparedAgrees holds that what is left after preparing hits the same, in the same way.
func preparedAgrees(t *testing.T, in Invocation, c Command) {
	t.Helper()
	after := Parse(Invocation{Program: in.Program, Args: c.Prepared(), Env: in.Env, Version: in.Version})
	if after.Kind != c.Kind || after.Verb != c.Verb || after.Effect != c.Effect || after.All != c.All || !slices.Equal(after.Targets, c.Targets) ||
		!slices.Equal(after.Words, c.Words) || !slices.Equal(after.Images, c.Images) || after.Dependencies != c.Dependencies {
		t.Errorf("%q goes on with %q, which is another command:\n%+v\n%+v", in.Args, c.Prepared(), c, after)
	}
}
