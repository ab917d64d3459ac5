// Package hooks tests how schemaguard gets onto a machine and into a repository, from outside: install.sh, and the
// real hook managers.
package hooks
