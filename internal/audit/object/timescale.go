package object

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// timescaleViews are the views that TimescaleDB 2 describes itself with, in the order they are read. Rows
// come as JSON, because their columns differ from one release to the next.
func timescaleViews() []string {
	return []string{"hypertables", "dimensions", "jobs", "continuous_aggregates"}
}

// timescale adds what TimescaleDB says of hypertables, policies and continuous aggregates. A view that a
// release lacks is passed over.
func (s *Set) timescale(ctx context.Context, conn *pgconn.PgConn) error {
	there, err := conn.Exec(ctx, "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'timescaledb_information'").ReadAll()
	if err != nil {
		return fmt.Errorf("looking for the views of timescaledb: %w", err)
	}
	has := map[string]bool{}
	for _, row := range there[0].Rows {
		has[string(row[0])] = true
	}
	rows := map[string][][]byte{}
	for _, view := range timescaleViews() {
		if !has[view] {
			continue
		}
		res, err := conn.Exec(ctx, "SELECT row_to_json(v) FROM timescaledb_information."+view+" v").ReadAll()
		if err != nil {
			return fmt.Errorf("reading timescaledb_information.%s: %w", view, err)
		}
		for _, row := range res[0].Rows {
			rows[view] = append(rows[view], row[0])
		}
	}
	return s.addTimescale(rows)
}

// timescaleRow is a row of any of the views: the columns of TimescaleDB 2.9 to 2.17 that matter.
type timescaleRow struct {
	Schema      string `json:"hypertable_schema"`
	Table       string `json:"hypertable_name"`
	Compression bool   `json:"compression_enabled"`
	Number      int    `json:"dimension_number"`
	Column      string `json:"column_name"`
	Interval    string `json:"time_interval"`
	IntInterval *int64 `json:"integer_interval"`
	Partitions  *int   `json:"num_partitions"`

	Proc     string          `json:"proc_name"`
	Schedule string          `json:"schedule_interval"`
	Config   json.RawMessage `json:"config"`

	ViewSchema       string `json:"view_schema"`
	ViewName         string `json:"view_name"`
	ViewDefinition   string `json:"view_definition"`
	MaterializedOnly bool   `json:"materialized_only"`
}

// addTimescale turns the rows of the views into objects.
func (s *Set) addTimescale(rows map[string][][]byte) error {
	parsed := map[string][]timescaleRow{}
	for _, view := range timescaleViews() {
		for _, raw := range rows[view] {
			var r timescaleRow
			if err := json.Unmarshal(raw, &r); err != nil {
				return fmt.Errorf("reading timescaledb_information.%s: %w", view, err)
			}
			parsed[view] = append(parsed[view], r)
		}
	}
	for _, h := range parsed["hypertables"] {
		if err := s.add(hypertable(h, parsed["dimensions"])); err != nil {
			return err
		}
	}
	for _, j := range parsed["jobs"] {
		if o, ok := job(j); ok {
			if err := s.add(o); err != nil {
				return err
			}
		}
	}
	for _, c := range parsed["continuous_aggregates"] {
		// The catalog shows it as a view over TimescaleDB's own tables.
		delete(s.Objects, Key{View, c.ViewSchema, "", c.ViewName})
		def := strings.TrimRight(strings.TrimSpace(c.ViewDefinition), ";")
		name := sqlquote.Identifier(c.ViewSchema) + "." + sqlquote.Identifier(c.ViewName)
		with := fmt.Sprintf(" WITH (timescaledb.continuous, timescaledb.materialized_only = %v)", c.MaterializedOnly)
		o := Object{
			Key: Key{ContinuousView, c.ViewSchema, "", c.ViewName}, Def: strings.TrimSpace(with) + " " + def,
			Create: "CREATE MATERIALIZED VIEW IF NOT EXISTS " + name + with + " AS\n" + def + "\nWITH NO DATA;", Drop: "DROP MATERIALIZED VIEW " + name + ";",
		}
		if err := s.add(o); err != nil {
			return err
		}
	}
	return nil
}

// hypertable makes the object of one hypertable and its dimensions.
func hypertable(h timescaleRow, dimensions []timescaleRow) Object {
	name := sqlquote.Identifier(h.Schema) + "." + sqlquote.Identifier(h.Table)
	o := Object{Key: Key{Hypertable, h.Schema, h.Table, h.Table}}
	var defs, sql []string
	for _, d := range dimensions {
		if d.Schema != h.Schema || d.Table != h.Table {
			continue
		}
		step := "INTERVAL " + Literal(d.Interval)
		if d.IntInterval != nil {
			step = fmt.Sprint(*d.IntInterval)
		}
		regclass := strings.TrimSpace(Literal(name))
		switch {
		case d.Partitions != nil:
			defs = append(defs, fmt.Sprintf("%s in %d partitions", spell(d.Column), *d.Partitions))
			sql = append(sql, fmt.Sprintf("SELECT add_dimension(%s, %s, number_partitions => %d, if_not_exists => true);", regclass, Literal(d.Column), *d.Partitions))
		case d.Number <= 1:
			defs = append(defs, fmt.Sprintf("%s every %s", spell(d.Column), step))
			sql = append(sql, fmt.Sprintf("SELECT create_hypertable(%s, %s, chunk_time_interval => %s, migrate_data => true, if_not_exists => true);", regclass, Literal(d.Column), step))
			o.Replace = fmt.Sprintf("SELECT set_chunk_time_interval(%s, %s);", regclass, step)
		default:
			defs = append(defs, fmt.Sprintf("%s every %s", spell(d.Column), step))
			sql = append(sql, fmt.Sprintf("SELECT add_dimension(%s, %s, chunk_time_interval => %s, if_not_exists => true);", regclass, Literal(d.Column), step))
		}
	}
	if h.Compression {
		defs = append(defs, "compression enabled")
		sql = append(sql, "ALTER TABLE "+name+" SET (timescaledb.compress);")
	}
	o.Def, o.Create = strings.Join(defs, ", "), strings.Join(sql, "\n")
	return o
}

// job makes the object of a policy that somebody set; TimescaleDB's own housekeeping is none.
func job(j timescaleRow) (Object, bool) {
	if j.Table == "" {
		return Object{}, false
	}
	var config map[string]json.RawMessage
	_ = json.Unmarshal(j.Config, &config) // null for none: the schedule says enough then
	delete(config, "hypertable_id")       // a number of this database's own
	delete(config, "mat_hypertable_id")
	text, _ := json.Marshal(config)
	o := Object{Key: Key{Job, j.Schema, j.Table, j.Proc}, Def: "every " + j.Schedule + " " + string(text)}
	regclass := strings.TrimSpace(Literal(sqlquote.Identifier(j.Schema) + "." + sqlquote.Identifier(j.Table)))
	for proc, key := range map[string]string{"policy_retention": "drop_after", "policy_compression": "compress_after"} {
		var after string
		if j.Proc != proc || json.Unmarshal(config[key], &after) != nil {
			continue
		}
		short := strings.TrimPrefix(proc, "policy_")
		o.Create = fmt.Sprintf("SELECT add_%s_policy(%s, INTERVAL %s, if_not_exists => true);", short, regclass, Literal(after))
		o.Drop = fmt.Sprintf("SELECT remove_%s_policy(%s);", short, regclass)
	}
	return o, true
}
