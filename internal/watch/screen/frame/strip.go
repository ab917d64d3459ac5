package frame

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// minPlace is the narrowest column in which a place can be told: a symbol, the
// longest of the usual names, and a bit of the way to the next.
const minPlace = 12

// wideStrip tells whether each place gets a column of its own.
func (s *Screen) wideStrip() bool {
	return len(s.State.Places) > 0 && s.Width >= minPlace*len(s.State.Places)+2
}

// sign returns the symbol of a place, and the tone of it.
func (s *Screen) sign(p *watch.Place) (symbol string, tone look.Tone) {
	switch {
	case p.Items >= 0 && p.Lacks > 0:
		return s.Look.Lacks, look.Yellow
	case p.Items >= 0:
		return s.Look.Holds, look.Green
	case p.Against == "absent":
		return s.Look.Absent, look.Dim
	}
	return s.Look.Unknown, look.Magenta
}

// holds tells whether the place holds everything of live.
func holds(p *watch.Place) bool { return p.Items >= 0 && p.Lacks == 0 }

// word says how a place stands to live.
func (s *Screen) word(p *watch.Place) string {
	said := p.Against
	switch {
	case said == "" && p.Items >= 0:
		said = amount.Of(p.Items, "item")
	case said == "" && p.Items < 0:
		said = "not readable"
	}
	if p.Stale == "" {
		return s.Look.Line(said)
	}
	if said == "same" {
		return s.Look.Line(p.Stale)
	}
	return s.Look.Line(said + ", " + p.Stale)
}

// short says as much of how a place stands as fits: why it is behind rather than
// by how much, since its symbol says already that it lacks something.
func (s *Screen) short(p *watch.Place, width int) string {
	first, _, _ := strings.Cut(p.Against, ", ")
	texts := []string{s.word(p)}
	if p.Stale != "" {
		texts = append(texts, s.Look.Line(first+", "+p.Stale), s.Look.Line(p.Stale))
	}
	texts = append(texts, s.Look.Line(first))
	for _, text := range texts {
		if text != "" && cell.Width(text) <= width {
			return text
		}
	}
	return texts[0]
}

// strip draws how far the work in live has got: a place is filled while it holds
// everything of live, and so is the way to it.
func (s *Screen) strip(rows int) []string {
	if rows == 1 {
		return []string{s.narrowStrip()}
	}
	places := s.State.Places
	column := (s.Width - 1) / len(places)
	symbols, words := span(look.Plain, " "), span(look.Plain, " ")
	for i := range places {
		symbol, tone := s.sign(&places[i])
		width := column
		if i == len(places)-1 {
			width = s.Width - 1 - column*i
		}
		name := s.Look.Cut(s.Look.Line(places[i].Name), width-4)
		symbols = symbols.add(s.tone(tone), symbol).add(look.Bold, " "+name)
		if i < len(places)-1 {
			way, tone := s.Look.Broken, look.Dim
			if holds(&places[i+1]) {
				way, tone = s.Look.Solid, look.Green
			}
			symbols = symbols.add(look.Plain, " ").add(s.tone(tone), strings.Repeat(way, width-4-cell.Width(name))).add(look.Plain, " ")
		}
		if tone == look.Green || i == 0 {
			tone = look.Dim
		}
		words = words.add(s.tone(tone), "  "+s.Look.Fit(s.short(&places[i], width-3), width-3)+" ")
	}
	return []string{s.paint(s.cut(symbols, s.Width)), s.paint(s.cut(words, s.Width))}
}

// narrowStrip draws the strip in one line: the symbols, and in words the first
// place that lacks something, or the last of all.
func (s *Screen) narrowStrip() string {
	places := s.State.Places
	line := span(look.Plain, " ")
	if len(places) == 0 {
		return s.paint(line)
	}
	said := len(places) - 1
	for i := range places {
		symbol, tone := s.sign(&places[i])
		if i > 0 {
			way, tone := s.Look.Broken, look.Dim
			if holds(&places[i]) {
				way, tone = s.Look.Solid, look.Green
			}
			line = line.add(s.tone(tone), way)
		}
		line = line.add(s.tone(tone), symbol)
	}
	if i := slices.IndexFunc(places, func(p watch.Place) bool { return !holds(&p) }); i >= 0 {
		said = i
	}
	line = line.add(look.Bold, " "+s.Look.Line(places[said].Name)).add(look.Plain, " "+s.word(&places[said]))
	return s.paint(s.cut(line, s.Width))
}

// places tells of each place where it is, and how it stands.
func (p *pageWriter) places() {
	for i := range p.s.State.Places {
		place := &p.s.State.Places[i]
		symbol, tone := p.s.sign(place)
		said := p.s.word(place)
		if place.Items >= 0 && place.Against != "" {
			said = amount.Of(place.Items, "item") + ", " + said
		}
		if place.Where != "" {
			said += ", " + p.s.Look.Line(place.Where)
		}
		p.text(symbol+" "+p.s.Look.Fit(p.s.Look.Line(place.Name), 9)+" ", p.s.tone(tone), look.Plain, said)
	}
}
