//go:build tools

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

// installed tells whether the real Directus is there; the error says what is
// missing. Nothing is installed for a benchmark.
func installed() error {
	if _, err := directuslab.Open(); err != nil {
		return err
	}
	dir := os.Getenv("SCHEMAGUARD_LAB")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir = filepath.Join(cache, "schemaguard-lab")
	}
	for _, part := range []string{"node", "directus-" + directusVersion} {
		if _, err := os.Stat(filepath.Join(dir, part, "node_modules")); err != nil {
			return fmt.Errorf("directus %s is not installed (go run -tags tools ./test/machine/lab %s)", directusVersion, directusVersion)
		}
	}
	return nil
}

// directus measures `directus schema snapshot` on the database of that many
// collections, and holds what it wrote against the committed snapshot.
func (b *bench) directus(ctx context.Context, n, collections int) (*sample, error) {
	lab, err := directuslab.Open()
	if err != nil {
		return nil, err
	}
	ours, err := os.ReadFile(b.snapshotFile(collections))
	if err != nil {
		return nil, err
	}
	s := &sample{}
	for range n {
		start := time.Now()
		theirs, err := lab.Snapshot(ctx, directusVersion, b.srv.DSN(databaseOf(collections)), nil, "yaml")
		if err != nil {
			return nil, err
		}
		s.times = append(s.times, time.Since(start))
		if !bytes.Equal(ours, theirs) {
			return nil, fmt.Errorf("the snapshot of %d collections differs from what Directus %s writes", collections, directusVersion)
		}
	}
	return s, nil
}
