//go:build docker

package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

func digest(name string) string {
	sum := sha256.Sum256(snapshots()[name])
	return hex.EncodeToString(sum[:])
}

// TestAgreeIsNotFooled: a guard that always says yes, always no, always maybe, or reads the wrong place
// must not pass.
func TestAgreeIsNotFooled(t *testing.T) {
	t.Parallel()
	r := row{want: "directus=container:v1 web"}
	boots := []lab.Boot{
		{ID: "a", Name: "sg-directus-1", Project: "sg", Service: "directus", SHA256: digest("v1")},
		{ID: "b", Name: "sg-web-1", Project: "sg", Service: "web", SHA256: digest("v1")},
	}
	says := func(boots, kind, sum string, directus bool) target {
		return target{
			Container: "sg-directus-1", Project: "sg", Service: "directus", Directus: directus, Boots: boots,
			Sources: []source{{Kind: kind, Detail: "somewhere", SHA256: sum}},
		}
	}
	another := target{Container: "sg-db-1", Project: "sg", Service: "db", Boots: "yes"}
	for _, c := range []struct {
		name, want string
		targets    []target
	}{
		{"right", "", []target{says("yes", "container", digest("v1"), true)}},
		{"two sources", "", []target{{Container: "sg-directus-1", Service: "directus", Directus: true, Boots: "yes", Sources: []source{
			{Kind: "image", Detail: "i", SHA256: digest("v2")}, {Kind: "container", Detail: "c", SHA256: digest("v1")},
		}}}},
		{"silent", "missed: directus=v1", nil},
		{"no", "missed: directus=v1", []target{says("no", "container", digest("v1"), true)}},
		{"maybe", "maybe is no honest answer", []target{says("maybe", "container", digest("v1"), true)}},
		{"another snapshot", "read v1 of the container", []target{says("yes", "container", digest("v2"), true)}},
		{"another kind", "read v1 of the container", []target{says("yes", "image", digest("v1"), true)}},
		{"unknown snapshot", "read v1 of the container", []target{says("yes", "container", "", true)}},
		{"no Directus", "was not taken for a Directus", []target{says("yes", "container", digest("v1"), false)}},
		{"one too many", "false alarm: db", []target{says("yes", "container", digest("v1"), true), another}},
		{"twice", "false alarm: directus", []target{says("yes", "container", digest("v1"), true), says("yes", "container", digest("v1"), true)}},
	} {
		got := strings.Join(agree(prediction{Targets: c.targets}, "sg", r, boots), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := agree(prediction{Targets: []target{another}}, "sg", row{}, nil); len(got) != 1 {
		t.Errorf("a false alarm where nothing starts: %q", got)
	}
}

// TestAgreeOnVolumes likewise.
func TestAgreeOnVolumes(t *testing.T) {
	t.Parallel()
	var p prediction
	if got := agreeOnVolumes(p, "sg", []string{"sg_data"}, nil); len(got) != 1 {
		t.Errorf("a volume that nobody foresaw: %q", got)
	}
	p.Volumes = append(p.Volumes, struct {
		Name, Project string
		Database      bool
	}{"data", "sg", true})
	if got := agreeOnVolumes(p, "sg", []string{"sg_data"}, nil); len(got) != 0 {
		t.Errorf("a volume that was foreseen: %q", got)
	}
	if got := agreeOnVolumes(p, "sg", nil, nil); len(got) != 1 {
		t.Errorf("a volume that stays: %q", got)
	}
}

// TestRealityIsNotFooled: a row that is wrong about the engine fails.
func TestRealityIsNotFooled(t *testing.T) {
	t.Parallel()
	boots := []lab.Boot{{Service: "directus", Project: "sg", SHA256: digest("v1")}, {Service: "web", Project: "sg", SHA256: "none"}}
	for want, fine := range map[string]bool{
		"directus=container:v1 web": true, "web directus=image:v1": true, // which of the two cannot be seen
		"directus=container:v2 web": false, "directus=container:v1": false, "": false, "directus=container:v1 web web": false,
	} {
		if got := reality(parse(want), boots); (len(got) == 0) != fine {
			t.Errorf("%q: %q", want, got)
		}
	}
}
