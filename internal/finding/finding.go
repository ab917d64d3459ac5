// Package finding holds what schemaguard can find: one table of codes, each
// with a title, the harm it does and the way out, and the [Finding] that a
// check reports. It decides nothing and prints nothing.
package finding

// Code names a kind of finding. Codes are stable: scripts may match them.
type Code string

// Severity says how much weight a finding has before any policy is asked.
type Severity uint8

// The severities, lightest first.
const (
	Note    Severity = iota + 1 // worth a line, never refuses
	Warning                     // wrong or risky, refuses nothing by itself
	Danger                      // work or data would be lost
	Invalid                     // the snapshot file cannot be trusted (exit 5)
)

// String returns the severity in lower case.
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Danger:
		return "danger"
	case Invalid:
		return "invalid"
	}
	return "unknown"
}

// Finding is one thing found.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"-"`
	Item     string   `json:"item,omitempty"`    // the item in words, "field orders.total"
	Message  string   `json:"message"`           // one line, lower case, no final period
	Harm     string   `json:"harm,omitempty"`    // what a boot would do, with numbers
	Author   string   `json:"author,omitempty"`  // who made it and when, where Directus knows
	File     string   `json:"file,omitempty"`    // file the finding is in
	Line     int      `json:"line,omitempty"`    // 1-based; 0 unknown
	Fix      string   `json:"fix,omitempty"`     // the command that fixes it, runnable as printed
	Refuses  bool     `json:"refuses,omitempty"` // set by the policy: this finding makes the verdict a refusal
}
