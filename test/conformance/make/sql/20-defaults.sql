CREATE SEQUENCE not_owned;
CREATE TABLE defaults (
  id integer NOT NULL DEFAULT nextval('not_owned') PRIMARY KEY,
  d_int integer DEFAULT 42, d_int_neg integer DEFAULT -1, d_int_cast integer DEFAULT '-1'::integer, d_int_expr integer DEFAULT (1 + 1), d_int_len integer DEFAULT length('abc'),
  d_int_null integer DEFAULT NULL, d_int_text text DEFAULT '42', d_bigint bigint DEFAULT 9223372036854775807, d_bigint_min bigint DEFAULT (-9223372036854775808)::bigint,
  d_smallint smallint DEFAULT 7, d_num numeric DEFAULT 1.50, d_num52 numeric(5,2) DEFAULT 1.50, d_num_big numeric(40,10) DEFAULT 12345678901234567890.1234567890,
  d_num_tiny numeric(20,10) DEFAULT 0.0000001, d_num_random numeric(20,10) DEFAULT random(), d_num_zero numeric(5,2) DEFAULT 0.00, d_num_negzero double precision DEFAULT '-0',
  d_float real DEFAULT 0.1, d_double double precision DEFAULT 1e100, d_double_21 double precision DEFAULT 1e21, d_double_20 double precision DEFAULT 1e20, d_double_7 double precision DEFAULT 1e-7, d_double_6 double precision DEFAULT 1e-6,
  d_nan double precision DEFAULT 'NaN', d_inf double precision DEFAULT 'Infinity', d_neginf double precision DEFAULT '-Infinity', d_money money DEFAULT 12.5,
  d_bool_t boolean DEFAULT true, d_bool_f boolean DEFAULT false, d_bool_expr boolean DEFAULT (1 = 2), d_bool_cast boolean DEFAULT 'f'::boolean, d_bool_null boolean DEFAULT NULL,
  d_bit bit DEFAULT B'0', d_bit8 bit(8) DEFAULT B'10101010',
  d_text text DEFAULT 'plain', d_empty varchar DEFAULT '', d_space text DEFAULT '  lead', d_quote text DEFAULT 'it''s', d_cast text DEFAULT 'a::b', d_upper text DEFAULT upper('x'),
  d_concat text DEFAULT 'a' || 'b', d_nullstr text DEFAULT 'NULL', d_nullstr2 text DEFAULT 'null', d_nullcast varchar DEFAULT NULL::varchar, d_dq text DEFAULT '"x"', d_qq text DEFAULT '''x''',
  d_newline text DEFAULT E'line1\nline2', d_tab text DEFAULT E'a\tb', d_backslash text DEFAULT E'a\\b', d_emoji text DEFAULT '😀 é', d_long text DEFAULT 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen',
  d_yes text DEFAULT 'yes', d_under text DEFAULT '1_000', d_tilde text DEFAULT '~', d_date_text text DEFAULT '2020-01-01', d_hex text DEFAULT '0x1F', d_octal text DEFAULT '0o17', d_char char(5) DEFAULT 'x', d_collate text DEFAULT 'x' COLLATE "C",
  d_nextval_text text DEFAULT 'nextval(', d_nextval bigint DEFAULT nextval('not_owned'), d_user text DEFAULT CURRENT_USER, d_schema text DEFAULT current_schema(), d_setting text DEFAULT current_setting('server_version'),
  d_date date DEFAULT '2020-01-02', d_date_cur date DEFAULT CURRENT_DATE, d_time time DEFAULT '03:04:05', d_time_cur time DEFAULT LOCALTIME, d_timetz timetz DEFAULT '03:04:05+02',
  d_ts timestamp DEFAULT '2020-01-02 03:04:05.678', d_ts_cur timestamp DEFAULT LOCALTIMESTAMP, d_ts_utc timestamp DEFAULT timezone('utc', now()), d_tstz timestamptz DEFAULT '2020-01-02 03:04:05+00', d_now timestamptz DEFAULT now(),
  d_cur timestamptz DEFAULT CURRENT_TIMESTAMP, d_cur3 timestamptz(3) DEFAULT CURRENT_TIMESTAMP(3), d_clock timestamptz DEFAULT clock_timestamp(), d_plus timestamptz DEFAULT now() + '1 day', d_interval interval DEFAULT '1 mon 2 days 03:04:05',
  d_uuid uuid DEFAULT gen_random_uuid(), d_uuid_lit uuid DEFAULT '00000000-0000-0000-0000-000000000001',
  d_json json DEFAULT '{"b":1,"a":[2,1]}', d_jsonb jsonb DEFAULT '{"b": {"z": 1, "a": [3, {"y": 1, "x": 2}]}, "10": 1, "9": 2, "a b": 3, "a": 4}', d_json_arr json DEFAULT '[{"b":1,"a":2},[2,1],"x",null,1,"10",true]', d_json_str json DEFAULT '"a::b"', d_json_quote json DEFAULT '{"k":"it''s"}',
  d_json_null json DEFAULT 'null', d_json_num json DEFAULT '5', d_json_true json DEFAULT 'true', d_json_big json DEFAULT '12345678901234567890', d_json_empty json DEFAULT '{}', d_json_list json DEFAULT '[]', d_json_func jsonb DEFAULT jsonb_build_object('a', 1), d_json_dup json DEFAULT '{"a":1,"b":2,"a":3}',
  d_array text[] DEFAULT ARRAY['a','b'], d_array_lit integer[] DEFAULT '{1,2}', d_array_empty text[] DEFAULT '{}', d_enum mood DEFAULT 'ok', d_enum_q "My Enum" DEFAULT 'a b', d_domain email DEFAULT 'a@b.c', d_domain_own email, d_hstore hstore DEFAULT 'a=>1', d_range int4range DEFAULT '[1,5)',
  d_bytea bytea DEFAULT '\x00ff', d_inet inet DEFAULT '10.0.0.1', d_point point DEFAULT '(1,2)', d_geom geometry(Point,4326) DEFAULT ST_SetSRID(ST_MakePoint(1,2),4326), d_case text DEFAULT CASE WHEN now() > '2020-01-01' THEN 'a' ELSE 'b' END,
  d_named text DEFAULT repeat('x', 3), d_paren integer DEFAULT ((2)), d_neg_num numeric(5,2) DEFAULT -1.5, d_num_quoted numeric(5,2) DEFAULT '1.50', d_float_space double precision DEFAULT ' 1.5 '
);
SELECT pg_temp.track('defaults');
