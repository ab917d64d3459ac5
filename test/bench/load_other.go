//go:build tools && !unix

package main

import "context"

// load needs to stop the watcher and to let it go on.
func (b *bench) load(_ context.Context, r *results, _ string, _ int) error {
	r.missing = append(r.missing, "the throughput beside a watcher: this system does not stop a process")
	return nil
}
