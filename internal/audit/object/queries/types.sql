-- Schemas, extensions and types.
SELECT 'schema', '', '', n.nspname, '', format('CREATE SCHEMA IF NOT EXISTS %I;', n.nspname), NULL, format('DROP SCHEMA %I;', n.nspname), false, NULL::json, NULL::json
FROM pg_namespace n WHERE n.nspname <> 'public' AND $user(n) AND $own(pg_namespace, n.oid)
UNION ALL
SELECT 'extension', '', '', e.extname, 'SCHEMA ' || n.nspname,
  format('CREATE EXTENSION IF NOT EXISTS %I%s;', e.extname, CASE WHEN v.schema IS NULL THEN format(' WITH SCHEMA %I', n.nspname) END),
  CASE WHEN e.extrelocatable THEN format('ALTER EXTENSION %I SET SCHEMA %I;', e.extname, n.nspname) END, format('DROP EXTENSION %I;', e.extname), false, NULL, NULL
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN LATERAL (SELECT av.schema FROM pg_available_extension_versions av WHERE av.name = e.extname AND av.version = e.extversion) v ON true
WHERE e.extname <> 'plpgsql'
UNION ALL
SELECT 'enum type', n.nspname, '', t.typname, l.labels, format('CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname, l.labels), NULL,
  format('DROP TYPE %I.%I;', n.nspname, t.typname), false, l.list, NULL
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
CROSS JOIN LATERAL (SELECT coalesce(string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), '') AS labels,
  coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') AS list FROM pg_enum e WHERE e.enumtypid = t.oid) l
WHERE t.typtype = 'e' AND $user(n) AND $own(pg_type, t.oid)
UNION ALL
SELECT 'domain', n.nspname, '', t.typname, d.def, format('CREATE DOMAIN %I.%I AS %s;', n.nspname, t.typname, d.def), NULL,
  format('DROP DOMAIN %I.%I;', n.nspname, t.typname), false, NULL, NULL
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
CROSS JOIN LATERAL (SELECT concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
  CASE WHEN t.typcollation <> b.typcollation THEN (SELECT format('COLLATE %I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = t.typcollation) END,
  'DEFAULT ' || t.typdefault, CASE WHEN t.typnotnull THEN 'NOT NULL' END,
  (SELECT string_agg(format('CONSTRAINT %I %s', con.conname, pg_get_constraintdef(con.oid)), ' ' ORDER BY con.conname) FROM pg_constraint con WHERE con.contypid = t.oid AND con.contype = 'c')) AS def) d
WHERE t.typtype = 'd' AND $user(n) AND $own(pg_type, t.oid)
UNION ALL
SELECT 'composite type', n.nspname, '', t.typname, l.cols, format('CREATE TYPE %I.%I AS (%s);', n.nspname, t.typname, l.cols), NULL,
  format('DROP TYPE %I.%I;', n.nspname, t.typname), false, NULL, NULL
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
CROSS JOIN LATERAL (SELECT coalesce(string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || coalesce(' ' || $collation, ''), ', ' ORDER BY a.attnum), '') AS cols
  FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) l
WHERE $user(n) AND $own(pg_type, t.oid) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'range type', n.nspname, '', t.typname, d.def, format('CREATE TYPE %I.%I AS RANGE (%s);', n.nspname, t.typname, d.def), NULL,
  format('DROP TYPE %I.%I;', n.nspname, t.typname), false, NULL, NULL
FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace pn ON pn.oid = o.opcnamespace
CROSS JOIN LATERAL (SELECT concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, NULL), CASE WHEN NOT o.opcdefault THEN format('SUBTYPE_OPCLASS = %I.%I', pn.nspname, o.opcname) END,
  'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff, 0)::regproc::text, 'CANONICAL = ' || nullif(r.rngcanonical, 0)::regproc::text) AS def) d
WHERE $user(n) AND $own(pg_type, t.oid)
