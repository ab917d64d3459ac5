// Package config reads schemaguard's settings and remembers where each came from.
//
// A setting is looked for in this order: a command-line flag, the environment
// (SCHEMAGUARD_ and the key in capitals), the file .schemaguard.yaml found by
// walking up from the working directory to the top of the git repository, the
// default. The file is strict: a key that nothing implements is an error with its
// line, because a setting that is silently ignored guards nothing.
//
// It refuses to know databases, Directus or docker; it never runs anything and
// never changes the environment. Which database the settings lead to is decided
// by package connection.
//
//	cfg, err := config.Load(config.Options{Dir: ".", Environ: os.Environ()})
//	cfg.Snapshot.Path.V, cfg.Snapshot.Path.Origin // "snapshots/schema.yaml", "default"
package config

import (
	"path/filepath"
	"time"

	"github.com/schemaguard/schemaguard/internal/target/setting"
)

// FileName is the project's settings file.
const FileName = ".schemaguard.yaml"

// EnvPrefix begins the environment variable of every key: snapshot.path is
// SCHEMAGUARD_SNAPSHOT_PATH.
const EnvPrefix = "SCHEMAGUARD_"

// The values of sync_point.
const (
	SyncPointDatabase = "database" // in the database, where every clone and container sees it
	SyncPointLocal    = "local"    // under the git common dir, for a role that may not create it
)

// The values of hook.on_unreachable.
const (
	HookWarn   = "warn"   // pass with a line, unless the last check saw unsaved work
	HookRefuse = "refuse" // refuse: what was not checked is not clean
	HookAllow  = "allow"  // pass with a line, whatever was seen before
)

// The values of hook.scope.
const (
	HookScopeAll  = "all"  // anybody's unsaved work refuses
	HookScopeMine = "mine" // only one's own, and what nobody is known to have made
)

// A Value is one setting and where it came from.
type Value[T any] struct {
	V      T
	Origin Origin
}

// IsSet reports whether somebody chose the value: it is not the default.
func (v Value[T]) IsSet() bool { return v.Origin.Kind != FromDefault }

// Config holds every setting of a project. Build one with Load; the zero value
// lacks the defaults.
type Config struct {
	// File is the absolute path of the settings file, "" when there is none.
	File string
	// Root is the absolute path of the project: the folder of the settings file,
	// else the top of the git repository, else the folder where Load started.
	// Relative paths in the settings count from here.
	Root string

	Snapshot    Snapshot
	Directus    Directus
	Database    Database
	Compose     Compose
	Docker      Docker
	Hook        Hook
	Watch       Watch
	DBInit      DBInit
	Trash       Trash
	Audit       Audit
	SyncPoint   Value[string]        // SyncPointDatabase or SyncPointLocal
	LossTimeout Value[time.Duration] // how long rows are counted before "not counted"
	Targets     []setting.Target
	Warnings    []string // what is suspicious but not an error, one sentence each
	fileInText  string   // how messages name File
}

// Snapshot says where the snapshot file is and how it is written.
type Snapshot struct {
	Path    Value[string] // as written; Config.Abs makes it absolute
	Format  Value[string] // "yaml", "json", or "" to follow the extension of Path
	Command Value[string] // the team's own command, "" for the native snapshot
}

// Directus says which Directus the project runs.
type Directus struct {
	Version Value[string] // "11.17.4", or "" to find out
	Service Value[string] // the name of the compose service, or "" to find out
	EnvFile Value[string] // the file Directus reads its DB_* from, or "" for CONFIG_PATH or .env
}

// Database says which database is meant and how to talk to it.
type Database struct {
	URL              Value[string]   // a URL or keyword DSN; a secret
	URLEnv           Value[string]   // the name of the environment variable that holds it
	SearchPath       Value[[]string] // overrides DB_SEARCH_PATH
	ExcludeTables    Value[[]string] // overrides DB_EXCLUDE_TABLES
	ConnectTimeout   Value[time.Duration]
	StatementTimeout Value[time.Duration]
}

// Compose says which compose project holds the Directus service.
type Compose struct {
	Files   Value[[]string] // overrides COMPOSE_FILE and the usual names
	Project Value[string]   // overrides COMPOSE_PROJECT_NAME and the folder's name
}

// Docker says how the docker guard looks at containers.
type Docker struct {
	SnapshotPath  Value[string] // in the container; "" to find out
	StartDatabase Value[bool]
}

// Hook says how the git hooks behave.
type Hook struct {
	OnUnreachable Value[string] // HookWarn, HookRefuse or HookAllow
	Timeout       Value[time.Duration]
	Scope         Value[string]   // HookScopeAll or HookScopeMine
	Mine          Value[[]string] // e-mail addresses
	Fix           Value[bool]
}

// Watch says how the watcher watches, and what it does by itself.
type Watch struct {
	Interval     Value[time.Duration] // between two looks at the database
	Docker       Value[bool]          // whether containers are watched too
	Bell         Value[bool]
	Notify       Value[bool] // on the desktop
	AutoSnapshot Value[bool]
}

// DBInit says where the numbered SQL files are and how they are applied.
type DBInit struct {
	Path        Value[string] // the folder of files that run before Directus, as written
	PostPath    Value[string] // the folder of files that run after Directus, as written
	Table       Value[string] // what was applied; "" for migrations_applied, where the search path has it
	LockTimeout Value[time.Duration]
	Allow       Value[[]string] // problems to live with: gap, missing, out-of-order
}

// Trash says how much the recycle bin keeps, and for how long.
type Trash struct {
	Limit     Value[int64]         // bytes of one entry; 0 is without limit
	Retention Value[time.Duration] // 0 is for ever
}

// Audit says where the differences that may stay are written down.
type Audit struct {
	Baseline Value[string] // as written; Config.Abs makes it absolute
}

// Abs returns path itself when it is absolute, else path below the project's root.
func (c *Config) Abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Root, path)
}
