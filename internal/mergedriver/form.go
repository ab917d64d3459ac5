package mergedriver

import (
	"bytes"
	"encoding/json"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// form is what one snapshot can look like in bytes. Directus's command line
// writes YAML, or JSON on one line; its HTTP API indents JSON with tabs; editors
// and checkouts change line ends.
type form struct {
	format  snapshot.Format
	indent  string // of JSON over many lines; empty for one
	newline bool   // JSON ends in one
	crlf    bool
	bom     bool
}

var bom = []byte("\ufeff")

// formOf returns the form of the result: ours', unless theirs went from one
// format to the other.
func formOf(in sides) form {
	like := in.ours
	if len(in.base) > 0 && snapshot.FormatOf(in.base) == snapshot.FormatOf(in.ours) {
		if snapshot.FormatOf(in.theirs) != snapshot.FormatOf(in.ours) {
			like = in.theirs
		}
	}
	f := form{format: snapshot.FormatOf(like), bom: bytes.HasPrefix(like, bom), newline: bytes.HasSuffix(like, []byte("\n"))}
	text := bytes.TrimSpace(bytes.TrimPrefix(like, bom))
	if first := bytes.IndexByte(text, '\n'); first >= 0 {
		f.crlf = first > 0 && text[first-1] == '\r'
		rest := text[first+1:]
		if f.format == snapshot.JSON {
			f.indent = string(rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))])
		}
	} else {
		f.crlf = bytes.HasSuffix(like, []byte("\r\n"))
	}
	return f
}

// encode returns the file that holds a snapshot.
func (f form) encode(s *snapshot.Snapshot) []byte {
	return f.dress(f.plain(s))
}

// plain is the text with Unix line ends and no byte order mark, in which the
// conflict marks are set.
func (f form) plain(s *snapshot.Snapshot) []byte {
	data := snapshot.Encode(s, f.format)
	if f.format != snapshot.JSON {
		return data
	}
	if f.indent != "" {
		var out bytes.Buffer
		if json.Indent(&out, data, "", f.indent) == nil {
			data = out.Bytes()
		}
	}
	if f.newline {
		data = append(data, '\n')
	}
	return data
}

func (f form) dress(data []byte) []byte {
	if f.crlf {
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	}
	if f.bom {
		data = append(bytes.Clone(bom), data...)
	}
	return data
}
