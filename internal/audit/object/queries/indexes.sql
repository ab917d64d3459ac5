-- Indexes that back no constraint and were made by themselves, not with their parent's.
SELECT 'index', n.nspname, c.relname, x.relname,
  pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid OR c.relkind = 'p' THEN '' ELSE ' (invalid)' END,
  regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX ', 'CREATE \1INDEX IF NOT EXISTS ') || ';', NULL, format('DROP INDEX %I.%I;', n.nspname, x.relname),
  am.amname = 'btree' AND i.indnatts = 1 AND NOT i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid
    AND i.indoption[0] = 0 AND x.reloptions IS NULL AND i.indcollation[0] IN (0, (SELECT a.attcollation FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0]))
    AND (SELECT o.opcdefault FROM pg_opclass o WHERE o.oid = i.indclass[0]),
  CASE WHEN i.indexprs IS NULL THEN array_to_json(ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY k(num, pos)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num ORDER BY k.pos)) END, NULL
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = x.relam
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND NOT x.relispartition AND $user(n) AND $own(pg_class, c.oid) AND $own(pg_class, x.oid)
  AND NOT EXISTS (SELECT FROM pg_constraint con WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x'))
