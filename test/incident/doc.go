// Package incident plays what schemaguard exists for: a stale snapshot in a
// container, five collections with rows in the database, and somebody who types
// docker compose restart. Its tests need a real docker engine and a real Directus.
package incident
