-- One-column primary keys, unique constraints and foreign keys of the searched
-- schemas, in the order Postgres keeps them, which is the order in which
-- Directus meets them (12.4.1, @directus/schema, postgres columnInfo, foreignKeys).
SELECT con.contype
     , rel.relname
     , att.attname
     , frel.relname
     , fatt.attname
     , CASE WHEN con.contype = 'p' THEN pg_get_serial_sequence(con.conrelid::regclass::text, att.attname) <> '' END
     , con.conname
     , CASE con.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' WHEN 'a' THEN 'NO ACTION' END
     , CASE con.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL'
                            WHEN 'd' THEN 'SET DEFAULT' WHEN 'a' THEN 'NO ACTION' END
  FROM pg_constraint con
  LEFT JOIN pg_class rel ON rel.oid = con.conrelid
  LEFT JOIN pg_class frel ON frel.oid = con.confrelid
  LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
  LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
 WHERE con.connamespace IN ({{namespaces}})
   AND con.contype IN ('p', 'u', 'f')
   AND array_length(con.conkey, 1) <= 1
   AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
 ORDER BY con.ctid
