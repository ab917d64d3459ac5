package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml"
)

// File is a snapshot file as it was read.
type File struct {
	// Name is what messages call the file, a path or "schema.yaml@HEAD".
	Name string
	// Snapshot is what it holds; nil where the file cannot be trusted.
	Snapshot *Snapshot
	// Problems are what is wrong with it, in the order in which it was found.
	Problems []finding.Finding
}

// Trusted tells whether the file can be compared: no problem makes it invalid.
func (f *File) Trusted() bool { return f.Snapshot != nil }

// decoder collects what is found while a file is read.
type decoder struct {
	file *File
	doc  *jsyaml.Document
	snap *Snapshot
}

// Decode reads a snapshot file of Directus 9 to 12, YAML or JSON by its content
// and not its name. It never fails as a whole: what is wrong is in the file's
// problems, each with a code and where it is, and Snapshot is nil if the rest
// cannot be trusted.
func Decode(name string, data []byte) *File {
	d := &decoder{file: &File{Name: name}}
	data = d.transport(data)
	if d.invalid() || !d.load(data) {
		return d.file
	}
	d.header()
	d.lists(data)
	if !d.invalid() {
		d.items()
	}
	if !d.invalid() {
		d.file.Snapshot = d.snap
	}
	return d.file
}

// transport finds what editors, merges and redirections do to a file's bytes.
func (d *decoder) transport(data []byte) []byte {
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		d.report(finding.ByteOrderMark, 1, "begins with a byte order mark")
		data = rest
	}
	if i := bytes.Index(data, []byte("\r\n")); i >= 0 {
		d.report(finding.CRLF, lineAt(data, i), "has Windows line ends")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		d.report(finding.NotASnapshot, 1, "is empty")
		return data
	}
	if line := conflictMarker(data); line > 0 {
		d.report(finding.ConflictMarkers, line, "holds the marks of an unresolved merge")
	} else if line := logLine(data); line > 0 {
		d.report(finding.LogLines, line, "has log lines mixed in")
	}
	return data
}

// load parses the text and makes sure that it is an object.
func (d *decoder) load(data []byte) bool {
	var err error
	if FormatOf(data) == JSON {
		d.doc, err = jsyaml.LoadJSON(data)
	} else {
		d.doc, err = jsyaml.Load(data)
	}
	var syntax *jsyaml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		d.report(finding.SnapshotInvalid, syntax.Line, syntax.Reason)
		return false
	case err != nil:
		d.report(finding.SnapshotInvalid, 0, err.Error())
		return false
	}
	if d.doc.Value.Object() == nil {
		d.report(finding.NotASnapshot, 1, "is no list of names and values")
		return false
	}
	return true
}

// header reads version, directus and vendor.
func (d *decoder) header() {
	root := d.doc.Value
	version := FormatFull
	switch v, ok := root.Object().Get("version"); {
	case !ok && !looksLikeSnapshot(root):
		d.report(finding.NotASnapshot, 1, "has neither `version` nor the lists of a snapshot")
		return
	case ok:
		version = formatNumber(v)
		if version == 0 {
			d.report(finding.UnknownFormat, d.doc.Line("version"), fmt.Sprintf("says version %s; 1 and 2 are known", jsvalue.Text(v)))
			return
		}
	}
	d.snap = New(version, jsvalue.Text(root.Get("directus")), root.Get("vendor").Str())
	if root.Get("directus").IsNull() {
		d.snap.Directus = ""
	}
	if version == FormatPartial {
		d.report(finding.PartialSnapshot, d.doc.Line("version"), "holds only some of the collections (version 2)")
	}
	switch d.snap.Vendor {
	case "", "postgres":
	default:
		d.report(finding.ForeignVendor, d.doc.Line("vendor"), fmt.Sprintf("was taken from %q, not from postgres", d.snap.Vendor))
	}
}

// formatNumber returns the format that a file's version stands for, 0 for one
// that is not known.
func formatNumber(v jsvalue.Value) int {
	for _, known := range []int{FormatFull, FormatPartial} {
		if v.Kind() == jsvalue.KindNumber && v.Number() == float64(known) {
			return known
		}
	}
	return 0
}

func looksLikeSnapshot(root jsvalue.Value) bool {
	for _, k := range Kinds() {
		if k != SystemField && root.Get(k.List()).Kind() == jsvalue.KindList {
			return true
		}
	}
	return false
}

// lists makes sure that the lists are there and are lists. Directus writes them
// in one order, so where only the last ones are missing the file was cut off.
func (d *decoder) lists(data []byte) {
	if d.invalid() {
		return
	}
	var missing []string
	for _, k := range []Kind{Collection, Field, Relation} {
		v, ok := d.doc.Value.Object().Get(k.List())
		if !ok || v.IsNull() {
			missing = append(missing, k.List())
		} else if v.Kind() != jsvalue.KindList {
			d.report(finding.SnapshotInvalid, d.doc.Line(k.List()), "`"+k.List()+"` is no list")
		}
	}
	switch strings.Join(missing, " ") {
	case "":
	case "relations", "fields relations":
		d.report(finding.SnapshotTruncated, bytes.Count(data, []byte("\n"))+1, "ends before `"+missing[0]+"`")
	default:
		d.report(finding.MissingList, 1, "lacks `"+strings.Join(missing, "` and `")+"`")
	}
}

// items adds the entries of all lists.
func (d *decoder) items() {
	for _, k := range Kinds() {
		d.snap.Grow(k, len(d.doc.Value.Get(k.List()).List()))
	}
	for _, k := range Kinds() {
		list, ok := d.doc.Value.Object().Get(k.List())
		if k == SystemField {
			d.snap.HasSystemFields = ok && list.Kind() == jsvalue.KindList
		}
		for i, v := range list.List() {
			d.item(k, i, v)
		}
	}
	if d.invalid() {
		return // what lacks a name would make others dangle
	}
	d.cutOff()
	if len(d.snap.Items(Collection)) == 0 && d.snap.Version == FormatFull {
		d.report(finding.EmptySnapshot, d.doc.Line(Collection.List()), "holds no collections")
	}
	d.dangling()
}

func (d *decoder) item(k Kind, i int, v jsvalue.Value) {
	line := d.doc.Line(k.List(), i)
	key := Key{Kind: k, Collection: v.Get("collection").Str()}
	if k != Collection {
		key.Field = v.Get("field").Str()
	}
	if key.Collection == "" || (k != Collection && key.Field == "") {
		d.report(finding.SnapshotInvalid, line, "an entry of `"+k.List()+"` has no name")
		return
	}
	if d.snap.add(Item{Key: key, Value: pick(k, v), Line: line}) {
		d.reportItem(finding.DuplicateItem, key, line, "the file has "+key.String()+" twice")
	}
	if k == Collection && strings.HasPrefix(key.Collection, "directus_") {
		d.reportItem(finding.SystemCollection, key, line, key.String()+" is one of Directus's own tables")
	}
}

// cutOff finds a file that ends inside its last item, yet is valid YAML: the
// item lacks keys that every other of its list has.
func (d *decoder) cutOff() {
	list := d.snap.Items(Relation)
	if len(list) == 0 {
		return
	}
	last := &list[len(list)-1]
	for _, key := range []string{"related_collection", "meta"} {
		if _, ok := last.Value.Object().Get(key); !ok {
			d.report(finding.SnapshotTruncated, last.Line, "ends inside "+last.Key.String())
			return
		}
	}
	fewer := func(a, b *Item) bool { return a.Meta().Object().Len() < b.Meta().Object().Len() }
	if len(list) > 1 && last.Schema().IsNull() && fewer(last, &list[0]) {
		d.report(finding.SnapshotTruncated, last.Line, "ends inside "+last.Key.String())
	}
}

// dangling reports fields and relations of collections that are not in the
// file. Fields of system collections and relations from them are lawful.
func (d *decoder) dangling() {
	if d.snap.Version == FormatPartial {
		return
	}
	for _, k := range []Kind{Field, Relation} {
		name, known := "", false // of the last one: they mostly come one after another
		for i := range d.snap.Items(k) {
			item := &d.snap.Items(k)[i]
			if item.Key.Collection != name || i == 0 {
				name = item.Key.Collection
				known = d.snap.Get(Key{Kind: Collection, Collection: name}) != nil
			}
			if !known && !strings.HasPrefix(item.Key.Collection, "directus_") {
				d.reportItem(finding.DanglingItem, item.Key, item.Line,
					fmt.Sprintf("%s belongs to collection %s, which the file lacks", item.Key, item.Key.Collection))
			}
		}
	}
}

func (d *decoder) report(code finding.Code, line int, message string) {
	d.reportText(code, "", line, d.file.Name+" "+message)
}

func (d *decoder) reportItem(code finding.Code, key Key, line int, message string) {
	d.reportText(code, key.String(), line, message)
}

func (d *decoder) reportText(code finding.Code, item string, line int, message string) {
	info, _ := finding.Lookup(code)
	d.file.Problems = append(d.file.Problems, finding.Finding{
		Code: code, Severity: info.Severity, Item: item, Message: message, File: d.file.Name, Line: line,
	})
}

// invalid tells whether something was found that makes the file untrustworthy.
func (d *decoder) invalid() bool {
	for i := range d.file.Problems {
		if d.file.Problems[i].Severity == finding.Invalid {
			return true
		}
	}
	return false
}
