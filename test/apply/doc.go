// Package apply holds the proof of internal/plan: it lets the real Directus of several versions apply damaged snapshots to
// real databases and compares what happens with what was predicted. It has tests only, which need npm, Postgres and the build
// tag directus.
package apply
