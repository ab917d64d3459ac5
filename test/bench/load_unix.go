//go:build tools && unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// load measures the throughput of inserts beside a watcher and without one: beside
// one that is stopped and let go on, in turns of a second and in the order that
// cancels what grows (without, with, with, without), so that nothing else differs.
// A run of each kind after the other differs by more than a watcher could cost.
func (b *bench) load(ctx context.Context, r *results, dir string, rounds int) error {
	pgbench := b.srv.Binaries().Path("pgbench")
	if _, missing := exec.LookPath(pgbench); missing != nil {
		r.missing = append(r.missing, "the throughput beside a watcher: there is no pgbench")
		return nil
	}
	if err := execute(ctx, b.srv.DSN(watchedDatabase), "CREATE TABLE positions (device integer, at timestamptz, lat float8, lon float8)"); err != nil {
		return err
	}
	script := filepath.Join(b.dir, "positions.sql")
	if err := os.WriteFile(script, []byte("INSERT INTO positions SELECT n, now(), 1.5, 2.5 FROM generate_series(1, 10) n;\n"), 0o600); err != nil {
		return err
	}
	w, err := b.watch(ctx, dir)
	if err != nil {
		return err
	}
	defer w.close()
	cmd := exec.CommandContext(ctx, pgbench, "--no-vacuum", "--client=2", "--progress=1",
		"--time="+strconv.Itoa(4*rounds+2), "--file="+script, b.srv.DSN(watchedDatabase))
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c synchronous_commit=off") // the disk's moods are not the watcher's
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ratios, err := takeTurns(bufio.NewScanner(out), w.cmd.Process, rounds)
	if failed := cmd.Wait(); failed != nil {
		return fmt.Errorf("running pgbench: %w", failed)
	}
	if err != nil {
		return err
	}
	slices.Sort(ratios)
	median := ratios[len(ratios)/2]
	r.add(row{
		what:     "inserts a second beside a watcher, over those without",
		measured: fmt.Sprintf("%d times 4 s (half of them %.3f to %.3f)", rounds, ratios[len(ratios)/4], ratios[len(ratios)*3/4]),
		value:    fmt.Sprintf("%.3f", median), budget: fmt.Sprintf("at least %g", watchedRate),
	}, median >= watchedRate)
	return nil
}

// takeTurns stops a watcher and lets it go on with each line of progress, and
// returns the ratio of each round: what was done in two seconds beside it over what
// was done in two without.
func takeTurns(progress *bufio.Scanner, watcher *os.Process, rounds int) (ratios []float64, err error) {
	beside := [...]bool{false, true, true, false}
	var with, without float64
	for n := -1; progress.Scan() && len(ratios) < rounds; {
		_, after, ok := strings.Cut(progress.Text(), " s, ")
		if !ok {
			continue
		}
		rate, err := strconv.ParseFloat(strings.Fields(after + " ?")[0], 64)
		if err != nil {
			return nil, fmt.Errorf("reading the progress of pgbench: %w", err)
		}
		switch {
		case n < 0: // the first second is none of a round
		case beside[n%4]:
			with += rate
		default:
			without += rate
		}
		if n%4 == 3 {
			ratios = append(ratios, with/without)
			with, without = 0, 0
		}
		n++
		turn := syscall.SIGSTOP
		if beside[n%4] {
			turn = syscall.SIGCONT
		}
		if err := watcher.Signal(turn); err != nil {
			return nil, fmt.Errorf("stopping the watcher: %w", err)
		}
	}
	if len(ratios) < rounds {
		return nil, fmt.Errorf("pgbench told of %d rounds, not of %d", len(ratios), rounds)
	}
	return ratios, progress.Err()
}
