package object

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded are rows as timescaledb_information of TimescaleDB 2 shows them. TimescaleDB itself is not run
// by any test: what is tried here is what is made of its rows.
func recorded() map[string][][]byte {
	rows := func(all ...string) [][]byte {
		var out [][]byte
		for _, r := range all {
			out = append(out, []byte(r))
		}
		return out
	}
	return map[string][][]byte{
		"hypertables": rows(`{"hypertable_schema":"public","hypertable_name":"positions","owner":"postgres","num_dimensions":2,"num_chunks":12,"compression_enabled":true,"tablespaces":null}`,
			`{"hypertable_schema":"public","hypertable_name":"counts","num_dimensions":1,"compression_enabled":false}`),
		"dimensions": rows(
			`{"hypertable_schema":"public","hypertable_name":"positions","dimension_number":1,"column_name":"recorded_at","column_type":"timestamp with time zone","dimension_type":"Time","time_interval":"1 day","integer_interval":null,"integer_now_func":null,"num_partitions":null}`,
			`{"hypertable_schema":"public","hypertable_name":"positions","dimension_number":2,"column_name":"device's","dimension_type":"Space","time_interval":null,"num_partitions":4}`,
			`{"hypertable_schema":"public","hypertable_name":"counts","dimension_number":1,"column_name":"n","dimension_type":"Time","time_interval":null,"integer_interval":1000}`),
		"jobs": rows(`{"job_id":1,"application_name":"Telemetry Reporter [1]","schedule_interval":"24:00:00","proc_name":"policy_telemetry","config":null,"hypertable_schema":null,"hypertable_name":null}`,
			`{"job_id":1000,"schedule_interval":"1 day","proc_name":"policy_retention","config":{"drop_after":"90 days","hypertable_id":7},"hypertable_schema":"public","hypertable_name":"positions"}`,
			`{"job_id":1001,"schedule_interval":"12:00:00","proc_name":"policy_compression","config":{"compress_after":"7 days","hypertable_id":7},"hypertable_schema":"public","hypertable_name":"positions"}`,
			`{"job_id":1002,"schedule_interval":"01:00:00","proc_name":"policy_reorder","config":{"index_name":"x","hypertable_id":7},"hypertable_schema":"public","hypertable_name":"positions"}`),
		"continuous_aggregates": rows(`{"hypertable_schema":"public","hypertable_name":"positions","view_schema":"public","view_name":"daily","materialized_only":false,"view_definition":" SELECT time_bucket('1 day', recorded_at) AS day\n   FROM positions\n  GROUP BY 1;"}`),
	}
}

func TestTimescaleRows(t *testing.T) {
	t.Parallel()
	s := newSet()
	s.Objects[Key{View, "public", "", "daily"}] = Object{Key: Key{View, "public", "", "daily"}, Def: "over the tables inside"}
	if err := s.addTimescale(recorded()); err != nil {
		t.Fatal(err)
	}
	got := map[string][2]string{}
	for _, o := range s.Sorted() {
		got[o.String()] = [2]string{o.Def, o.Create}
	}
	want := map[string][2]string{
		"hypertable public.counts": {"n every 1000", `SELECT create_hypertable('"public"."counts"', 'n', chunk_time_interval => 1000, migrate_data => true, if_not_exists => true);`},
		"hypertable public.positions": {
			`recorded_at every INTERVAL '1 day', "device's" in 4 partitions, compression enabled`,
			`SELECT create_hypertable('"public"."positions"', 'recorded_at', chunk_time_interval => INTERVAL '1 day', migrate_data => true, if_not_exists => true);
SELECT add_dimension('"public"."positions"', 'device''s', number_partitions => 4, if_not_exists => true);
ALTER TABLE "public"."positions" SET (timescaledb.compress);`,
		},
		"continuous aggregate public.daily": {
			"WITH (timescaledb.continuous, timescaledb.materialized_only = false) SELECT time_bucket('1 day', recorded_at) AS day\n   FROM positions\n  GROUP BY 1",
			"CREATE MATERIALIZED VIEW IF NOT EXISTS \"public\".\"daily\" WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS\nSELECT time_bucket('1 day', recorded_at) AS day\n   FROM positions\n  GROUP BY 1\nWITH NO DATA;",
		},
		"timescaledb job public.positions.policy_compression": {`every 12:00:00 {"compress_after":"7 days"}`, `SELECT add_compression_policy('"public"."positions"', INTERVAL '7 days', if_not_exists => true);`},
		"timescaledb job public.positions.policy_reorder":     {`every 01:00:00 {"index_name":"x"}`, ""},
		"timescaledb job public.positions.policy_retention":   {`every 1 day {"drop_after":"90 days"}`, `SELECT add_retention_policy('"public"."positions"', INTERVAL '90 days', if_not_exists => true);`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimescaleRowsOfAnotherRelease(t *testing.T) {
	t.Parallel()
	s := newSet()
	if err := s.addTimescale(map[string][][]byte{"hypertables": {[]byte(`{"hypertable_schema":"s","hypertable_name":"t","num_chunks":{"x":1}}`)}}); err != nil || len(s.Objects) != 1 {
		t.Errorf("columns that are not looked at: %v, %d objects", err, len(s.Objects))
	}
	if err := newSet().addTimescale(map[string][][]byte{"jobs": {[]byte(`{"hypertable_name":3}`)}}); err == nil {
		t.Error("a row that cannot be read passes")
	}
}
