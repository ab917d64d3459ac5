package ledger

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// form says how a table names a file.
type form uint8

const (
	formFull   form = iota + 1 // 001_extensions.sql
	formStem                   // 001_extensions
	formPath                   // db-init/001_extensions.sql
	formNumber                 // 001, or 1
)

var (
	stemPattern   = regexp.MustCompile(`^[0-9]+_[^/\\]+$`)
	numberPattern = regexp.MustCompile(`^[0-9]{1,18}$`)
)

// formOf tells how a value names a file; 0 where it does not.
func formOf(raw string) form {
	base := baseOf(raw)
	switch {
	case stemPattern.MatchString(base) && strings.HasSuffix(base, ".sql") && base != raw:
		return formPath
	case stemPattern.MatchString(raw) && strings.HasSuffix(raw, ".sql"):
		return formFull
	case stemPattern.MatchString(raw):
		return formStem
	case numberPattern.MatchString(raw):
		return formNumber
	}
	return 0
}

func baseOf(raw string) string { return raw[strings.LastIndexAny(raw, `/\`)+1:] }

// fileName returns the base name of the file that a value names. A number whose
// file is not there stays a number.
func fileName(raw string, set sqlfile.Set) string {
	switch formOf(raw) {
	case formPath:
		return baseOf(raw)
	case formStem:
		return raw + ".sql"
	case formNumber:
		return numbered(raw, set)
	default:
		return raw
	}
}

func numbered(raw string, set sqlfile.Set) string {
	number, err := strconv.ParseUint(raw, 10, 64)
	for _, f := range set.Files {
		if err == nil && f.Number == number {
			return f.Name
		}
	}
	return raw
}

// naming writes names as a table does already.
type naming struct {
	form   form
	parent string // formPath: what stands before the folder of the files
	padded bool   // formNumber: with its leading zeros
}

// namingOf learns from the values that are there, and where there are none from
// the column.
func namingOf(raws []string, column Column) naming {
	n := naming{form: formFull, padded: !isInteger(column.Type) && column.Type != "numeric"}
	if len(raws) == 0 && (!isText(column.Type) || column.Name == "version") {
		n.form = formNumber
	}
	for _, raw := range raws {
		switch f := formOf(raw); f {
		case 0:
			continue
		case formPath:
			n.form, n.parent = f, path.Dir(path.Dir(strings.ReplaceAll(raw, `\`, "/")))
		case formNumber:
			n.form, n.padded = f, n.padded && (len(raw) > 1)
		default:
			n.form = f
		}
	}
	return n
}

// encode returns the value that names a file.
func (n naming) encode(f sqlfile.File) string {
	switch {
	case n.form == formStem:
		return strings.TrimSuffix(f.Name, ".sql")
	case n.form == formPath:
		return path.Join(n.parent, path.Base(path.Dir(f.Path)), f.Name)
	case n.form == formNumber && n.padded:
		return f.Name[:f.Width]
	case n.form == formNumber:
		return strconv.FormatUint(f.Number, 10)
	}
	return f.Name
}
