//go:build docker

package docker

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// TestMain lets more rows run side by side than there are processors: they wait for the engine.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("6")
	}
	os.Exit(m.Run())
}

// start gives a test an engine with the images booter:v1 to booter:v3, until its end.
func start(t *testing.T) *lab.Engine {
	t.Helper()
	engine, err := lab.Start(t.Context(), lab.Options{})
	if missing := (*lab.MissingError)(nil); errors.As(err, &missing) && os.Getenv("SCHEMAGUARD_REQUIRE_ALL") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := engine.BuildImages(t.Context(), "booter", snapshots()); err != nil {
		t.Fatal(err)
	}
	return engine
}

// table runs rows and says at the end how many were predicted.
func table(t *testing.T, engine *lab.Engine, prefix string, rows []row, parallel bool) {
	t.Helper()
	var predicted, silent atomic.Int32
	names := map[string]bool{}
	t.Run("rows", func(t *testing.T) {
		for i, r := range rows {
			if names[r.name] {
				t.Errorf("two rows are called %q", r.name)
			}
			names[r.name] = true
			t.Run(r.name, func(t *testing.T) {
				if parallel {
					t.Parallel()
				}
				some, all := one(t, engine, fmt.Sprintf("%s%03d", prefix, i), r)
				predicted.Add(int32(some))
				silent.Add(int32(all - some))
			})
		}
	})
	left, err := engine.Containers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range left {
		t.Errorf("container %s (%s) was left behind by a prediction", c.Name(), c.Image)
	}
	t.Logf("%d rows, %d commands predicted, %d not", len(rows), predicted.Load(), silent.Load())
	t.Run("predictions", func(t *testing.T) {
		if n := silent.Load(); n > 0 {
			if os.Getenv("SCHEMAGUARD_REQUIRE_ALL") == "1" {
				t.Fatalf("%d rows without a prediction: %v", n, errNoGuard)
			}
			t.Skipf("needs a program that predicts: %v", errNoGuard)
		}
	})
}

// one runs one row, and returns how many commands were predicted, of how many.
func one(t *testing.T, engine *lab.Engine, name string, r row) (predicted, all int) {
	p := newProject(t, engine, name, r)
	if r.blind != "" {
		at := engine.Mark()
		p.shell(t, r.blind)
		compare(t, p, r, at)
		return 0, 0
	}
	if len(r.quiet) == 0 {
		if command(t, p, r) {
			predicted = 1
		}
		return predicted, 1
	}
	for _, words := range r.quiet {
		t.Run(words, func(t *testing.T) {
			if command(t, p, row{command: words}) {
				predicted++
			}
		})
	}
	return predicted, len(r.quiet)
}

// command runs one command and tells whether the guard predicted it.
func command(t *testing.T, p *project, r row) (predicted bool) {
	before := p.volumes(t)
	in := p.invocation(t, r)
	at := p.engine.Mark()
	said, err := predict(t.Context(), p.engine, in)
	switch {
	case errors.Is(err, errNoGuard):
	case err != nil:
		t.Error(err)
	default:
		predicted = true
		if early, err := p.engine.Boots(t.Context(), at, p.name); err != nil || len(early) > 0 {
			t.Fatalf("the prediction itself started %v, %v", early, err)
		}
	}
	at = p.engine.Mark()
	res := p.do(t, r, in)
	if r.during == "" && res.Code != r.code {
		t.Errorf("exit code %d, want %d: %s", res.Code, r.code, res.Stderr)
	}
	boots := compare(t, p, r, at)
	gone, unused := lost(t, p, before)
	compareVolumes(t, "gone", before, gone, r.loses)
	compareVolumes(t, "unused", before, unused, r.leaves)
	if predicted {
		wrong := append(agree(said, p.name, r, boots), agreeOnVolumes(said, p.name, gone, unused)...)
		for _, text := range wrong {
			t.Errorf("%s: %s", strings.Join(in.argv, " "), text)
		}
		if len(wrong) > 0 {
			t.Logf("prediction: %+v", said)
		}
	}
	return predicted
}

// lost returns which volumes are gone, and which have no name and nothing uses them any more.
func lost(t *testing.T, p *project, before map[string]string) (gone, unused []string) {
	t.Helper()
	all, err := p.engine.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := p.volumes(t)
	for volume, short := range before {
		if !slices.Contains(all, volume) {
			gone = append(gone, volume)
		} else if short == "anonymous" && now[volume] == "" {
			unused = append(unused, volume)
		}
	}
	slices.Sort(gone)
	slices.Sort(unused)
	return gone, unused
}

func compareVolumes(t *testing.T, what string, names map[string]string, have []string, want string) {
	t.Helper()
	var short []string
	for _, volume := range have {
		short = append(short, names[volume])
	}
	slices.Sort(short)
	if expect := strings.Fields(want); !slices.Equal(short, expect) {
		t.Errorf("volumes %v are %s, want %v", short, what, expect)
	}
}

// compare holds the row against what really starts. What happens after the end of a command, as a
// restart policy's work or a swarm's, is waited for if the row wants it.
func compare(t *testing.T, p *project, r row, at lab.Mark) []lab.Boot {
	t.Helper()
	want := parse(r.want)
	deadline := time.Now().Add(15 * time.Second)
	for {
		boots, err := p.engine.Boots(t.Context(), at, p.name)
		if err != nil {
			t.Fatal(err)
		}
		if len(boots) < len(want) && time.Now().Before(deadline) {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		for _, wrong := range reality(want, boots) {
			t.Error(wrong)
		}
		return boots
	}
}
