package findings

import (
	"context"
	"regexp"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// situations is every code and a way to it.
func situations() []situation {
	var all []situation
	for _, part := range [][]situation{live(), target(), history(), files(), surroundings()} {
		all = append(all, part...)
	}
	return all
}

const routes = `CREATE TABLE routes (id serial PRIMARY KEY, name varchar(255));
INSERT INTO directus_collections (collection) VALUES ('routes');
INSERT INTO directus_fields (collection, field) VALUES ('routes', 'id'), ('routes', 'name')`

// live are changes in the database.
func live() []situation {
	sql := func(text string) func(*project) { return func(p *project) { p.sql(text) } }
	return []situation{
		{code: finding.CollectionDrop, make: sql(routes), refuses: 2},
		{code: finding.FieldDrop, make: sql(`ALTER TABLE vehicles ADD COLUMN nickname text; INSERT INTO directus_fields (collection, field) VALUES ('vehicles', 'nickname')`), refuses: 2},
		{code: finding.RelationDrop, make: sql(`INSERT INTO directus_relations (many_collection, many_field, one_collection) VALUES ('vehicles', 'name', 'devices')`), refuses: 2},
		{code: finding.FolderDrop, make: sql(`INSERT INTO directus_collections (collection) VALUES ('a folder')`), refuses: 2},
		{code: finding.SystemIndexDrop, make: sql(`CREATE INDEX directus_users_last_name_index ON directus_users (last_name)`), refuses: 2},
		{code: finding.UntrackedDrop, base: "11.8.0", make: sql(`CREATE TABLE nobody_tracks (id serial PRIMARY KEY)`), args: []string{"--directus-version", "11.8.0"}, refuses: 2},
		{code: finding.GhostDrop, make: sql(`CREATE TABLE ghost (id serial PRIMARY KEY); INSERT INTO directus_collections (collection) VALUES ('ghost')`), refuses: 2},
		{code: finding.EditLost, make: sql(`UPDATE directus_collections SET note = 'new' WHERE collection = 'events'`), refuses: 2},
		{code: finding.DeleteUndone, make: sql(`ALTER TABLE vehicles DROP COLUMN notes; DELETE FROM directus_fields WHERE collection = 'vehicles' AND field = 'notes'`), refuses: 2},
		{code: finding.RenameLikely, make: sql(`ALTER TABLE vehicles RENAME COLUMN notes TO remarks; UPDATE directus_fields SET field = 'remarks' WHERE collection = 'vehicles' AND field = 'notes'`), refuses: 2},
	}
}

// target are changes of the snapshot.
func target() []situation {
	edit := func(old, with string) func(*project) { return func(p *project) { p.edit(old, with) } }
	// field replaces texts inside one field.
	field := func(collection, name string, pairs ...string) func(*project) {
		return func(p *project) {
			text := p.read()
			i := strings.Index(text, "  - collection: "+collection+"\n    field: "+name+"\n")
			j := i + strings.Index(text[i+4:], "\n  - ") + 4
			p.edit(text[i:j], strings.NewReplacer(pairs...).Replace(text[i:j]))
		}
	}
	return []situation{
		{code: finding.PendingUpdate, make: edit("note: Written by", "note: Typed by")},
		{code: finding.PendingCreate, make: func(p *project) {
			p.sql(routes)
			p.save("routes")
			p.sql(`DROP TABLE routes; DELETE FROM directus_fields WHERE collection = 'routes'; DELETE FROM directus_collections WHERE collection = 'routes'; DELETE FROM schemaguard.sync_point`)
		}},
		{code: finding.MetaKeyMissing, base: "12.3.0", make: func(p *project) {
			p.write(file, regexp.MustCompile(`(?m)^      color: null\n`).ReplaceAllString(p.read(), ""))
			p.git("commit", "-q", "-a", "-m", "tidy")
		}, args: []string{"--directus-version", "12.3.0"}, refuses: 2},
		{code: finding.TypeNarrow, make: edit("max_length: 60", "max_length: 3"), args: []string{"--for", "boot"}, refuses: 2},
		{code: finding.TypeChange, make: field("vehicles", "model_year", "type: integer", "type: bigInteger", "data_type: integer", "data_type: bigint", "numeric_precision: 32", "numeric_precision: 64")},
		{code: finding.AliasFlip, make: field("vehicles", "notes", "type: text", "type: alias")},
		{code: finding.NotConvergent, make: edit("constraint_name: devices_vehicle_foreign", "constraint_name: devices_to_vehicle")},
		{code: finding.PartialIgnored, base: "11.17.4", make: func(p *project) {
			p.write(file, "version: 2\ndirectus: 11.17.4\nvendor: postgres\ncollections: []\nfields: []\nsystemFields: []\nrelations: []\n")
			p.git("commit", "-q", "-a", "-m", "partial")
		}, args: []string{"--directus-version", "11.17.4"}, refuses: 2},
		{code: finding.ApplyFails, make: func(p *project) {
			p.sql(routes)
			p.save("routes")
			// The table stays, Directus's rows go: a boot would create it again.
			p.sql(`DELETE FROM directus_fields WHERE collection = 'routes'; DELETE FROM directus_collections WHERE collection = 'routes'; DELETE FROM schemaguard.sync_point`)
		}},
		{code: finding.LicenceLimit, base: "12.4.1", make: edit("    note: null\n", "    note: edited\n"), args: []string{"--directus-version", "12.4.1"}},
		{code: finding.OrderOnly, make: func(p *project) {
			text := p.read()
			i := strings.Index(text, "  - collection: ")
			first := strings.Index(text[i+4:], "\n  - collection: ") + i + 5
			second := strings.Index(text[first+4:], "\n  - collection: ") + first + 5
			p.write(file, text[:i]+text[first:second]+text[i:first]+text[second:])
			p.git("commit", "-q", "-a", "-m", "order")
		}},
		{code: finding.HandEdit, make: func(p *project) {
			p.write(file, strings.Replace(p.read(), "note: Written by", "note: Typed by", 1))
			p.git("add", file)
		}, refuses: 2},
		{code: finding.MergeLost, make: func(p *project) {
			p.git("checkout", "-q", "-b", "theirs")
			p.sql(routes)
			p.save("routes")
			p.git("checkout", "-q", "-b", "ours", "HEAD~1")
			p.git("commit", "-q", "--allow-empty", "-m", "ours")
			p.git("merge", "-q", "--no-commit", "theirs")
			p.git("checkout", "-q", "ours", "--", file)
		}, refuses: 2},
		{code: finding.SeenUnsaved, hook: true, make: func(p *project) {
			p.sql(routes)
			p.run(2, "check")
			p.env = append(p.env, "SCHEMAGUARD_HOOK_TIMEOUT=1us")
		}, refuses: 2},
	}
}

// history are situations that git decides.
func history() []situation {
	return []situation{
		{code: finding.CommittedDrop, make: func(p *project) {
			p.sql(routes)
			p.save("routes")
			p.git("checkout", "-q", "HEAD~1", "--", file)
			p.git("commit", "-q", "-m", "no routes")
		}},
		{code: finding.Ahead, make: func(p *project) {
			p.sql(routes)
			p.save("routes")
			p.git("checkout", "-q", "-b", "old", "HEAD~1")
		}},
		{code: finding.StaleTarget, make: func(p *project) {
			p.sql(routes)
			p.save("routes")
			p.args = []string{"--against", "HEAD~1"}
		}, refuses: 2},
		{code: finding.Conflict, make: func(p *project) {
			p.edit("note: Written by", "note: Typed by")
			p.sql(`UPDATE directus_collections SET note = 'live' WHERE collection = 'events'`)
		}, refuses: 2},
		{code: finding.ShallowHistory, make: func(p *project) {
			p.edit("note: Written by", "note: Typed by")
			clone := p.TempDir()
			p.git("clone", "-q", "--depth", "1", "file://"+p.dir, clone)
			p.dir = clone
			p.sql(`DELETE FROM schemaguard.sync_point`)
		}, refuses: 2},
		{code: finding.VersionSkew, make: func(p *project) { p.args = []string{"--directus-version", "12.3.0"} }},
		{code: finding.GitUnreadable, make: func(p *project) {
			p.git("config", "core.repositoryFormatVersion", "1")
			p.git("config", "extensions.unheardOf", "true")
		}, refuses: 3},
	}
}

// files are what can be wrong with a snapshot file. They are given as files of
// their own.
func files() []situation {
	given := func(text string) func(*project) {
		return func(p *project) {
			p.write("given.yaml", text)
			p.args = []string{"--against", "given.yaml"}
		}
	}
	changed := func(change func(string) string) func(*project) {
		return func(p *project) { given(change(p.read()))(p) }
	}
	const head = "version: 1\ndirectus: 12.4.1\nvendor: postgres\n"
	return []situation{
		{code: finding.SnapshotMissing, make: func(p *project) { p.git("rm", "-q", file); p.args = []string{"--against", "index"} }, refuses: 5},
		{code: finding.SnapshotInvalid, make: given(head + "collections: [\n"), refuses: 5},
		{code: finding.SnapshotTruncated, make: changed(func(s string) string { return s[:strings.Index(s, "relations:\n")] }), refuses: 5},
		{code: finding.ConflictMarkers, make: changed(func(s string) string { return "<<<<<<< HEAD\n" + s }), refuses: 5},
		{code: finding.LogLines, make: changed(func(s string) string { return "[12:00:00.000] WARN: mixed in\n" + s }), refuses: 5},
		{code: finding.NotASnapshot, make: given("services: {}\n"), refuses: 5},
		{code: finding.UnknownFormat, make: changed(func(s string) string { return strings.Replace(s, "version: 1", "version: 3", 1) }), refuses: 5},
		{code: finding.MissingList, make: given(head + "fields: []\nrelations: []\n"), refuses: 5},
		{code: finding.ForeignVendor, make: changed(func(s string) string { return strings.Replace(s, "vendor: postgres", "vendor: sqlite", 1) }), refuses: 5},
		{code: finding.EmptySnapshot, make: given(head + "collections: []\nfields: []\nsystemFields: []\nrelations: []\n"), refuses: 2},
		{code: finding.PartialSnapshot, make: given("version: 2\ndirectus: 12.4.1\nvendor: postgres\ncollections: []\nfields: []\nsystemFields: []\nrelations: []\n")},
		{code: finding.DuplicateItem, make: changed(func(s string) string {
			i := strings.Index(s, "  - collection: ")
			j := strings.Index(s[i+4:], "\n  - collection: ") + i + 5
			return s[:i] + s[i:j] + s[i:]
		}), refuses: 2},
		{code: finding.DanglingItem, make: changed(func(s string) string {
			return strings.Replace(s, "\nfields:\n", "\nfields:\n  - collection: nowhere\n    field: x\n    type: string\n    meta: null\n", 1)
		}), refuses: 2},
		{code: finding.SystemCollection, make: changed(func(s string) string {
			return strings.Replace(s, "\ncollections:\n", "\ncollections:\n  - collection: directus_sessions\n    meta: null\n", 1)
		}), refuses: 2},
		{code: finding.CRLF, make: changed(func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })},
		{code: finding.ByteOrderMark, make: changed(func(s string) string { return "\ufeff" + s })},
	}
}

// surroundings are what a check is made in.
func surroundings() []situation {
	return []situation{
		{code: finding.UnknownVersion, make: func(p *project) {
			p.sql(`DELETE FROM directus_migrations`)
			p.edit("directus: 12.4.1\n", "")
		}, refuses: 3},
		{code: finding.Unreachable, make: func(p *project) { p.args = []string{"--dsn", "postgres://nobody@127.0.0.1:1/none"} }, refuses: 3},
		{code: finding.NotDirectus, make: func(p *project) {
			p.sql(`CREATE SCHEMA elsewhere`)
			p.args = []string{"--dsn", p.dsn + "&options=-csearch_path%3Delsewhere"}
		}, refuses: 3},
		{code: finding.NotReadable, make: func(p *project) {
			p.sql(`DO $$ BEGIN CREATE ROLE findings_weak; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
			p.args = []string{"--dsn", p.dsn + "&options=-crole%3Dfindings_weak"}
		}, refuses: 3},
		{code: finding.NotRun, make: func(p *project) {
			holder := p.connect()
			p.Cleanup(func() { _ = holder.Close(context.Background()) })
			if err := holder.Exec(context.Background(), "BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE").Close(); err != nil {
				p.Fatal(err)
			}
		}, refuses: 3},
		{code: finding.NotAdopted, make: func(p *project) {
			p.env = append(p.env, "GIT_CEILING_DIRECTORIES="+p.dir)
			p.git("update-ref", "-d", "HEAD")
			p.remove(".git")
			p.sql(`DELETE FROM schemaguard.sync_point; UPDATE directus_collections SET note = 'new' WHERE collection = 'events'`)
		}, refuses: 2},
		{code: finding.SameNameTwoSchemas, make: func(p *project) {
			p.sql(`CREATE SCHEMA other; CREATE TABLE other.vehicles (id int PRIMARY KEY)`)
			p.env = append(p.env, "SCHEMAGUARD_DATABASE_SEARCH_PATH=public,other")
		}, refuses: 2},
		{code: finding.ExcludedTable, make: func(p *project) {
			p.env = append(p.env, "SCHEMAGUARD_DATABASE_EXCLUDE_TABLES=spatial_ref_sys,events")
			p.run(0, "snapshot", "--quiet", "--stage")
		}},
	}
}
