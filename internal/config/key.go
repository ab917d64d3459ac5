package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// kind is the type of a key's value.
type kind int

const (
	text kind = iota + 1
	list
	duration
	choice
	version
	boolean
	size // bytes, as 500MB
	span // a long time, as 30d
)

// key is one row of the table that drives everything: reading the file, reading
// the environment, the defaults, the JSON Schema and the documentation's test.
type key struct {
	name    string
	kind    kind
	def     string   // the default, in the words of the file; lists default to none
	choices []string // of a choice, or of the words of a list
	doc     string
	field   func(*Config) any // *Value of string, []string, time.Duration (duration, span), bool or int64 (size)
}

// keys is the whole set of settings. A key stands here only when something obeys
// it.
func keys() []key {
	return []key{
		{
			"snapshot.path", text, "snapshots/schema.yaml", nil, "The snapshot file, relative to the folder of this file.",
			func(c *Config) any { return &c.Snapshot.Path },
		},
		{
			"snapshot.format", choice, "",
			[]string{"yaml", "json"},
			"The format that `schemaguard snapshot` writes. Unset: by the extension of the path.",
			func(c *Config) any { return &c.Snapshot.Format },
		},
		{
			"snapshot.command", text, "", nil, "The team's own snapshot command; schemaguard runs it and verifies what it wrote. Unset: the native snapshot.",
			func(c *Config) any { return &c.Snapshot.Command },
		},
		{
			"directus.version", version, "", nil, "The version of Directus, for example 11.17.4. Unset: found in the compose image, package.json, the snapshot or the database.",
			func(c *Config) any { return &c.Directus.Version },
		},
		{
			"directus.service", text, "", nil, "The compose service that runs Directus. Unset: found by its image, Dockerfile or name.",
			func(c *Config) any { return &c.Directus.Service },
		},
		{
			"directus.env_file", text, "", nil, "The file that Directus reads its DB_* variables from. Unset: what CONFIG_PATH says, else .env.",
			func(c *Config) any { return &c.Directus.EnvFile },
		},
		{
			"database.url", text, "", nil, "The database as a URL or a keyword connection string. Keep passwords out of a committed file: use database.url_env.",
			func(c *Config) any { return &c.Database.URL },
		},
		{
			"database.url_env", text, "", nil, "The name of the environment variable that holds the database's URL.",
			func(c *Config) any { return &c.Database.URLEnv },
		},
		{
			"database.search_path", list, "", nil, "The schemas that Directus searches. Unset: DB_SEARCH_PATH, else public.",
			func(c *Config) any { return &c.Database.SearchPath },
		},
		{
			"database.exclude_tables", list, "", nil, "Tables that Directus leaves out. Unset: DB_EXCLUDE_TABLES, else spatial_ref_sys and sysdiagrams.",
			func(c *Config) any { return &c.Database.ExcludeTables },
		},
		{
			"database.connect_timeout", duration, "5s", nil, "How long to wait for a connection.",
			func(c *Config) any { return &c.Database.ConnectTimeout },
		},
		{
			"database.statement_timeout", duration, "30s", nil, "How long one query of a check may take.",
			func(c *Config) any { return &c.Database.StatementTimeout },
		},
		{
			"compose.files", list, "", nil, "The compose files, in order. Unset: COMPOSE_FILE, else the usual names.",
			func(c *Config) any { return &c.Compose.Files },
		},
		{
			"compose.project", text, "", nil, "The compose project's name. Unset: COMPOSE_PROJECT_NAME, else the file's name:, else the folder.",
			func(c *Config) any { return &c.Compose.Project },
		},
		{
			"sync_point", choice, SyncPointDatabase,
			[]string{SyncPointDatabase, SyncPointLocal},
			"Where the sync point is kept: in the database itself, or under the git folder of this clone.",
			func(c *Config) any { return &c.SyncPoint },
		},
		{
			"loss_timeout", duration, "2s", nil, "How long the rows that a boot would destroy are counted.",
			func(c *Config) any { return &c.LossTimeout },
		},
		{
			"docker.snapshot_path", text, "", nil, "The snapshot that a container applies when it starts, as the container names it. Unset: the label schemaguard.snapshot, the path in its entrypoint, or the usual places.",
			func(c *Config) any { return &c.Docker.SnapshotPath },
		},
		{
			"docker.start_database", boolean, "false", nil, "Whether the docker guard may start a stopped database service by itself, to be able to ask it.",
			func(c *Config) any { return &c.Docker.StartDatabase },
		},
		{
			"hook.on_unreachable", choice, HookWarn,
			[]string{HookWarn, HookRefuse, HookAllow},
			"What a hook does where the database cannot be asked. `warn` lets the commit pass unless the last check of this database saw unsaved work; `allow` lets it pass in any case.",
			func(c *Config) any { return &c.Hook.OnUnreachable },
		},
		{
			"hook.timeout", duration, "2s", nil, "How long a hook waits for the database before it counts as unreachable.",
			func(c *Config) any { return &c.Hook.Timeout },
		},
		{
			"hook.scope", choice, HookScopeAll,
			[]string{HookScopeAll, HookScopeMine},
			"Whose unsaved work refuses a commit: everybody's, or only that of the Directus users in hook.mine and of nobody known.",
			func(c *Config) any { return &c.Hook.Scope },
		},
		{
			"hook.mine", list, "", nil, "The e-mail addresses of the Directus users that are you, for hook.scope: mine. Unset: git's user.email.",
			func(c *Config) any { return &c.Hook.Mine },
		},
		{
			"hook.fix", boolean, "false", nil, "Whether pre-commit takes and stages the fresh snapshot itself, and then refuses once, so that somebody looks at it.",
			func(c *Config) any { return &c.Hook.Fix },
		},
		{
			"watch.interval", duration, "1s", nil, "How often `schemaguard watch` looks at the database; with its triggers installed it is told besides.",
			func(c *Config) any { return &c.Watch.Interval },
		},
		{
			"watch.docker", boolean, "true", nil, "Whether `schemaguard watch` also looks at what the project's containers would boot with.",
			func(c *Config) any { return &c.Watch.Docker },
		},
		{
			"watch.bell", boolean, "false", nil, "Whether `schemaguard watch` rings the terminal's bell when the state changes.",
			func(c *Config) any { return &c.Watch.Bell },
		},
		{
			"watch.notify", boolean, "false", nil, "Whether `schemaguard watch` shows a desktop notification when the state changes.",
			func(c *Config) any { return &c.Watch.Notify },
		},
		{
			"watch.auto_snapshot", boolean, "false", nil, "Whether `schemaguard watch` writes unsaved work to the snapshot file by itself. It stages and commits nothing.",
			func(c *Config) any { return &c.Watch.AutoSnapshot },
		},
		{
			"db_init.path", text, "db-init", nil, "The folder of numbered SQL files that run before Directus makes its tables.",
			func(c *Config) any { return &c.DBInit.Path },
		},
		{
			"db_init.post_path", text, "db-init-post", nil, "The folder of numbered SQL files that run after the snapshot was applied.",
			func(c *Config) any { return &c.DBInit.PostPath },
		},
		{
			"db_init.table", text, "", nil, "The table that applied files are recorded in. Unset: migrations_applied where the search path has it, else in public.",
			func(c *Config) any { return &c.DBInit.Table },
		},
		{
			"db_init.lock_timeout", duration, "5s", nil, "How long a statement of db-init waits for a lock on a table, while everybody else waits behind it.",
			func(c *Config) any { return &c.DBInit.LockTimeout },
		},
		{
			"db_init.allow", list, "",
			[]string{"gap", "missing", "out-of-order"},
			"The problems that db-init lives with: gap, missing, out-of-order.",
			func(c *Config) any { return &c.DBInit.Allow },
		},
		{
			"trash.limit", size, "2GB", nil, "How large one entry of the recycle bin may be, for example 500MB; 0 is without limit. Of what is larger nothing is destroyed.",
			func(c *Config) any { return &c.Trash.Limit },
		},
		{
			"trash.retention", span, "30d", nil, "How long the recycle bin keeps an entry, for example 36h or 90d; 0 is for ever. A later entry clears those whose time is up.",
			func(c *Config) any { return &c.Trash.Retention },
		},
		{
			"audit.baseline", text, "audit.baseline", nil, "The file of differences that `schemaguard audit` accepts, each with its reason.",
			func(c *Config) any { return &c.Audit.Baseline },
		},
	}
}

// env returns the environment variable of the key.
func (k key) env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// set stores a value given as words (one word, unless the key is a list).
func (k key) set(c *Config, words []string, o Origin) error {
	if k.kind == list {
		for _, w := range words {
			if k.choices != nil && !slices.Contains(k.choices, w) {
				return fmt.Errorf("%s has %q, which is not one of %s", k.name, w, strings.Join(k.choices, ", "))
			}
		}
		v := k.field(c).(*Value[[]string])
		v.V, v.Origin = slices.Clone(words), o
		return nil
	}
	if len(words) != 1 {
		return fmt.Errorf("%s takes one value, not a list", k.name)
	}
	word := words[0]
	switch k.kind {
	case duration, span:
		d, err := time.ParseDuration(word)
		example := "2s or 500ms"
		if k.kind == span {
			d, err = parseSpan(word)
			example = "36h or 30d"
		}
		if err != nil || d < 0 || d == 0 && k.kind == duration {
			return fmt.Errorf("%s is %q, which is not a duration such as %s", k.name, word, example)
		}
		v := k.field(c).(*Value[time.Duration])
		v.V, v.Origin = d, o
		return nil
	case size:
		n, ok := parseSize(word)
		if !ok {
			return fmt.Errorf("%s is %q, which is not a size such as 500MB or 2GB", k.name, word)
		}
		v := k.field(c).(*Value[int64])
		v.V, v.Origin = n, o
		return nil
	case boolean:
		if word != "true" && word != "false" {
			return fmt.Errorf("%s is %q, which is neither true nor false", k.name, word)
		}
		v := k.field(c).(*Value[bool])
		v.V, v.Origin = word == "true", o
		return nil
	case choice:
		if !slices.Contains(k.choices, word) {
			return fmt.Errorf("%s is %q, which is not one of %s", k.name, word, strings.Join(k.choices, ", "))
		}
	case version:
		if !versionLike(word) {
			return fmt.Errorf("%s is %q, which is not a version such as 11.17.4", k.name, word)
		}
	case text, list:
	}
	v := k.field(c).(*Value[string])
	v.V, v.Origin = word, o
	return nil
}

// setDefault stores the key's default, which a test parses for every key.
func (k key) setDefault(c *Config) {
	if k.def != "" {
		_ = k.set(c, []string{k.def}, Origin{})
	}
}

// versionLike reports whether s is digits and dots with an optional v in front
// and an optional pre-release: enough to catch "latest" and a YAML number.
func versionLike(s string) bool {
	s = strings.TrimPrefix(s, "v")
	core, _, _ := strings.Cut(s, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return false
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return true
}
