// Package overlap finds what the numbered SQL files and the Directus snapshot both
// claim: columns that the next apply changes back, tables that both create, and
// tables that Directus tracks though the snapshot lacks them.
//
// It reads just enough of CREATE TABLE, ALTER TABLE and DROP TABLE to know which
// table and column they mean. What a DO block or a function does it cannot see.
// It is pure: it runs nothing and asks nobody.
package overlap

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
)

// Kind says what a statement does.
type Kind uint8

// The kinds.
const (
	CreateTable Kind = iota + 1
	DropTable
	RenameTable
	AddColumn
	DropColumn
	RenameColumn
	AlterType
	SetNotNull
	DropNotNull
	SetDefault // or drops it
)

// Effect is one thing that a statement does to a table.
type Effect struct {
	Kind    Kind
	Schema  string // as written; "" where the search path decides
	Table   string // without its schema, as Directus knows it
	Column  string
	Type    string // of AlterType: in the words of information_schema, "character varying(20)"
	Default string // of SetDefault: the words, without spaces and casts; "" where it is dropped
	// IfNotExists: nothing happens where the table is there.
	IfNotExists bool
	Offset      int // of the statement's part, in bytes
}

// Effects returns what a statement does; nothing for all that it does not know.
func Effects(statement string) []Effect {
	p := parser{tokens: sqltext.Tokens(statement)}
	switch {
	case p.accept("CREATE"):
		return p.create()
	case p.accept("ALTER", "TABLE"):
		return p.alter()
	case p.accept("DROP", "TABLE"):
		return p.drop()
	}
	return nil
}

type parser struct {
	tokens []sqltext.Token
	at     int
}

func (p *parser) peek() sqltext.Token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return sqltext.Token{}
}

// accept takes key words, all or none.
func (p *parser) accept(words ...string) bool {
	if p.at+len(words) > len(p.tokens) {
		return false
	}
	for i, w := range words {
		if !p.tokens[p.at+i].Is(w) {
			return false
		}
	}
	p.at += len(words)
	return true
}

// name takes an identifier.
func (p *parser) name() (string, bool) {
	name, ok := p.peek().Name()
	if ok {
		p.at++
	}
	return name, ok
}

// table takes a table's name, with its schema where one is written.
func (p *parser) table() (schema, name string, ok bool) {
	name, ok = p.name()
	for ok && p.peek().Text == "." {
		p.at++
		schema = name
		name, ok = p.name()
	}
	return schema, name, ok
}

func (p *parser) create() []Effect {
	for p.accept("GLOBAL") || p.accept("LOCAL") {
	}
	if p.accept("TEMP") || p.accept("TEMPORARY") {
		return nil // gone with the session
	}
	p.accept("UNLOGGED")
	if !p.accept("TABLE") {
		return nil
	}
	e := Effect{Kind: CreateTable, IfNotExists: p.accept("IF", "NOT", "EXISTS"), Offset: p.peek().Offset}
	var ok bool
	if e.Schema, e.Table, ok = p.table(); !ok {
		return nil
	}
	return []Effect{e}
}

func (p *parser) drop() []Effect {
	p.accept("IF", "EXISTS")
	var effects []Effect
	for {
		offset := p.peek().Offset
		schema, table, ok := p.table()
		if !ok {
			return effects
		}
		effects = append(effects, Effect{Kind: DropTable, Schema: schema, Table: table, Offset: offset})
		if p.peek().Text != "," {
			return effects
		}
		p.at++
	}
}

func (p *parser) alter() []Effect {
	p.accept("IF", "EXISTS")
	p.accept("ONLY")
	schema, table, ok := p.table()
	if !ok {
		return nil
	}
	if p.peek().Text == "*" {
		p.at++
	}
	var effects []Effect
	for p.at < len(p.tokens) {
		offset := p.peek().Offset
		if e, ok := p.action(); ok {
			e.Schema, e.Table, e.Offset = schema, table, offset
			effects = append(effects, e)
		}
		p.skip()
	}
	return effects
}

// skip moves behind the next comma outside of parentheses.
func (p *parser) skip() {
	for depth := 0; p.at < len(p.tokens); p.at++ {
		switch t := p.peek(); {
		case t.Kind == sqltext.Open:
			depth++
		case t.Kind == sqltext.Close:
			depth--
		case t.Text == "," && depth == 0:
			p.at++
			return
		}
	}
}

// about tells whether the next word says that a part is about something else than
// a column.
func (p *parser) about(words ...string) bool {
	for _, w := range words {
		if p.peek().Is(w) {
			return true
		}
	}
	return false
}

// action reads one part of ALTER TABLE.
func (p *parser) action() (Effect, bool) {
	switch {
	case p.accept("ADD"):
		if p.about("CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE") {
			return Effect{}, false
		}
		p.accept("COLUMN")
		p.accept("IF", "NOT", "EXISTS")
		return p.column(AddColumn)
	case p.accept("DROP"):
		if p.about("CONSTRAINT") {
			return Effect{}, false
		}
		p.accept("COLUMN")
		p.accept("IF", "EXISTS")
		return p.column(DropColumn)
	case p.accept("RENAME"):
		if p.about("CONSTRAINT") {
			return Effect{}, false
		}
		if p.accept("TO") {
			return Effect{Kind: RenameTable}, true
		}
		p.accept("COLUMN")
		return p.column(RenameColumn)
	case p.accept("ALTER"):
		if p.about("CONSTRAINT") {
			return Effect{}, false
		}
		p.accept("COLUMN")
		return p.alterColumn()
	}
	return Effect{}, false
}

func (p *parser) column(k Kind) (Effect, bool) {
	name, ok := p.name()
	return Effect{Kind: k, Column: name}, ok
}

func (p *parser) alterColumn() (Effect, bool) {
	e, ok := p.column(0)
	switch {
	case !ok:
		return e, false
	case p.accept("TYPE"), p.accept("SET", "DATA", "TYPE"):
		e.Kind, e.Type = AlterType, p.typeName()
	case p.accept("SET", "NOT", "NULL"):
		e.Kind = SetNotNull
	case p.accept("DROP", "NOT", "NULL"):
		e.Kind = DropNotNull
	case p.accept("SET", "DEFAULT"):
		e.Kind, e.Default = SetDefault, p.expression()
	case p.accept("DROP", "DEFAULT"):
		e.Kind = SetDefault
	default:
		return e, false // statistics, storage, compression: no snapshot holds them
	}
	return e, true
}

// aliases are the names of types that the grammar of Postgres knows beside those
// of information_schema.
var aliases = map[string]string{
	"int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "varchar": "character varying", "char": "character",
	"bool": "boolean", "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone", "timetz": "time with time zone",
	"time": "time without time zone", "float8": "double precision", "float": "double precision", "float4": "real", "decimal": "numeric",
}

// parentheses takes what stands in parentheses, without spaces.
func (p *parser) parentheses() string {
	var b strings.Builder
	for p.at < len(p.tokens) {
		t := p.peek()
		b.WriteString(t.Text)
		p.at++
		if t.Kind == sqltext.Close {
			break
		}
	}
	return b.String()
}

// emptyText is the constant without a letter, which is not the same as no default.
const emptyText = "''"

// expression takes what stands up to the end of the part or a cast: a constant
// without its quotes, or words and signs; "" for NULL, which is no default.
func (p *parser) expression() string {
	var b strings.Builder
	for depth := 0; p.at < len(p.tokens); p.at++ {
		t := p.peek()
		if depth == 0 && (t.Text == "," || t.Text == ":") {
			break
		}
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if t.Kind == sqltext.String && t.Text[0] == '\'' {
			if t.Text != emptyText {
				b.WriteString(strings.ReplaceAll(t.Text[1:len(t.Text)-1], "''", "'"))
				continue
			}
		}
		b.WriteString(t.Text)
	}
	switch text := b.String(); strings.ToLower(text) {
	case "null":
		return ""
	case "now()":
		return "CURRENT_TIMESTAMP"
	default:
		return text
	}
}

// typeName takes a type, up to USING, COLLATE or the end of the part.
func (p *parser) typeName() string {
	var words []string
	length := ""
	for p.at < len(p.tokens) && !p.about("USING", "COLLATE") && p.peek().Text != "," {
		t := p.peek()
		if t.Kind == sqltext.Open {
			length = p.parentheses()
			continue
		}
		words = append(words, strings.ToLower(t.Text))
		p.at++
	}
	name := strings.Join(words, " ")
	if full, ok := aliases[name]; ok {
		name = full
	}
	return name + length
}
