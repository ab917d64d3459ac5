package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/workspace"
)

// SkipLog is the file below the git common directory that keeps every skip.
const SkipLog = "schemaguard/skipped.log"

// maxReason bounds what a reason adds to the log.
const maxReason = 500

// skipped is a line of the log.
type skipped struct {
	At     string `json:"at"`
	Hook   string `json:"hook"`
	By     string `json:"by"`
	Branch string `json:"branch,omitempty"`
	Head   string `json:"head,omitempty"`
	Reason string `json:"reason"`
}

// skip lets everything pass, says so, and keeps a line of it.
func (c Call) skip(ctx context.Context, w *workspace.Workspace, reason string) Outcome {
	var out Outcome
	out.say("%s skipped (%s=%q)", c.Name, SkipVariable, reason)
	if w == nil || w.Repo == nil {
		return out
	}
	line := skipped{At: c.Now().UTC().Format("2006-01-02T15:04:05Z"), Hook: c.Name, By: c.Save.By, Reason: reason[:min(len(reason), maxReason)]}
	line.Branch, _ = w.Repo.Branch(ctx)
	line.Head, _ = w.Repo.Resolve(ctx, "HEAD")
	if err := appendLine(filepath.Join(w.Repo.CommonDir(), filepath.FromSlash(SkipLog)), line); err != nil {
		out.say("the skip could not be logged: %s", firstLine(err))
	}
	return out
}

// appendLine adds one line in one write, so that two hooks do not mix theirs.
func appendLine(path string, line skipped) error {
	data, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.WriteString(strings.ToValidUTF8(string(data), "?") + "\n")
	return errors.Join(err, f.Close())
}
