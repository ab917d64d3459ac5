-- Sequences; those of identity columns are part of the column.
SELECT 'sequence', n.nspname, coalesce(t.relname, ''), c.relname, $sequence(s),
  format('CREATE SEQUENCE IF NOT EXISTS %I.%I %s;', n.nspname, c.relname, $sequence(s)), format('ALTER SEQUENCE %I.%I %s;', n.nspname, c.relname, $sequence(s)),
  format('DROP SEQUENCE %I.%I;', n.nspname, c.relname),
  t.oid IS NOT NULL AND s.seqincrement = 1 AND s.seqstart = 1 AND s.seqmin = 1 AND s.seqcache = 1 AND NOT s.seqcycle, NULL, NULL
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid
WHERE d.deptype IS DISTINCT FROM 'i' AND c.relpersistence <> 't' AND $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'sequence owner', n.nspname, t.relname, c.relname, format('%I.%I.%I', tn.nspname, t.relname, a.attname),
  format('ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I;', n.nspname, c.relname, tn.nspname, t.relname, a.attname),
  format('ALTER SEQUENCE %I.%I OWNED BY %I.%I.%I;', n.nspname, c.relname, tn.nspname, t.relname, a.attname),
  format('ALTER SEQUENCE %I.%I OWNED BY NONE;', n.nspname, c.relname), true, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype = 'a'
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND $user(n) AND $own(pg_class, c.oid)
