//go:build docker

// Package docker holds what the docker guard says against what a real engine does. Each row of its table
// brings a project into a situation, gives one command, and knows which containers that starts and from
// where each takes its snapshot. The row must hold for the engine; and the guard, asked before the command
// runs, must have said the same: no start that it did not see coming, no alarm for one that doesn't happen.
//
//	go test -tags docker ./test/docker/...
//	go test -tags docker ./test/docker -run 'TestTable/.*restart'
//
// The engine, the images and the tools are those of [github.com/schemaguard/schemaguard/test/docker/lab].
package docker
