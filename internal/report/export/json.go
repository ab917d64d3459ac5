package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// SchemaVersion is the version of the JSON that this package writes. It rises
// when a field is removed or changes its meaning, not when one is added.
const SchemaVersion = 1

// Verdict is a verdict as JSON has it; its own fields win over those of the
// embedded verdict.
type Verdict struct {
	SchemaVersion int    `json:"schema_version"`
	Tool          string `json:"tool"`
	policy.Verdict
	Changes  []policy.Change `json:"changes"`
	Findings []Finding       `json:"findings"`
}

// Finding is a finding as JSON has it.
type Finding struct {
	finding.Finding
	Severity    string `json:"severity"`
	Fingerprint string `json:"fingerprint"` // the same for the same finding in every run
	URL         string `json:"url,omitempty"`
}

// JSON writes a verdict as one JSON object, complete. Its errors are those of w.
func JSON(w io.Writer, v *policy.Verdict, o Options) error {
	return WriteJSON(w, VerdictJSON(v, o))
}

// VerdictJSON returns a verdict as [JSON] writes it, to be part of something more.
func VerdictJSON(v *policy.Verdict, o Options) Verdict {
	out := Verdict{
		SchemaVersion: SchemaVersion, Tool: Tool(o), Verdict: *v,
		Changes: append([]policy.Change{}, v.Changes...), Findings: []Finding{},
	}
	prints := fingerprints(v.Findings)
	for i, f := range v.Findings {
		j := Finding{Finding: f, Severity: f.Severity.String(), Fingerprint: prints[i]}
		if info, ok := finding.Lookup(f.Code); ok {
			j.URL = info.URL()
		}
		out.Findings = append(out.Findings, j)
	}
	return out
}

// Tool returns the name and version of this program.
func Tool(o Options) string {
	if o.Version == "" {
		return "schemaguard"
	}
	return "schemaguard " + o.Version
}

// fingerprints identifies findings across runs by code, item and file, not by
// line or wording. Several of the same kind are told apart by their order.
func fingerprints(all []finding.Finding) []string {
	prints := make([]string, len(all))
	seen := map[string]int{}
	for i, f := range all {
		key := fmt.Sprintf("%s\x00%s\x00%s", f.Code, f.Item, f.File)
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		seen[key]++
		prints[i] = hex.EncodeToString(sum[:16])
	}
	return prints
}

// WriteJSON writes a value as indented JSON that is also safe on a terminal:
// what [terminal.Clean] would not leave as it is, is escaped.
func WriteJSON(w io.Writer, value any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := w.Write(harmless(buf.Bytes()))
	return err
}

// harmless escapes, within JSON, runes that are not fit to be shown, and what
// the runner of GitHub Actions takes for a command. All of them stand in strings.
func harmless(doc []byte) []byte {
	doc = bytes.ReplaceAll(doc, []byte("##["), []byte(`##\u005b`))
	var out bytes.Buffer
	out.Grow(len(doc))
	for line := range bytes.Lines(doc) {
		if terminal.IsClean(string(bytes.TrimSuffix(line, []byte("\n")))) {
			out.Write(line)
			continue
		}
		for _, r := range string(line) {
			switch {
			case r == '\n' || terminal.IsClean(string(r)):
				out.WriteRune(r)
			case r > 0xffff:
				high, low := utf16.EncodeRune(r)
				fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
			default:
				fmt.Fprintf(&out, `\u%04x`, r)
			}
		}
	}
	return out.Bytes()
}
