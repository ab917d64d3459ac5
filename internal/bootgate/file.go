package bootgate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Codes of the failures that are the gate's own.
const (
	CodeUnreachable    = string(finding.Unreachable)
	CodeLockUnreliable = string(finding.LockUnreliable) // a pooler gives the lock to somebody else
	CodeLockTimeout    = string(finding.LockTimeout)    // another boot holds it
	CodeNotApplied     = string(finding.NotApplied)     // the apply ended, and the schema is not the file's
)

// write puts what was checked into a file of its own, so that exactly that is
// applied, whatever happens to the snapshot meanwhile. Where no such file can be
// made, the snapshot itself has to do, if it still is what was checked.
func (g *Gate) write(data []byte, merged bool) (file string, cleanUp func(), err error) {
	dir, err := os.MkdirTemp(g.TempDir, "schemaguard-boot-")
	if err == nil {
		ext := ".yaml"
		if !merged {
			ext = extension(g.Target.File, data)
		}
		file = filepath.Join(dir, "schema"+ext)
		if err = os.WriteFile(file, data, 0o600); err == nil {
			return file, func() { _ = os.RemoveAll(dir) }, nil
		}
		_ = os.RemoveAll(dir)
	}
	if merged {
		return "", nil, fmt.Errorf("writing the file to apply: %w (set TMPDIR to a folder that can be written to)", err)
	}
	now, readErr := os.ReadFile(g.Target.File)
	if readErr != nil || !bytes.Equal(now, data) {
		return "", nil, fmt.Errorf("writing the file to apply: %w, and %s is not what was checked any more", err, g.Target.File)
	}
	return g.Target.File, func() {}, nil
}

// extension is what Directus goes by: .yaml and .yml are YAML, all else is JSON
// (cli/commands/schema/apply.js).
func extension(name string, data []byte) string {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".yaml", ".yml", ".json":
		return ext
	}
	if snapshot.FormatOf(data) == snapshot.JSON {
		return ".json"
	}
	return ".yaml"
}
