-- What is seen by name only.
SELECT 'other object', coalesce(id.schema, ''), '', id.type || ' ' || id.identity, '', '', NULL, '', false, NULL, NULL
FROM (SELECT 'pg_cast'::regclass AS class, oid FROM pg_cast UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator
  UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
  UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
  UNION ALL SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template
  UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
  UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform
  UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t WHERE t.typtype = 'b' AND t.typelem = 0) every
CROSS JOIN LATERAL pg_identify_object(every.class, every.oid, 0) id
LEFT JOIN pg_namespace n ON n.nspname = id.schema
WHERE every.oid >= 16384 AND (n.oid IS NULL OR $user(n))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = every.class AND e.objid = every.oid AND e.deptype IN ('e', 'i'))
