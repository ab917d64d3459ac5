package sqlfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
)

const directive = "schemaguard:"

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit+1))
}

// undecodable returns the offset of the first byte that no SQL text has, -1
// where there is none.
func undecodable(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// examine reads the directives and statements of a file.
func (f *File) examine(folder Phase) []Problem {
	var err error
	f.Statements, err = sqltext.Split(f.Text)
	problems := f.directives(folder)
	found := f.lint()
	// The rows behind a COPY are no SQL, so that their quotes mean nothing.
	rows := slices.ContainsFunc(found, func(p Problem) bool { return p.Code == CopyStdin })
	if open, ok := errors.AsType[*sqltext.UnfinishedError](err); ok && !rows {
		problems = append(problems, f.problem(Unfinished, open.Offset, open.Error(), ""))
	}
	if len(f.Statements) == 0 && err == nil {
		p := f.problem(Empty, 0, "there is no statement in it", "")
		p.At = sqltext.Place{}
		problems = append(problems, p)
	}
	return append(problems, found...)
}

func (f *File) problem(code Code, offset int, text, hint string) Problem {
	return Problem{Code: code, File: f.Path, Name: f.Name, At: sqltext.At(f.Text, offset), Text: text, Hint: hint, Statement: true}
}

// directives obeys the comment lines before the first statement, and finds those
// that nothing obeys: a directive that is silently ignored guards nothing.
func (f *File) directives(folder Phase) []Problem {
	first := len(f.Text)
	if len(f.Statements) > 0 {
		first = f.Statements[0].Offset
	}
	var problems []Problem
	offset := 0
	for line := range strings.Lines(f.Text) {
		comment, isComment := strings.CutPrefix(strings.TrimSpace(line), "--")
		words, isDirective := strings.CutPrefix(strings.TrimSpace(comment), directive)
		if isComment && isDirective && sqltext.CommentAt(f.Text, offset) {
			text := "-- " + directive + " lines stand before the first statement, else nothing obeys them"
			if offset < first {
				text = f.obey(strings.Fields(words), folder)
			}
			if text != "" {
				problems = append(problems, f.problem(Directive, offset, text, ""))
			}
		}
		offset += len(line)
	}
	return problems
}

// obey takes one directive; it returns what is wrong with it.
func (f *File) obey(words []string, folder Phase) string {
	switch {
	case len(words) == 1 && words[0] == "no-transaction":
		f.NoTransaction = true
	case len(words) == 2 && words[0] == "phase" && words[1] == string(Post):
		f.Phase = Post
	case len(words) == 2 && words[0] == "phase" && words[1] == string(Pre):
		if folder == Post {
			return "this folder runs after Directus; a file of phase pre belongs into the other one"
		}
	default:
		return fmt.Sprintf("-- %s%s is none of the directives no-transaction, phase pre and phase post", directive, strings.Join(words, " "))
	}
	return ""
}

// lint finds the statements that cannot be run.
func (f *File) lint() []Problem {
	var problems []Problem
	for _, s := range f.Statements {
		for _, found := range sqltext.Lint(s.Text) {
			code, text, hint := f.explain(found)
			if code == "" {
				continue
			}
			problems = append(problems, f.problem(code, s.Offset+found.Offset, text, hint))
			if code == CopyStdin {
				return problems // what follows are rows, not statements
			}
		}
	}
	return problems
}

// explain says what a trouble means for this file; code is empty where it means
// nothing.
func (f *File) explain(t sqltext.Found) (code Code, text, hint string) {
	const directiveHint = "begin the file with the line: -- schemaguard:no-transaction"
	switch t.Trouble {
	case sqltext.PsqlCommand:
		hint := "write it as SQL"
		if strings.HasSuffix(t.Words, "restrict") {
			hint = "take the line out: pg_dump writes it for psql alone"
		}
		return Psql, t.Words + " is a command of psql; only psql knows it, the server does not", hint
	case sqltext.CopyStdin:
		return CopyStdin, t.Words + " takes rows from the client, and here there is none", "write the rows as INSERT"
	case sqltext.StringsUnsafe:
		return Strings, t.Words + " changes where strings end, so that the file cannot be read before it runs", "write E'...' where a string has backslashes"
	case sqltext.Transaction:
		if !f.NoTransaction {
			return Transaction, t.Words + " in a file that already runs in one transaction", "take the statement out, or " + directiveHint
		}
	case sqltext.OutsideOnly:
		if !f.NoTransaction {
			return NeedsNoTx, t.Words + " cannot run in a transaction, and the file runs in one", directiveHint
		}
	}
	return "", "", ""
}
