-- Tables, partitions and foreign tables; their columns are objects of their own as well.
SELECT CASE WHEN c.relkind = 'f' THEN 'foreign table' WHEN c.relispartition THEN 'partition' ELSE 'table' END,
  n.nspname, '', c.relname,
  concat_ws(' ', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
    CASE WHEN parents.names <> '' THEN CASE WHEN c.relispartition THEN 'PARTITION OF ' ELSE 'INHERITS ' END || parents.names END,
    pg_get_expr(c.relpartbound, c.oid), 'PARTITION BY ' || pg_get_partkeydef(c.oid),
    CASE WHEN c.reloftype <> 0 THEN 'OF ' || format_type(c.reloftype, NULL) END,
    CASE WHEN f.ftrelid IS NOT NULL THEN format('SERVER %I', s.srvname) || $options(f.ftoptions) END),
  CASE WHEN c.relispartition AND c.relkind <> 'f' THEN format('CREATE %sTABLE IF NOT EXISTS %I.%I PARTITION OF %s %s%s;', unlogged, n.nspname, c.relname,
      parents.names, pg_get_expr(c.relpartbound, c.oid), ' PARTITION BY ' || pg_get_partkeydef(c.oid))
    WHEN c.relispartition THEN format('CREATE FOREIGN TABLE IF NOT EXISTS %I.%I PARTITION OF %s %s SERVER %I%s;', n.nspname, c.relname,
      parents.names, pg_get_expr(c.relpartbound, c.oid), s.srvname, $options(f.ftoptions))
    WHEN c.relkind = 'f' THEN format('CREATE FOREIGN TABLE IF NOT EXISTS %I.%I (%s) SERVER %I%s;', n.nspname, c.relname, cols.list, s.srvname, $options(f.ftoptions))
    WHEN c.reloftype <> 0 THEN format('CREATE %sTABLE IF NOT EXISTS %I.%I OF %s;', unlogged, n.nspname, c.relname, format_type(c.reloftype, NULL))
    ELSE format('CREATE %sTABLE IF NOT EXISTS %I.%I (%s)%s%s;', unlogged, n.nspname, c.relname, cols.list,
      CASE WHEN parents.names <> '' THEN ' INHERITS (' || parents.names || ')' END, ' PARTITION BY ' || pg_get_partkeydef(c.oid)) END,
  NULL, format('DROP %sTABLE %I.%I;', CASE WHEN c.relkind = 'f' THEN 'FOREIGN ' ELSE '' END, n.nspname, c.relname),
  false, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver
CROSS JOIN LATERAL (SELECT CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END AS unlogged) u
CROSS JOIN LATERAL (SELECT coalesce(string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno), '') AS names FROM pg_inherits i WHERE i.inhrelid = c.oid) parents
CROSS JOIN LATERAL (SELECT coalesce(string_agg($column, ', ' ORDER BY a.attnum), '') AS list
  FROM pg_attribute a LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal) cols
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND $user(n) AND $own(pg_class, c.oid)
