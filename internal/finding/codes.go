package finding

// What a boot would do. These are made by the simulated apply.
const (
	CollectionDrop  Code = "COLLECTION_DROP"
	FieldDrop       Code = "FIELD_DROP"
	RelationDrop    Code = "RELATION_DROP"
	FolderDrop      Code = "FOLDER_DROP"
	SystemIndexDrop Code = "SYSTEM_INDEX_DROP"
	UntrackedDrop   Code = "UNTRACKED_DROP"
	GhostDrop       Code = "GHOST_DROP"
	MetaKeyMissing  Code = "META_KEY_MISSING"
	AliasFlip       Code = "ALIAS_FLIP"
	TypeNarrow      Code = "TYPE_NARROW"
	TypeChange      Code = "TYPE_CHANGE"
	EditLost        Code = "EDIT_LOST"
	DeleteUndone    Code = "DELETE_UNDONE"
	PartialIgnored  Code = "PARTIAL_IGNORED"
	ApplyFails      Code = "APPLY_FAILS"
	LicenceLimit    Code = "LICENCE_LIMIT"
	NotConvergent   Code = "NOT_CONVERGENT"
)

// How live and the target came to differ. These are made by the comparison.
const (
	PendingCreate Code = "PENDING_CREATE"
	PendingUpdate Code = "PENDING_UPDATE"
	CommittedDrop Code = "COMMITTED_DROP"
	Ahead         Code = "AHEAD"
	StaleTarget   Code = "STALE_TARGET"
	Conflict      Code = "CONFLICT"
	RenameLikely  Code = "RENAME_LIKELY"
	HandEdit      Code = "HAND_EDIT"
	MergeLost     Code = "MERGE_LOST"
	OrderOnly     Code = "ORDER_ONLY"
)

// What is wrong with a snapshot file. These are made by the decoder.
const (
	SnapshotMissing   Code = "SNAPSHOT_MISSING"
	SnapshotInvalid   Code = "SNAPSHOT_INVALID"
	SnapshotTruncated Code = "SNAPSHOT_TRUNCATED"
	ConflictMarkers   Code = "CONFLICT_MARKERS"
	LogLines          Code = "LOG_LINES"
	NotASnapshot      Code = "NOT_A_SNAPSHOT"
	UnknownFormat     Code = "UNKNOWN_FORMAT"
	MissingList       Code = "MISSING_LIST"
	ForeignVendor     Code = "FOREIGN_VENDOR"
	EmptySnapshot     Code = "EMPTY_SNAPSHOT"
	PartialSnapshot   Code = "PARTIAL_SNAPSHOT"
	DuplicateItem     Code = "DUPLICATE_ITEM"
	DanglingItem      Code = "DANGLING_ITEM"
	SystemCollection  Code = "SYSTEM_COLLECTION"
	CRLF              Code = "CRLF"
	ByteOrderMark     Code = "BYTE_ORDER_MARK"
)

// Which Directus it is.
const (
	VersionSkew    Code = "VERSION_SKEW"
	UnknownVersion Code = "UNKNOWN_VERSION"
)

// What docker would do. These are made by the docker guard.
const (
	StaleImage  Code = "STALE_IMAGE"
	VolumeLoss  Code = "VOLUME_LOSS"
	BootUnknown Code = "BOOT_UNKNOWN"
)

// The situation a check is made in.
const (
	NotRun             Code = "NOT_RUN"
	Unreachable        Code = "UNREACHABLE"
	SeenUnsaved        Code = "SEEN_UNSAVED"
	NotDirectus        Code = "NOT_DIRECTUS"
	NotReadable        Code = "NOT_READABLE"
	NotAdopted         Code = "NOT_ADOPTED"
	GitUnreadable      Code = "GIT_UNREADABLE"
	ShallowHistory     Code = "SHALLOW_HISTORY"
	SameNameTwoSchemas Code = "SAME_NAME_TWO_SCHEMAS"
	ExcludedTable      Code = "EXCLUDED_TABLE"
)
