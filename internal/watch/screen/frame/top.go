package frame

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// failing tells whether what is shown is not current any more.
func (s *Screen) failing() bool { return s.State.Failure != "" }

// standing returns the standing to show: what is old has none.
func (s *Screen) standing() watch.Standing {
	if s.failing() || !s.Known {
		return watch.NotChecked
	}
	return s.State.Standing
}

// tone takes the colour off what is not current any more.
func (s *Screen) tone(t look.Tone) look.Tone {
	if s.failing() && t > look.Dim && t != look.Selected {
		return look.Dim
	}
	return t
}

// header draws the two lines that say how it stands, and what is watched.
func (s *Screen) header() []string {
	tone, symbol := s.Look.Of(s.standing())
	word := symbol + " " + string(s.standing())
	line := append(span(look.Plain, " "), part{tone: tone, text: word, strong: true})
	if summary := s.summary(); summary != "" {
		line = line.add(look.Plain, "  "+summary)
	}
	project := s.Look.Line(s.State.Project)
	if s.State.Branch != "" {
		project += " on " + s.Look.Line(s.State.Branch)
	}
	where, when := s.where(), span(s.whenTone(), s.when())
	if s.failing() && where.width()+when.width()+3 > s.Width {
		return []string{s.ends(line, span(look.Bold, project), s.Width), s.paint(s.cut(append(span(look.Plain, " "), when...), s.Width))}
	}
	return []string{s.ends(line, span(look.Bold, project), s.Width), s.ends(where, when, s.Width)}
}

// summary says in one line how it stands, where the word alone does not.
func (s *Screen) summary() string {
	switch {
	case !s.Known:
		return "waiting for the first look"
	case s.failing():
		if s.State.Standing != watch.NotChecked && s.State.Standing != "" {
			return "was " + s.Look.Line(string(s.State.Standing))
		}
		return ""
	}
	return s.Look.Line(s.State.Summary)
}

// where says what is watched.
func (s *Screen) where() spans {
	line := span(look.Plain, " ").add(look.Plain, s.Look.Line(s.State.Database))
	if s.State.Directus != "" {
		line = line.add(look.Dim, "  Directus "+s.Look.Line(s.State.Directus))
	}
	return line
}

// when says how the database is seen, or since when it is not.
func (s *Screen) when() string {
	switch {
	case !s.Known:
		return ""
	case s.failing() && s.State.CheckedAt.IsZero():
		return "never checked: " + s.Look.Line(s.State.Failure)
	case s.failing():
		return "not checked since " + moment.Text(s.State.CheckedAt, s.Now) + ": " + s.Look.Line(s.State.Failure)
	case s.State.Seeing == "triggers":
		return "told by triggers"
	case s.State.Seeing == "":
		return ""
	}
	// It holds until another event comes, however long ago it was first seen.
	return "checked " + s.Look.Line(s.State.Seeing)
}

func (s *Screen) whenTone() look.Tone {
	if s.failing() {
		return look.Magenta
	}
	return look.Dim
}

// ends draws one part to the left of a line and one to the right. Where there is
// no room for both, the left is cut, but for a third of the line.
func (s *Screen) ends(left, right spans, width int) string {
	room := width - right.width() - 3
	if left.width() > room {
		room = max(room, min(left.width(), width/3))
		left = s.cut(left, room)
		right = s.cut(right, width-left.width()-3)
	}
	gap := cell.Spaces(width - 1 - left.width() - right.width())
	return s.paint(left) + gap + s.paint(right)
}

// rule draws a line between two regions, with a title in it.
func (s *Screen) rule(title string) string {
	if title == "" {
		return s.Look.Paint(look.Dim, strings.Repeat(s.Look.Rule, s.Width))
	}
	title = s.Look.Cut(title, s.Width-6)
	rest := strings.Repeat(s.Look.Rule, s.Width-cell.Width(title)-4)
	return s.Look.Paint(look.Dim, strings.Repeat(s.Look.Rule, 2)+" ") + s.Look.Paint(look.Bold, title) + s.Look.Paint(look.Dim, " "+rest)
}

// title names the body.
func (s *Screen) title() string {
	switch {
	case s.Pane == Help:
		return "help, esc to go back"
	case s.Pane == Diff:
		return fmt.Sprintf("diff, %s, esc to go back", amount.Of(len(s.Diff), "line"))
	case s.Pane == Detail && s.Width < sideBySide:
		return "detail, esc to go back"
	case s.Pane == Detail:
		return "items; the keys scroll the detail, esc to go back"
	case s.Typing:
		return s.filterTitle()
	case s.Filter != "":
		return fmt.Sprintf("%s of %s with %q, esc shows all", amount.Thousands(s.Rows.Matching), amount.Of(s.Rows.Items, "item"), s.Look.Line(s.Filter))
	case s.Known && s.Rows.Items > 0:
		return amount.Of(s.Rows.Items, "item") + " of live against " + s.target()
	}
	return ""
}

// filterTitle shows what is typed; what does not fit is cut at its beginning.
func (s *Screen) filterTitle() string {
	before := fmt.Sprintf("%s of %s  /", amount.Thousands(s.Rows.Matching), amount.Thousands(s.Rows.Items))
	typed := s.Look.Line(s.Filter)
	room := s.Width - 8 - cell.Width(before)
	for cell.Width(typed) > max(room, 1) {
		typed = string([]rune(typed)[1:])
	}
	return before + typed + "_"
}

// target names the place that the items are about.
func (s *Screen) target() string {
	name := "worktree"
	for _, p := range s.State.Places {
		if p.Lacks > 0 {
			name = p.Name
			break
		}
	}
	return s.Look.Line(name)
}
