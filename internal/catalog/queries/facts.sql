-- Names of one-column indexes and unique constraints, which Directus drops and
-- makes by name; and the views that stand on a table or column.
SELECT 'i', rel.relname, att.attname, ixrel.relname
  FROM pg_index ix
  JOIN pg_class rel ON rel.oid = ix.indrelid
  JOIN pg_class ixrel ON ixrel.oid = ix.indexrelid
  JOIN pg_attribute att ON att.attrelid = rel.oid AND att.attnum = ix.indkey[0]
 WHERE rel.relnamespace IN ({{namespaces}}) AND NOT ix.indisunique AND ix.indnatts = 1
 UNION ALL
SELECT 'u', rel.relname, att.attname, con.conname
  FROM pg_constraint con
  JOIN pg_class rel ON rel.oid = con.conrelid
  JOIN pg_attribute att ON att.attrelid = rel.oid AND att.attnum = con.conkey[1]
 WHERE rel.relnamespace IN ({{namespaces}}) AND con.contype = 'u' AND array_length(con.conkey, 1) = 1
 UNION ALL
SELECT DISTINCT 'v', rel.relname, coalesce(att.attname, ''), view.relname
  FROM pg_depend dep
  JOIN pg_rewrite rule ON rule.oid = dep.objid AND dep.classid = 'pg_rewrite'::regclass
  JOIN pg_class view ON view.oid = rule.ev_class AND view.relkind IN ('v', 'm')
  JOIN pg_class rel ON rel.oid = dep.refobjid AND dep.refclassid = 'pg_class'::regclass AND rel.oid <> view.oid
  LEFT JOIN pg_attribute att ON att.attrelid = rel.oid AND att.attnum = dep.refobjsubid AND dep.refobjsubid > 0
 WHERE rel.relnamespace IN ({{namespaces}}) AND rel.relkind = 'r'
 ORDER BY 1, 2, 3, 4
