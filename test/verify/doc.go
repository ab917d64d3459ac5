// Package verify verifies projects with a real Directus, through the command as a
// pipeline calls it. Its tests need the build tag directus.
package verify
