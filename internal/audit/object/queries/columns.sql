-- The columns of tables that are no partitions; views' columns are in their definition.
SELECT 'column', n.nspname, c.relname, a.attname, $column,
  format('ALTER TABLE %I.%I ADD COLUMN IF NOT EXISTS %s;', n.nspname, c.relname, $column), NULL,
  format('ALTER TABLE %I.%I DROP COLUMN %I;', n.nspname, c.relname, a.attname), false, NULL,
  json_build_object('type', format_type(a.atttypid, a.atttypmod), 'base', format_type(a.atttypid, NULL),
    'collation', coalesce($collation, ''), 'identity', coalesce($identity, ''),
    'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE '' END,
    'default', CASE WHEN a.attgenerated = '' AND ad.oid IS NOT NULL THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE '' END, 'notnull', a.attnotnull)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND NOT c.relispartition AND c.reloftype = 0
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal AND $user(n) AND $own(pg_class, c.oid)
