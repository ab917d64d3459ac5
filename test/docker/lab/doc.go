//go:build docker

// Package lab runs a docker engine of its own for the tests of the docker guard, with the Compose v2
// plugin, docker-compose v1, and images that are built from nothing around a small program in place of
// Directus. It tells which containers a command really started, and which snapshot each read.
//
//	engine, err := lab.Start(ctx, lab.Options{})
//	defer engine.Stop()
//	at := engine.Mark()
//	engine.Run(ctx, dir, nil, "docker", "compose", "restart")
//	boots, err := engine.Boots(ctx, at, project)
//
// What it tells comes from the engine's events and from what the containers say when they start, never
// from what a command printed. It refuses to use an engine that it did not start.
package lab
