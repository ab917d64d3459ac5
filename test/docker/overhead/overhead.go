// Package overhead measures what a wrapper adds to a command: docker ps typed through a shim against the
// same without it. It knows nothing of docker; what it runs are two command lines.
package overhead

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Measurement is how long the two took, as medians.
type Measurement struct {
	Direct, Through time.Duration
}

// Added is what the wrapper adds.
func (m Measurement) Added() time.Duration { return m.Through - m.Direct }

// Measure runs both command lines as often as asked, in turns, so that a busy moment of the machine hits
// both, after one of each that doesn't count. One that fails ends it with an error.
func Measure(ctx context.Context, env []string, direct, through []string, times int) (Measurement, error) {
	var took [2][]time.Duration
	for i := -1; i < times; i++ {
		for side, argv := range [2][]string{direct, through} {
			cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
			cmd.Env = env
			start := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return Measurement{}, fmt.Errorf("running %s: %w: %s", strings.Join(argv, " "), err, out)
			}
			if i >= 0 {
				took[side] = append(took[side], time.Since(start))
			}
		}
	}
	return Measurement{Direct: median(took[0]), Through: median(took[1])}, nil
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}
