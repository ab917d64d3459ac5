// Package boot boots a real Directus through `schemaguard boot`, as a container
// would: the real program, the real commands, a real Postgres, no git. It has
// tests only, behind the build tag directus.
package boot
