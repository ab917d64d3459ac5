//go:build tools

package main

import (
	"context"
	"fmt"
	"time"
)

// The databases that are measured, by their number of collections.
const (
	smallSize   = 100
	driftedSize = 500
	largeSize   = 1000
)

var sizes = [...]int{smallSize, driftedSize, largeSize}

// outcome is whether a budget was kept.
type outcome string

const (
	kept        outcome = "ok"
	over        outcome = "OVER"
	notMeasured outcome = "not measured"
)

// row is one budget and what was measured.
type row struct {
	what, measured, value, budget string
	outcome                       outcome
}

// timing is one line of the table of plain times.
type timing struct {
	what  string
	times [len(sizes)]*sample // by place in sizes; nil for not measured
}

// results are all of one run of the program.
type results struct {
	rows    []row
	timings []timing
	missing []string // why something was not measured
}

// atMost makes a row of a ratio that may not be larger than its budget.
func (r *results) atMost(what string, a, b *sample, budget float64) {
	ratio := float64(a.median()) / float64(b.median())
	r.add(row{what: what, measured: millis(a) + " / " + millis(b), value: fmt.Sprintf("%.2fx", ratio), budget: fmt.Sprintf("at most %gx", budget)}, ratio <= budget)
}

// atLeast makes a row of how much faster something is than the real Directus;
// without one the row says so.
func (r *results) atLeast(what string, slow, fast *sample, budget float64) {
	line := row{what: what, budget: fmt.Sprintf("at least %gx faster", budget), outcome: notMeasured}
	if slow == nil {
		line.measured = millis(fast)
		r.rows = append(r.rows, line)
		return
	}
	ratio := float64(slow.median()) / float64(fast.median())
	line.measured, line.value = millis(slow)+" / "+millis(fast), fmt.Sprintf("%.0fx", ratio)
	r.add(line, ratio >= budget)
}

func (r *results) add(line row, within bool) {
	line.outcome = over
	if within {
		line.outcome = kept
	}
	r.rows = append(r.rows, line)
}

// measure runs everything and judges it.
func (b *bench) measure(ctx context.Context, runs, directusRuns int, progress func(string)) (*results, error) {
	floor, check, snap := timing{what: "floor: connect and pull the same rows"}, timing{what: "`check`, nothing differs"}, timing{what: "`snapshot`, the file written anew"}
	for i, n := range sizes {
		progress(fmt.Sprintf("measuring %d collections", n))
		s, err := alternate(ctx, runs, b.floorOf(n), b.checkOf(n), b.snapshotOf(n))
		if err != nil {
			return nil, err
		}
		floor.times[i], check.times[i], snap.times[i] = s[0], s[1], s[2]
	}
	progress("measuring the check of unsaved work, and version")
	clean := b.checkOf(driftedSize)
	clean.before = nil // as the second run of the drifted one: what is kept may help
	second, err := alternate(ctx, runs, clean, b.driftedCheck())
	if err != nil {
		return nil, err
	}
	drifted := timing{what: "`check`, 3 collections and 5 fields unsaved, again"}
	drifted.times[1] = second[1]
	version, err := alternate(ctx, 3*runs,
		command{dir: b.dir, env: b.env, args: []string{b.guard, "version"}},
		command{dir: b.project(smallSize), env: b.env, args: []string{b.guard, "prompt"}})
	if err != nil {
		return nil, err
	}
	r := &results{timings: []timing{floor, check, snap, drifted}}
	real, err := b.measureDirectus(ctx, r, directusRuns, progress)
	if err != nil {
		return nil, err
	}
	r.atMost("`check` against the floor, 100 collections", check.times[0], floor.times[0], 1.5)
	r.atLeast("`check` against `directus schema snapshot`, 100 collections", real.times[0], check.times[0], 50)
	r.atLeast("`snapshot` against `directus schema snapshot`, 500 collections", real.times[1], snap.times[1], 15)
	r.atMost("`snapshot` of 10 times the schema, 100 to 1,000 collections", snap.times[2], snap.times[0], 11)
	r.atMost("`check` of unsaved work against a clean one, 500 collections", second[1], second[0], 2)
	r.memory("`snapshot`, peak memory, 500 collections", snap.times[1].peak, 100<<20)
	median := version[0].median()
	r.add(row{what: "`version`", measured: millis(version[0]), budget: "under 10 ms"}, median < 10*time.Millisecond)
	segment := version[1].median()
	r.add(row{what: "`prompt`", measured: millis(version[1]), budget: "under 5 ms"}, segment < 5*time.Millisecond)
	r.sockets(ctx, b)
	progress("measuring git commit with the hooks")
	if err := b.measureHooks(ctx, r, runs); err != nil {
		return nil, err
	}
	progress("measuring the watcher")
	if err := b.measureWatch(ctx, r, runs); err != nil {
		return nil, err
	}
	progress("measuring docker behind the guard")
	if err := b.measureDocker(ctx, r, runs); err != nil {
		return nil, err
	}
	return r, nil
}

// measureDirectus measures the real one, where it is installed.
func (b *bench) measureDirectus(ctx context.Context, r *results, runs int, progress func(string)) (timing, error) {
	real := timing{what: "`directus schema snapshot` " + directusVersion}
	if err := installed(); err != nil {
		r.missing = append(r.missing, err.Error())
		return real, nil
	}
	for i, n := range sizes {
		progress(fmt.Sprintf("measuring directus %s on %d collections", directusVersion, n))
		s, err := b.directus(ctx, runs, n)
		if err != nil {
			return real, err
		}
		real.times[i] = s
	}
	r.timings = append(r.timings, real)
	return real, nil
}

func (r *results) memory(what string, peak, budget int64) {
	line := row{what: what, budget: fmt.Sprintf("at most %d MB", budget>>20), outcome: notMeasured}
	if peak == 0 {
		r.missing = append(r.missing, "this system does not tell how much memory a process took")
		r.rows = append(r.rows, line)
		return
	}
	line.measured = fmt.Sprintf("%d MB", peak>>20)
	r.add(line, peak <= budget)
}

func (r *results) sockets(ctx context.Context, b *bench) {
	line := row{what: "`version`, sockets opened", budget: "none", outcome: notMeasured}
	n, err := b.sockets(ctx)
	if err != nil {
		r.missing = append(r.missing, err.Error())
		r.rows = append(r.rows, line)
		return
	}
	line.measured = fmt.Sprint(n)
	r.add(line, n == 0)
}

// within tells whether nothing that was measured is over its budget.
func (r *results) within() bool {
	for _, line := range r.rows {
		if line.outcome == over {
			return false
		}
	}
	return true
}

func millis(s *sample) string {
	return fmt.Sprintf("%.1f ms", float64(s.median().Microseconds())/1000)
}
