-- Helpers of the other files; they live in the session only.

-- track: what the Data Studio does for an existing table: a collection row, and a field row for each column in column order.
CREATE FUNCTION pg_temp.track(tbl text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO directus_collections (collection, note) VALUES (tbl, 'made in SQL');
  INSERT INTO directus_fields (collection, field, interface, sort)
    SELECT tbl, attname, 'input', attnum FROM pg_attribute
    WHERE attrelid = quote_ident(tbl)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum;
END $$;

-- relate: a directus_relations row.
CREATE FUNCTION pg_temp.relate(many text, field text, one text, one_field text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
  INSERT INTO directus_relations (many_collection, many_field, one_collection, one_field) VALUES (many, field, one, one_field);
$$;
