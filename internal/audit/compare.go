package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// trackingTable is where db-init's runner keeps what it ran; it comes and goes with it.
const trackingTable = "migrations_applied"

// comparison lays two databases side by side.
type comparison struct {
	o           Options
	live, built *object.Set
	managed     map[string]bool           // tables that the snapshot makes
	fields      map[string]*snapshot.Item // by table.column, in NUL
	listed      map[string]bool           // collections of the snapshot, with a table or without
	tracked     map[string]bool
	missing     []string  // extensions that the throwaway server lacks
	problems    []Problem // of the snapshot

	compared int
	unsaved  map[string]int // objects on collections that the snapshot does not have yet
	pending  map[string]int // objects on collections that live does not have yet
}

func newComparison(o Options, live, built *object.Set) *comparison {
	c := &comparison{
		o: o, live: live, built: built, managed: map[string]bool{}, fields: map[string]*snapshot.Item{},
		listed: map[string]bool{}, tracked: map[string]bool{}, unsaved: map[string]int{}, pending: map[string]int{},
	}
	for _, item := range o.Snapshot.Items(snapshot.Collection) {
		c.listed[item.Key.Collection] = true
		if !item.Schema().IsNull() {
			c.managed[item.Key.Collection] = true
		}
	}
	for i := range o.Snapshot.Items(snapshot.Field) {
		f := &o.Snapshot.Items(snapshot.Field)[i]
		if !f.Schema().IsNull() {
			c.fields[f.Key.Collection+"\x00"+f.Key.Field] = f
		}
	}
	for _, name := range live.Tracked {
		c.tracked[name] = true
	}
	return c
}

// findings returns what stands on one side only or differs, ordered by kind and name.
func (c *comparison) findings() []Finding {
	keys := map[object.Key]bool{}
	for k := range c.live.Objects {
		keys[k] = true
	}
	for k := range c.built.Objects {
		keys[k] = true
	}
	var out []Finding
	for k := range keys {
		l, inLive := c.live.Objects[k]
		b, inBuilt := c.built.Objects[k]
		c.compared++
		if f, ok := c.judge(k, l, b, inLive, inBuilt); ok {
			f.Object, f.live, f.built, f.Live, f.Built = k, l, b, l.Def, b.Def
			f.fill()
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return a.Object.Compare(b.Object) })
	return fold(out)
}

// judge says whether an object is worth a finding, and in which state it is.
func (c *comparison) judge(k object.Key, l, b object.Object, inLive, inBuilt bool) (f Finding, ok bool) {
	table := k.Table
	if k.Kind == object.Table || k.Kind == object.Partition {
		table = k.Name
	}
	if table == trackingTable || slices.ContainsFunc(c.problems, func(p Problem) bool { return p.whole && p.Table == table && k.Schema == c.o.Schema }) {
		return f, false
	}
	switch here := k.Schema == c.o.Schema; {
	case here && c.o.isSystem(table):
		if !c.onSystemTable(k, l, b, inLive, inBuilt) {
			return f, false
		}
	case here && c.managed[table]:
		if !c.onManagedTable(table, k, l, b, inLive, inBuilt) {
			return f, false
		}
	case here && c.isUnsaved(table):
		if k.Kind == object.Table || k.Kind == object.Column || l.Plain {
			return f, false
		}
		c.unsaved[table]++
		f.Remark = "its collection is not in the snapshot yet: schemaguard snapshot --stage comes first"
	}
	switch {
	case !inBuilt:
		f.State = NotInDBInit
	case !inLive:
		f.State = NotInLive
	case l.Def == b.Def:
		return f, false
	case k.Kind == object.Column && c.isManagedColumn(k):
		f.State, f.Remark = Differs, columnRemark(l, b)
	default:
		f.State = Differs
	}
	return f, true
}

// isUnsaved tells a collection that somebody made and that is not in the snapshot yet. A partitioned table
// is none, whatever directus_collections says: Directus does not see it.
func (c *comparison) isUnsaved(table string) bool {
	o, ok := c.live.Objects[object.Key{Kind: object.Table, Schema: c.o.Schema, Name: table}]
	return ok && c.tracked[table] && !c.listed[table] && !strings.Contains(o.Def, "PARTITION BY") && !c.has(c.built, table)
}

func (c *comparison) has(set *object.Set, table string) bool {
	for _, kind := range []object.Kind{object.Table, object.Partition, object.ForeignTable} {
		if _, ok := set.Objects[object.Key{Kind: kind, Schema: c.o.Schema, Name: table}]; ok {
			return true
		}
	}
	return false
}

func (c *comparison) isManagedColumn(k object.Key) bool {
	return k.Schema == c.o.Schema && c.fields[k.Table+"\x00"+k.Name] != nil
}

// onSystemTable tells whether an object on one of Directus's own tables is the team's.
func (c *comparison) onSystemTable(k object.Key, l, b object.Object, inLive, inBuilt bool) bool {
	switch {
	case k.Kind.In(object.Table, object.SequenceOwner):
		return false
	case k.Kind == object.Column:
		if c.isManagedColumn(k) {
			return c.managedColumn(k, l, b, inLive, inBuilt)
		}
		return !c.o.isSystemColumn(k.Table, k.Name)
	}
	return inLive && !directusOwn(l) || inBuilt && !directusOwn(b)
}

// onManagedTable tells whether an object on a table of the snapshot is beyond what the snapshot holds.
func (c *comparison) onManagedTable(table string, k object.Key, l, b object.Object, inLive, inBuilt bool) bool {
	if k.Kind == object.SequenceOwner {
		return false
	}
	if k.Kind == object.Table {
		return inLive && inBuilt // what only one side has is a matter of the snapshot
	}
	if !c.has(c.live, table) {
		if !b.Plain && k.Kind != object.Column {
			c.pending[table]++
		}
		return false
	}
	if k.Kind == object.Column {
		return c.managedColumn(k, l, b, inLive, inBuilt)
	}
	return inLive && !l.Plain || inBuilt && !b.Plain
}

// managedColumn tells whether a column that Directus manages is more in live than Directus would make
// of it again. Its type as such, its default and whether it may be null are held by the snapshot.
func (c *comparison) managedColumn(k object.Key, l, b object.Object, inLive, inBuilt bool) bool {
	field := c.fields[k.Table+"\x00"+k.Name]
	switch {
	case !inLive:
		return field == nil // db-init adds it; else it is pending in the snapshot
	case !inBuilt:
		return field != nil // Directus makes no column of its type; else it is unsaved
	case field == nil || l.Shape == nil || b.Shape == nil:
		return field == nil
	}
	if l.Shape.Collation != b.Shape.Collation || l.Shape.Generated != b.Shape.Generated || l.Shape.Identity != b.Shape.Identity {
		return true
	}
	switch base := l.Shape.Base; {
	case l.Shape.Type == b.Shape.Type:
		return false
	case base == b.Shape.Base: // only the modifiers differ: those of these are held
		return base != "character varying" && base != "character" && base != "numeric"
	default:
		_, short, qualified := strings.Cut(base, ".")
		if !qualified {
			short = base
		}
		return strings.EqualFold(field.Schema().Get("data_type").Str(), short)
	}
}

// notes say what was left to other commands.
func (c *comparison) notes() []string {
	var out []string
	for table, n := range c.pending {
		out = append(out, fmt.Sprintf("collection %s is in the snapshot and not in live yet: %d of its objects of db-init come with it", table, n))
	}
	for table, n := range c.unsaved {
		out = append(out, fmt.Sprintf("collection %s is in live and not in the snapshot (%d objects here): schemaguard check", table, n))
	}
	slices.Sort(out)
	return out
}

// unjudged tells a finding that says nothing, because the throwaway server lacks an extension.
func (c *comparison) unjudged(f Finding) bool {
	if len(c.missing) == 0 || f.State == NotInLive {
		return false
	}
	switch kind := f.Object.Kind; {
	case kind == object.Extension:
		return slices.Contains(c.missing, f.Object.Name)
	case kind.In(object.Hypertable, object.Job, object.ContinuousView):
		return slices.ContainsFunc(c.missing, func(name string) bool { return strings.HasPrefix(name, "timescaledb") })
	}
	return f.SQL != "" && !f.Proved
}

// fold puts what belongs to a table that is missing as a whole into the finding of that table.
func fold(all []Finding) []Finding {
	type whole struct {
		schema, name string
		state        State
	}
	at := map[whole]int{}
	for i, f := range all {
		if f.State != Differs && f.Object.Kind.In(object.Table, object.Partition, object.ForeignTable, object.View, object.MaterializedView) {
			at[whole{f.Object.Schema, f.Object.Name, f.State}] = i
		}
	}
	dropped := map[int]bool{}
	for i, f := range all {
		into, ok := at[whole{f.Object.Schema, f.Object.Table, f.State}]
		if f.Object.Table == "" || !ok {
			continue
		}
		parent := &all[into]
		switch kind := f.Object.Kind; {
		case kind == object.Column: // in the table's own SQL
		case kind == object.Sequence:
			parent.SQL, parent.LiveSQL = join(f.SQL, parent.SQL), join(f.LiveSQL, parent.LiveSQL)
		case kind.In(object.SequenceOwner, object.PrimaryKey, object.Unique, object.Check, object.Exclusion, object.Index, object.Statistics,
			object.Options, object.ReplicaIdentity, object.Comment):
			parent.SQL, parent.LiveSQL = join(parent.SQL, f.SQL), join(parent.LiveSQL, f.LiveSQL)
		default:
			continue
		}
		if f.Object.Kind != object.Column {
			parent.Parts = append(parent.Parts, f.Object)
		}
		dropped[i] = true
	}
	var out []Finding
	for i, f := range all {
		if !dropped[i] {
			if len(f.Parts) > 0 {
				f.tries = []string{f.SQL}
			}
			out = append(out, f)
		}
	}
	return out
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}
