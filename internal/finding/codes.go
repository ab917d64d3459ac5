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

// What is wrong with the db-init files, and between them and the database. These
// are made by db-init.
const (
	DBInitFileName        Code = "DBINIT_FILE_NAME"
	DBInitNotPlain        Code = "DBINIT_NOT_PLAIN"
	DBInitUnreadable      Code = "DBINIT_UNREADABLE"
	DBInitEmpty           Code = "DBINIT_EMPTY"
	DBInitDirective       Code = "DBINIT_DIRECTIVE"
	DBInitDuplicateNumber Code = "DBINIT_DUPLICATE_NUMBER"
	DBInitDuplicateName   Code = "DBINIT_DUPLICATE_NAME"
	DBInitGap             Code = "DBINIT_GAP"
	DBInitUnfinished      Code = "DBINIT_UNFINISHED"
	DBInitPsqlCommand     Code = "DBINIT_PSQL_COMMAND"
	DBInitCopyStdin       Code = "DBINIT_COPY_STDIN"
	DBInitTransaction     Code = "DBINIT_TRANSACTION"
	DBInitNoTransaction   Code = "DBINIT_NO_TRANSACTION"
	DBInitStrings         Code = "DBINIT_STRINGS"

	DBInitChanged       Code = "DBINIT_CHANGED"
	DBInitMissing       Code = "DBINIT_MISSING"
	DBInitOutOfOrder    Code = "DBINIT_OUT_OF_ORDER"
	DBInitInterrupted   Code = "DBINIT_INTERRUPTED"
	DBInitFailed        Code = "DBINIT_FAILED"
	DBInitRetry         Code = "DBINIT_RETRY"
	DBInitNotAdopted    Code = "DBINIT_NOT_ADOPTED"
	DBInitTable         Code = "DBINIT_TABLE"
	DBInitNoChecksum    Code = "DBINIT_NO_CHECKSUM"
	DBInitRecordedTwice Code = "DBINIT_RECORDED_TWICE"
	DBInitPending       Code = "DBINIT_PENDING"
	DBInitLock          Code = "DBINIT_LOCK"

	DBInitRevert  Code = "DBINIT_REVERT"
	DBInitCreates Code = "DBINIT_CREATES"
	DBInitGhost   Code = "DBINIT_GHOST"
)

// What stops a boot besides what a check finds. These are made by the boot gate.
const (
	LockUnreliable Code = "LOCK_UNRELIABLE"
	LockTimeout    Code = "LOCK_TIMEOUT"
	NotApplied     Code = "NOT_APPLIED"
)

// What stops the recycle bin.
const (
	TrashLimit       Code = "TRASH_LIMIT"
	TrashLocked      Code = "TRASH_LOCKED"
	TrashNoRight     Code = "TRASH_NO_RIGHT"
	TrashNoSpace     Code = "TRASH_NO_SPACE"
	TrashUnsupported Code = "TRASH_UNSUPPORTED"
	TrashMissing     Code = "TRASH_MISSING"
	TrashConflict    Code = "TRASH_CONFLICT"
	TrashFailed      Code = "TRASH_FAILED"
)

// What verify finds in a snapshot.
const (
	BrokenReference Code = "BROKEN_REFERENCE"
	NoPrimaryKey    Code = "NO_PRIMARY_KEY"
	InvalidName     Code = "INVALID_NAME"
	UnknownType     Code = "UNKNOWN_TYPE"
	StaleReference  Code = "STALE_REFERENCE"
	NameCase        Code = "NAME_CASE"
)
