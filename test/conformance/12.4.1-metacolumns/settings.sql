-- Custom columns of the meta tables, of every type that a driver may read in its own way. Two rows hold values.
ALTER TABLE directus_collections
  ADD COLUMN m_int2 smallint, ADD COLUMN m_int8 bigint, ADD COLUMN m_numeric numeric, ADD COLUMN m_float4 real, ADD COLUMN m_float8 double precision, ADD COLUMN m_money money,
  ADD COLUMN m_char char(5), ADD COLUMN m_uuid uuid, ADD COLUMN m_json json, ADD COLUMN m_jsonb jsonb, ADD COLUMN m_bool boolean, ADD COLUMN m_varchar varchar(20), ADD COLUMN m_enum mood, ADD COLUMN m_citext citext,
  ADD COLUMN m_generated text GENERATED ALWAYS AS ('g:' || collection) STORED;
UPDATE directus_collections SET m_int2 = 7, m_int8 = 9007199254740993, m_numeric = 1.50, m_float4 = 0.1, m_float8 = 1e21, m_money = 12.5, m_char = 'ab', m_uuid = '00000000-0000-0000-0000-000000000001',
  m_json = '{"b":1,"a":[2,{"y":1,"x":2}]}', m_jsonb = '"text"', m_bool = true, m_varchar = '1_000', m_enum = 'ok', m_citext = 'Yes' WHERE collection = 'key_uuid';
UPDATE directus_collections SET m_int8 = 5, m_numeric = 'NaN', m_float8 = 'NaN', m_float4 = 'Infinity', m_json = 'null', m_jsonb = '[]', m_bool = false, m_varchar = '' WHERE collection = 'key_text';
ALTER TABLE directus_fields ADD COLUMN m_date date, ADD COLUMN m_time time, ADD COLUMN m_ts timestamp, ADD COLUMN m_tstz timestamptz, ADD COLUMN m_interval interval, ADD COLUMN m_texts text[], ADD COLUMN m_ints integer[], ADD COLUMN m_csv text, ADD COLUMN m_cast text;
UPDATE directus_fields SET m_date = '2024-02-29', m_time = '12:34:56', m_ts = '2024-02-29 12:34:56.789', m_tstz = '2024-02-29 12:34:56.789+02', m_interval = '1 day 02:03:04', m_texts = '{b,a,"1_000"}', m_ints = '{2,1}', m_csv = 'b,a', m_cast = '{"b":1,"a":2}' WHERE collection = 'key_uuid';
INSERT INTO directus_fields (collection, field, special) VALUES ('directus_fields', 'm_csv', 'cast-csv'), ('directus_fields', 'm_cast', 'cast-json');
