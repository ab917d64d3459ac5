package frame

import (
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// The widest that a column gets, and the width of an age.
const (
	maxBoot = 30
	maxLoss = 26
	maxWho  = 24
	ageCols = 6
	maxName = 44
	minName = 24 // columns go until the name has so many, or all that it needs
)

// columns are the widths of the columns of the list; 0: left out.
type columns struct {
	name, boot, loss, who, age int
	nick                       bool // who is shown in short
}

// columns fits the columns into a width. Where there is no room, first the
// person's domain goes, then the words on the boot, the age, the person, and the loss.
func (rows *Rows) columns(width int) columns {
	w := rows.widths
	c := columns{boot: min(w.boot, maxBoot), loss: min(w.loss, maxLoss), who: min(w.who, maxWho), age: ageCols}
	need := min(w.name, maxName)
	room := func() int {
		n := width - 3
		for _, col := range []int{c.boot, c.loss, c.who, c.age} {
			if col > 0 {
				n -= col + 2
			}
		}
		return n
	}
	for i, less := range []func(){
		func() { c.who, c.nick = min(w.nick, 14), true }, func() { c.boot = min(c.boot, 20) },
		func() { c.who = min(c.who, 8) }, func() { c.boot = 0 }, func() { c.loss = min(c.loss, 14) }, func() { c.age = 0 }, func() { c.who = 0 }, func() { c.loss = 0 },
	} {
		if i == 2 { // what a collection holds is worth less than a column
			need = min(w.bare, minName)
		}
		if room() >= need {
			continue
		}
		less()
	}
	c.name = max(room(), 1)
	return c
}

// list draws the rows from Top on.
func (s *Screen) list(l Layout) []string {
	lines := make([]string, l.BodyRows)
	if len(s.Rows.All) == 0 {
		return s.empty(lines, l.ListCols)
	}
	cols := s.Rows.columns(l.ListCols)
	for i := range lines {
		at := s.Top + i
		if at >= len(s.Rows.All) {
			break
		}
		lines[i] = s.row(&s.Rows.All[at], at == s.Cursor, cols, l.ListCols)
	}
	return lines
}

// empty says why there is nothing to list, and how the places stand.
func (s *Screen) empty(lines []string, width int) []string {
	text, tone := "nothing to save: no place lacks anything of live", look.Green
	switch {
	case !s.Known:
		text, tone = "the database, the files and the containers are being looked at", look.Dim
	case s.Filter != "":
		text, tone = "nothing has all of these words", look.Dim
	case s.State.Standing != watch.Clean:
		text, tone = "no item differs", look.Dim
	}
	p := &pageWriter{s: s, width: width - 2}
	p.text("", look.Plain, s.tone(tone), text)
	p.gap()
	p.places()
	for i := range lines {
		if i > 0 && i <= len(p.lines) && p.lines[i-1] != "" {
			lines[i] = "  " + p.lines[i-1]
		}
	}
	return lines
}

func (s *Screen) row(r *Row, selected bool, cols columns, width int) string {
	var line spans
	switch r.Kind {
	case Head:
		line = span(s.tone(classTone(r)), " "+r.Name).add(look.Dim, "  "+r.Boot)
	case Note:
		line = span(look.Dim, " note: "+r.Name)
	case Finding:
		line = s.pointer(selected).add(s.tone(look.Yellow), r.Name).add(look.Plain, " "+r.Boot)
	case Item:
		line = s.item(r, selected, cols)
	}
	if !selected {
		return s.paint(s.cut(line, width))
	}
	whole := ""
	for _, p := range s.fit(line, width) {
		whole += p.text
	}
	return s.Look.Paint(look.Selected, whole)
}

func (s *Screen) pointer(selected bool) spans {
	if selected {
		return span(look.Bold, s.Look.Pointer+" ")
	}
	return span(look.Plain, "  ")
}

func (s *Screen) item(r *Row, selected bool, cols columns) spans {
	line := s.pointer(selected)
	name := span(look.Bold, r.Name)
	if r.With != "" {
		name = name.add(look.Dim, " "+r.With)
	}
	line = append(line, s.fit(name, cols.name)...)
	if cols.boot > 0 {
		line = line.add(look.Plain, "  "+s.Look.Fit(r.Boot, cols.boot))
	}
	if cols.loss > 0 {
		line = line.add(s.tone(look.Red), "  "+s.Look.Right(r.Loss, cols.loss))
	}
	if cols.who > 0 {
		who := r.Who
		if cols.nick {
			who = r.Nick
		}
		line = line.add(look.Plain, "  "+s.Look.Fit(who, cols.who))
	}
	if cols.age > 0 {
		age := ""
		if !r.ChangedAt.IsZero() {
			age, _ = cell.Age(r.ChangedAt, s.Now)
		}
		line = line.add(look.Dim, "  "+s.Look.Right(age, cols.age))
	}
	return line
}

// classTone returns the tone of a heading.
func classTone(r *Row) look.Tone {
	switch {
	case r.Class == threeway.Conflict:
		return look.Red
	case r.Class == threeway.CommittedDrop || r.Class.Pending():
		return look.Cyan
	}
	return look.Yellow
}
