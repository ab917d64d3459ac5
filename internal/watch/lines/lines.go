// Package lines writes what the watcher tells as lines: for people, and as JSON
// for programs.
package lines

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
)

// SchemaVersion is that of the JSON; a field that changes its meaning raises it.
const SchemaVersion = 1

// Text writes an event for people, in one line and one write:
//
//	14:02:07 unsaved: 1 item: collection orders (...); next: schemaguard snapshot --stage
//
// Its errors are those of w.
func Text(w io.Writer, e watch.Event) error {
	var b strings.Builder
	b.WriteString(e.At.Local().Format("15:04:05 "))
	b.WriteString(terminal.Clean(e.Text))
	if e.Hint != "" && (e.Kind == watch.StateChanged || e.Kind == watch.Failing) {
		b.WriteString("; next: " + terminal.Clean(e.Hint))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// object is an event as JSON has it; docs/watch.schema.json describes it.
type object struct {
	SchemaVersion int `json:"schema_version"`
	watch.Event
}

// JSON writes an event as one JSON object in one line and one write. Its errors
// are those of w.
func JSON(w io.Writer, e watch.Event) error {
	data, err := json.Marshal(object{SchemaVersion, e})
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}
