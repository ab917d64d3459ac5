-- The versions of the rows that the catalog's queries read, without reading what
-- is in them: any transaction that writes one of these rows leaves its number as
-- the row's xmin, and what ANALYZE and VACUUM write in place keeps it.
--
-- What belongs to the searched schemas is found by pg_depend, so that the tables
-- of other schemas (the chunks of a hypertable) cost nothing. A default needs no
-- look of its own: setting and dropping one writes the row of its column.
WITH named AS MATERIALIZED (
  SELECT ARRAY[to_regclass('directus_collections'), to_regclass('directus_fields'), to_regclass('directus_relations'), to_regclass('directus_migrations')]::oid[] AS meta
), rel AS MATERIALIZED (
  SELECT oid, xmin AS version, relkind
    FROM pg_class
   WHERE relkind <> 'i'
     AND oid = ANY (ARRAY(SELECT objid FROM pg_depend
                           WHERE refclassid = 'pg_namespace'::regclass AND refobjid IN ({{namespaces}}) AND classid = 'pg_class'::regclass
                           UNION ALL SELECT unnest(meta) FROM named))
), has AS MATERIALIZED (
  SELECT hash_array_extended(array_agg(version), 0) AS version
       , array_agg(oid ORDER BY oid) FILTER (WHERE relkind <> 'S') AS tables
       , array_agg(oid ORDER BY oid) FILTER (WHERE relkind = 'S') AS sequences
    FROM rel
)
SELECT concat_ws(' '
  , named.meta
  , has.version
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_attribute WHERE attrelid = ANY (tables) AND attnum > 0)
  , (SELECT hash_array_extended(array_agg(x.xmin), 0) FROM rel, LATERAL (SELECT xmin FROM pg_index WHERE indrelid = rel.oid OFFSET 0) x WHERE relkind = 'r')
  , (SELECT hash_array_extended(array_agg(x.xmin), 0) FROM rel, LATERAL (SELECT xmin FROM pg_constraint WHERE conrelid = rel.oid OFFSET 0) x WHERE relkind = 'r')
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = ANY (sequences))
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_type
      WHERE oid = ANY (ARRAY(SELECT objid FROM pg_depend
                              WHERE refclassid = 'pg_namespace'::regclass AND refobjid IN ({{namespaces}}) AND classid = 'pg_type'::regclass)))
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_enum)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_extension)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_auth_members)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM pg_event_trigger)
  , (SELECT concat(rolsuper, rolinherit) FROM pg_roles WHERE rolname = current_user)
  , (SELECT string_agg(concat(nsp.oid, ':', nsp.xmin, ':', point.oid, ':', point.xmin), ',' ORDER BY nsp.oid)
       FROM pg_namespace nsp
       LEFT JOIN pg_class point ON point.relnamespace = nsp.oid AND point.relname = 'sync_point' AND nsp.nspname = 'schemaguard'
      WHERE nsp.oid IN ({{namespaces}}) OR nsp.nspname = 'schemaguard')
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM directus_collections)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM directus_fields)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM directus_relations)
  , (SELECT hash_array_extended(array_agg(xmin), 0) FROM directus_migrations)
)
  FROM named, has
