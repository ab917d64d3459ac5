package frame

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// log draws the end of the log.
func (s *Screen) log(rows int) []string {
	var lines []string
	for i := len(s.Log) - 1; i >= 0 && len(lines) < rows; i-- {
		e := &s.Log[i]
		at := moment.Text(e.At, s.Now)
		if len(at) == len("15:04") {
			at = e.At.Local().Format("15:04:05")
		}
		if e.Hint != "" {
			hint := span(look.Dim, " "+strings.Repeat(" ", len(at))+" hint: ").add(look.Bold, s.Look.Line(e.Hint))
			lines = append(lines, s.paint(s.cut(hint, s.Width)))
		}
		lines = append(lines, s.paint(s.cut(span(look.Dim, " "+at+" ").add(e.Tone, s.Look.Line(e.Text)), s.Width)))
	}
	lines = lines[:min(len(lines), rows)]
	shown := make([]string, rows)
	for i, line := range lines {
		shown[len(lines)-1-i] = line
	}
	return shown
}

// next draws what runs now, or the command to type next.
func (s *Screen) next() string {
	line := span(look.Plain, "")
	switch {
	case s.Busy != "":
		line = span(look.Cyan, " "+s.Look.Line(s.Busy)+", please wait")
	case len(s.State.Next) > 0 && !s.failing():
		line = span(look.Green, " next: ").add(look.Bold, s.Look.Line(s.State.Next[0]))
	}
	return s.paint(s.cut(line, s.Width))
}

// keyWords are the keys in the bar at the bottom, those first that must stay
// where there is little room; shown says in which order they stand.
func (s *Screen) keyWords() [][2]string {
	switch {
	case s.Typing:
		return [][2]string{{"enter", "keep"}, {"esc", "clear"}, {"up/down", "select"}}
	case s.Pane != List:
		return [][2]string{{"esc", "back"}, {"q", "quit"}, {"?", "help"}, {"up/down", "scroll"}, {"s", "snapshot"}, {"r", "re-check"}}
	}
	return [][2]string{{"?", "help"}, {"q", "quit"}, {"s", "snapshot"}, {"a", "snapshot+stage"}, {"d", "diff"}, {"enter", "detail"}, {"/", "filter"}, {"r", "re-check"}, {"l", "log"}}
}

// keys draws the key bar: as many keys as there is room for.
func (s *Screen) keys() string {
	words := s.keyWords()
	room, fits := s.Width-1, 0
	for fits < len(words) {
		need := len(words[fits][0]) + len(words[fits][1]) + 3
		if fits > 0 && need > room {
			break
		}
		room -= need
		fits++
	}
	words = words[:fits]
	if s.Pane == List && !s.Typing && fits > 2 { // what everybody knows stands last
		words = append(append([][2]string{}, words[2:]...), words[:2]...)
	}
	var line spans
	for _, w := range words {
		line = line.add(look.Bold, " "+w[0]).add(look.Dim, " "+w[1]+" ")
	}
	return s.paint(s.cut(line, s.Width))
}

// helpLines are the lines of the help.
func (s *Screen) helpLines() []string {
	p := &pageWriter{s: s, width: s.Width - 1}
	for _, h := range [][2]string{
		{"s", "write live into the snapshot file"},
		{"a", "the same, and stage it for the next commit"},
		{"d", "what differs, as a diff"},
		{"r", "look again now"},
		{"enter", "everything about the selected item"},
		{"/", "show only items with these words; esc shows all"},
		{"up down j k", "select, or scroll"},
		{"pgup pgdn", "the same by a page; home and end by all; the mouse wheel too"},
		{"l", "more of the log"},
		{"ctrl-z", "leave for a moment; fg comes back"},
		{"q ctrl-c", "quit"},
	} {
		p.text(s.Look.Fit(h[0], 13), look.Bold, look.Plain, h[1])
	}
	p.gap()
	for _, h := range [][2]string{
		{s.Look.Holds, "a place that holds everything of live"},
		{s.Look.Lacks, "a place that lacks something: a boot with it destroys that"},
		{s.Look.Absent, "no such place"},
		{s.Look.Unknown, "a place that cannot be read"},
	} {
		p.text(s.Look.Fit(h[0], 13), look.Bold, look.Plain, h[1])
	}
	p.gap()
	p.places()
	p.gap()
	p.text("", look.Plain, look.Dim, "The mouse belongs to this screen; hold shift to select text. Should a kill -9 leave the terminal broken, type: reset; tput rmcup")
	return p.lines
}

// diffLines are the lines of the diff, wrapped.
func (s *Screen) diffLines() []string {
	p := &pageWriter{s: s, width: s.Width - 1}
	for _, line := range s.Diff {
		tone := look.Plain
		switch trimmed := strings.TrimLeft(line, " "); {
		case strings.HasPrefix(trimmed, "+"):
			tone = look.Green
		case strings.HasPrefix(trimmed, "-"):
			tone = look.Red
		}
		p.text("", look.Plain, tone, line)
	}
	if len(p.lines) == 0 {
		p.text("", look.Plain, look.Dim, "nothing differs")
	}
	return p.lines
}
