// Package recyclebin lets a real Directus drop collections and fields, brings them
// back from the recycle bin, and asks that Directus whether they are what they were.
// It has tests only, behind the build tag directus.
package recyclebin
