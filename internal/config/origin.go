package config

import "strconv"

// OriginKind is where a value came from.
type OriginKind int

// The kinds of origin, strongest last. The zero value is a default, so that a
// value nobody set never looks chosen.
const (
	FromDefault OriginKind = iota
	FromFile
	FromEnv
	FromFlag
)

// An Origin says where a value came from, precisely enough to go and change it.
type Origin struct {
	Kind OriginKind
	Name string // the flag with its dashes, or the environment variable, or the file
	Line int    // of the file, from 1
}

// String returns "flag --dsn", "env SCHEMAGUARD_DATABASE_URL",
// ".schemaguard.yaml:12" or "default".
func (o Origin) String() string {
	switch o.Kind {
	case FromFlag:
		return "flag " + o.Name
	case FromEnv:
		return "env " + o.Name
	case FromFile:
		return o.Name + ":" + strconv.Itoa(o.Line)
	case FromDefault:
	}
	return "default"
}
