package snapshot

import (
	"bytes"
	"regexp"
)

// FormatOf tells the format of a file by its first character: JSON begins with
// a brace, which no YAML snapshot does.
func FormatOf(data []byte) Format {
	if b := bytes.TrimLeft(data, " \t\r\n\ufeff"); len(b) > 0 && b[0] == '{' {
		return JSON
	}
	return YAML
}

// HeaderVersion returns the Directus version that a snapshot file says wrote
// it, reading no more than the file's beginning; empty where it says none there.
func HeaderVersion(data []byte) string {
	head := data[:min(len(data), headerRoom)]
	m := headerLine.FindSubmatchIndex(head)
	if m == nil || m[3] == len(head) && len(data) > len(head) {
		return "" // none, or one of which the end was not read
	}
	return string(head[m[2]:m[3]])
}

// headerRoom is how much of a file its version is looked for in.
const headerRoom = 512

var (
	headerLine = regexp.MustCompile(`(?m)(?:^\x{feff}?|^[^#\n]*[{,])\s*["']?directus["']?\s*:\s*["']?([0-9][0-9A-Za-z.+-]*)`)
	// logText is what Directus's logger (pino-pretty, and its JSON form) puts at
	// the start of a line. A snapshot has no such line outside a block scalar, and
	// there it is indented.
	logText = regexp.MustCompile(`^(?:\x1b\[[0-9;]*m)*(?:\[\d\d:\d\d:\d\d(?:\.\d+)?\] |\{"level":(?:\d|"))`)
)

// conflictMarker returns the line of the first mark that git leaves where a
// merge failed, 0 for none. One mark alone may be text; a start mark is not.
func conflictMarker(data []byte) int {
	for _, mark := range []string{"<<<<<<<", ">>>>>>>"} { // longer ones by conflict-marker-size (gitattributes(5))
		for from := 0; ; {
			i := indexAtLineStart(data[from:], mark)
			if i < 0 {
				break
			}
			from += i
			if rest := bytes.TrimLeft(data[from:], mark[:1]); bytes.HasPrefix(rest, []byte(" ")) {
				return lineAt(data, from)
			}
			from += len(mark) // no longer at the start of a line
		}
	}
	return 0
}

// logLine returns the line of the first text of a logger, 0 for none. A look at
// each line's first byte spares the expression most of the file.
func logLine(data []byte) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		if c := text[0]; (c == '[' || c == '{' || c == '\x1b') && logText.Match(text) {
			return line
		}
	}
	return 0
}

func indexAtLineStart(data []byte, prefix string) int {
	if bytes.HasPrefix(data, []byte(prefix)) {
		return 0
	}
	if i := bytes.Index(data, []byte("\n"+prefix)); i >= 0 {
		return i + 1
	}
	return -1
}

// lineAt returns the 1-based line of an offset.
func lineAt(data []byte, offset int) int { return bytes.Count(data[:offset], []byte("\n")) + 1 }
