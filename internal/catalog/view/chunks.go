package view

import (
	"runtime"
	"sync"
)

// leastChunk is the number of rows below which another goroutine costs more
// than it saves.
const leastChunk = 128

// inChunks calls do for parts of 0 to n that together are all of it, on all
// processors at once, and returns when all are done.
func inChunks(n int, do func(from, to int)) {
	chunks := min(runtime.GOMAXPROCS(0), n/leastChunk)
	if chunks < 2 {
		do(0, n)
		return
	}
	var all sync.WaitGroup
	for i := range chunks {
		all.Go(func() { do(i*n/chunks, (i+1)*n/chunks) })
	}
	all.Wait()
}
