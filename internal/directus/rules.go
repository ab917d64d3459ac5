package directus

// Rules says what one Directus version does where versions differ. The zero value is the oldest behaviour known (9.26.0); what
// is the same in all of 10, 11 and 12 has no field here. The first group is about writing a snapshot, the second about applying one.
type Rules struct {
	// SortsByFieldName: fields and relations are listed by (collection, field); later by (collection, meta.id).
	SortsByFieldName bool
	// DefaultIgnoresSpecial: a default value is cast by the column's own type; later by the type that its special gives the field.
	DefaultIgnoresSpecial bool
	// CastTimestampWins: special cast-timestamp, else cast-datetime, overrides the type that everything else gave, for alias
	// fields too.
	CastTimestampWins bool
	// SortsArrays: arrays are sorted and their elements left as the database has them; later they keep their order and their
	// elements' keys are sorted.
	SortsArrays bool
	// HasIsIndexed: field schemas carry is_indexed.
	HasIsIndexed bool
	// ListsUntracked: tables, columns and foreign keys without a row in the meta tables are listed, with meta null.
	ListsUntracked bool
	// HasSystemFields: the snapshot has a systemFields list, and applying one without it drops the indexes it would have named.
	HasSystemFields bool
	// UnderscoreNumbersQuoted: the YAML writer (js-yaml before 4.2) takes 1_000 for a number and so quotes it as a string, and
	// numbers too big for a double as well.
	UnderscoreNumbersQuoted bool
	// DropsProtoKeys: a key named __proto__ in a JSON value is lost while keys are sorted (lodash before 4.18).
	DropsProtoKeys bool

	// NullMetaKeyMissingFails: applying a file whose collection meta lacks a key that is null in the database ends in a
	// TypeError, with nothing changed.
	NullMetaKeyMissingFails bool
	// MissingMetaKeyIgnored: a collection whose meta lacks a key that the database has is left as it is.
	MissingMetaKeyIgnored bool
	// FirstDiffKindDropsCollection: a collection whose meta lacks a key that the database has is taken for a deleted one, and
	// its table is dropped.
	FirstDiffKindDropsCollection bool
	// ExtraMetaKeyFails: a collection whose meta has a key that the database lacks makes the apply fail, with nothing changed.
	ExtraMetaKeyFails bool
	// ReplacesWholeMeta: where an item gains a key or loses a meta key, all its meta changes become one edit of "meta".
	ReplacesWholeMeta bool
	// KeepsGroupedCollections: a collection missing in the file is dropped only when its meta.group is null or its group is
	// dropped too; later, always.
	KeepsGroupedCollections bool
	// DropsUntrackedTables: a table without a directus_collections row that is missing in the file is dropped.
	DropsUntrackedTables bool
	// DropsUntrackedColumns: a column without a directus_fields row that is missing in the file is dropped.
	DropsUntrackedColumns bool
	// DropsUntrackedRelations: a foreign key without a directus_relations row that is missing in the file is dropped.
	DropsUntrackedRelations bool
	// AliasFlipRecreates: a field that changes between alias and column is deleted and created; earlier it is edited in place.
	AliasFlipRecreates bool
	// PartialSnapshots: a file of version 2 touches only the collections that it names; earlier the number is ignored and
	// everything else is deleted.
	PartialSnapshots bool
	// IgnoreRulesFlag: schema apply has --ignoreRules.
	IgnoreRulesFlag bool
	// CollectionLimit is how many active collections a Directus without a licence may hold, 0 for no limit. Above it any
	// apply that creates or edits a collection fails.
	CollectionLimit int
}

// Change is one row of the table that [RulesFor] is made from.
type Change struct {
	// Since is the oldest release known to behave so; After is the newest release known not to. Releases strictly between
	// them were not looked at and are taken for the older behaviour.
	After, Since Version
	// What changed, in a few words.
	What string
	// Source is where it can be read.
	Source string

	apply func(*Rules)
}

const packages = "@directus/api@"

// oldest is how 9.26.0 behaves.
func oldest() Rules {
	return Rules{
		SortsByFieldName: true, DefaultIgnoresSpecial: true, CastTimestampWins: true, SortsArrays: true, ListsUntracked: true,
		UnderscoreNumbersQuoted: true, DropsProtoKeys: true, NullMetaKeyMissingFails: true, MissingMetaKeyIgnored: true, ExtraMetaKeyFails: true,
		KeepsGroupedCollections: true, DropsUntrackedColumns: true, DropsUntrackedRelations: true,
	}
}

// changes lists every difference, oldest first. Versions were compared file by file in the published @directus/api packages.
func changes() []Change {
	return []Change{
		{
			Version{10, 2, 1, ""},
			Version{10, 3, 0, ""},
			"a deleted meta key that was null no longer crashes apply",
			packages + "11.1.0 dist/utils/apply-diff.js", func(r *Rules) { r.NullMetaKeyMissingFails = false },
		},
		{
			Version{10, 5, 2, ""},
			Version{10, 6, 3, ""},
			"default values are cast by the type that special gives",
			packages + "13.1.1 dist/utils/get-default-value.js", func(r *Rules) { r.DefaultIgnoresSpecial = false },
		},
		{
			Version{10, 8, 3, ""},
			Version{10, 9, 2, ""},
			"fields and relations are listed by meta.id",
			packages + "17.0.1 dist/utils/get-snapshot.js", func(r *Rules) { r.SortsByFieldName = false },
		},
		{
			Version{11, 1, 0, ""},
			Version{11, 1, 2, ""},
			"arrays keep their order",
			packages + "23.1.0 dist/utils/get-snapshot.js", func(r *Rules) { r.SortsArrays = false },
		},
		{
			Version{11, 1, 0, ""},
			Version{11, 1, 2, ""},
			"is_indexed is compared and written",
			packages + "23.1.0 dist/utils/sanitize-schema.js", func(r *Rules) { r.HasIsIndexed = true },
		},
		{
			Version{11, 1, 0, ""},
			Version{11, 1, 2, ""},
			"every deleted collection is deleted, whatever its group",
			packages + "23.1.0 dist/utils/apply-diff.js", dropEveryDeleted,
		},
		{
			Version{11, 1, 0, ""},
			Version{11, 1, 2, ""},
			"schema apply takes --ignoreRules",
			packages + "23.1.0 dist/cli/index.js", func(r *Rules) { r.IgnoreRulesFlag = true },
		},
		{
			Version{11, 2, 2, ""},
			Version{11, 3, 5, ""},
			"a change between alias and column is a delete and a create",
			packages + "23.3.2 dist/utils/get-snapshot-diff.js", func(r *Rules) { r.AliasFlipRecreates = true },
		},
		{
			Version{11, 9, 2, ""},
			Version{11, 10, 0, ""},
			"tables, columns and foreign keys without meta are left out",
			"https://github.com/directus/directus/releases/tag/v11.10.0 (directus/directus#25271)", ignoreUntracked,
		},
		{
			Version{11, 9, 2, ""},
			Version{11, 11, 0, ""},
			"cast-timestamp no longer overrides the type at the end",
			packages + "30.0.0 dist/services/fields.js", func(r *Rules) { r.CastTimestampWins = false },
		},
		{
			Version{11, 11, 0, ""},
			Version{11, 13, 0, ""},
			"indexes of system fields are listed",
			"https://github.com/directus/directus/releases/tag/v11.13.0 (directus/directus#24820)",
			func(r *Rules) { r.HasSystemFields = true },
		},
		{
			Version{11, 16, 1, ""},
			Version{11, 17, 4, ""},
			"keys named __proto__ survive (lodash 4.18)",
			packages + "35.2.0 package.json", func(r *Rules) { r.DropsProtoKeys = false },
		},
		{
			Version{11, 17, 4, ""},
			Version{12, 0, 2, ""},
			"25 active collections without a licence",
			packages + "36.0.2 dist/license", func(r *Rules) { r.CollectionLimit = 25 },
		},
		{
			Version{12, 1, 1, ""},
			Version{12, 2, 0, ""},
			"partial snapshots",
			packages + "38.0.0 dist/utils/schema/get-snapshot-diff.js", func(r *Rules) { r.PartialSnapshots = true },
		},
		{
			Version{12, 1, 1, ""},
			Version{12, 2, 0, ""},
			"js-yaml 4.3: underscores make no number",
			packages + "38.0.0 package.json", func(r *Rules) { r.UnderscoreNumbersQuoted = false },
		},
		{
			Version{12, 3, 1, ""},
			Version{12, 4, 0, ""},
			"a missing or extra meta key is an edit of meta",
			packages + "39.2.0 dist/utils/schema/get-snapshot-diff.js", editMeta,
		},
	}
}

func dropEveryDeleted(r *Rules) {
	r.KeepsGroupedCollections, r.MissingMetaKeyIgnored = false, false
	r.FirstDiffKindDropsCollection, r.DropsUntrackedTables = true, true
}

func ignoreUntracked(r *Rules) {
	r.ListsUntracked = false
	r.DropsUntrackedTables, r.DropsUntrackedColumns, r.DropsUntrackedRelations = false, false, false
}

func editMeta(r *Rules) {
	r.FirstDiffKindDropsCollection, r.ExtraMetaKeyFails = false, false
	r.ReplacesWholeMeta = true
}

// RulesFor returns the rules of v. A pre-release has the rules of its release; anything older than 10.0 those of 9.26.0;
// anything newer than is known those of the newest known. The zero Version is the oldest of all.
func RulesFor(v Version) Rules {
	r := oldest()
	for _, c := range changes() {
		if v.compareRelease(c.Since) >= 0 {
			c.apply(&r)
		}
	}
	return r
}

// Uncertain returns the changes that v may or may not have: those made somewhere between two published releases of which
// neither is v. Empty for every release that was looked at.
func Uncertain(v Version) []Change {
	var out []Change
	for _, c := range changes() {
		if v.compareRelease(c.After) > 0 && v.compareRelease(c.Since) < 0 {
			out = append(out, c)
		}
	}
	return out
}
