// Package ledger is the table that says which numbered SQL files were applied:
// migrations_applied, ours or one that the team had before.
//
// A table of another shape is inspected, never replaced: its columns are mapped
// to ours, and what is missing is added as nullable columns once somebody agreed
// (see [Table.Plan]). Its own columns and rows stay.
//
// It runs no file and decides nothing about files; whoever writes holds the lock.
package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DefaultName is the table's name where the settings name none.
const DefaultName = "migrations_applied"

// Status says how a file stands.
type Status string

// The states of a row. A row of the team's own that has none is Done: their
// runner wrote it when the file had run.
const (
	Running Status = "running" // began outside of a transaction; not heard of since
	Done    Status = "done"
	Failed  Status = "failed"
)

// role is what a column is for.
type role int

const (
	roleName role = iota
	roleChecksum
	roleStatus
	roleStarted
	roleFinished
	roleDuration
	roleError
	roleTool
	rolePhase
	roleCount

	roleSuccess // boolean, of Flyway's shape; optional
	roleActor   // who ran it; optional
)

// spec is what a role needs: the name and type of the column that is added where
// there is none, and the names that teams give to theirs.
type spec struct {
	name, typ string
	others    []string
	fits      func(typ string) bool
}

// specs lists the roles in the order of the table's columns. The names are those
// of dbmate, Flyway, goose, golang-migrate, node-pg-migrate, Knex and hand-made
// scripts.
var specs = [...]spec{
	roleName:     {"name", "text", []string{"filename", "file_name", "file", "migration", "migration_name", "script", "script_name", "basename", "path", "version", "id"}, textOrInteger},
	roleChecksum: {"checksum", "text", []string{"sha256", "checksum_sha256", "hash", "file_hash", "sha"}, holdsSHA256},
	roleStatus:   {"status", "text", []string{"state"}, isText},
	roleStarted:  {"started_at", "timestamptz", []string{"start_time"}, isTime},
	roleFinished: {"finished_at", "timestamptz", []string{"applied_at", "applied_on", "executed_at", "installed_on", "run_at", "run_on", "migrated_at", "migration_time", "completed_at", "tstamp", "timestamp", "created_at"}, isTime},
	roleDuration: {"duration_ms", "bigint", []string{"execution_time", "execution_time_ms", "execution_ms"}, isInteger},
	roleError:    {"error", "text", []string{"error_message", "last_error"}, isText},
	roleTool:     {"tool_version", "text", nil, isText},
	rolePhase:    {"phase", "text", nil, isText},
	roleCount:    {},
	roleSuccess:  {"success", "boolean", []string{"is_applied", "applied", "ok"}, isBoolean},
	roleActor:    {"applied_by", "text", []string{"installed_by", "executed_by", "run_by"}, isText},
}

func isText(t string) bool {
	return t == "text" || t == "name" || strings.HasPrefix(t, "character varying") || strings.HasPrefix(t, "character(")
}

// holdsSHA256 leaves out what is too short for 64 hex digits: another algorithm.
func holdsSHA256(t string) bool {
	_, length, limited := strings.Cut(strings.TrimSuffix(t, ")"), "(")
	n, err := strconv.Atoi(length)
	return isText(t) && t != "name" && (!limited || err == nil && n >= 64)
}

func isInteger(t string) bool     { return t == "bigint" || t == "integer" || t == "smallint" }
func textOrInteger(t string) bool { return isText(t) || isInteger(t) || t == "numeric" }
func isBoolean(t string) bool     { return t == "boolean" }
func isTime(t string) bool        { return strings.HasPrefix(t, "timestamp") }

// Column is a column of the table as the catalog has it.
type Column struct {
	Name    string
	Type    string // as format_type writes it
	NotNull bool
	// Filled: the server gives a value to a row that names none.
	Filled bool
	// Generated: the server gives the value always.
	Generated bool
}

// Row is one file that was applied, or tried.
type Row struct {
	Raw      string // the value of the table's own name column
	Name     string // the file's base name, as far as Raw tells
	Checksum string // "" where nobody recorded one
	Status   Status
	Started  time.Time // zero where unknown, as is Finished
	Finished time.Time
	Duration time.Duration
	Error    string
	Tool     string
	Phase    string
}

// Applied tells whether the file has run to its end.
func (r Row) Applied() bool { return r.Status == Done }

// Foreign tells a failure that another program recorded: our rows say which version
// of ours wrote them.
func (r Row) Foreign() bool { return r.Status == Failed && r.Tool == "" }

// UnusableError is a table that cannot be written without harm.
type UnusableError struct {
	Table string
	Text  string
}

// Error implements error.
func (e *UnusableError) Error() string { return fmt.Sprintf("table %s %s", e.Table, e.Text) }
