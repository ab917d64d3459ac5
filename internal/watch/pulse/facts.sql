-- What may be digested beyond what every database has: the columns of PostGIS,
-- and the sync point.
SELECT to_regclass('geometry_columns') IS NOT NULL
   AND to_regclass('geography_columns') IS NOT NULL
   AND EXISTS (SELECT 1
                 FROM pg_attribute att
                 JOIN pg_class rel ON rel.oid = att.attrelid
                 JOIN pg_type typ ON typ.oid = att.atttypid
                WHERE rel.relnamespace IN ({{namespaces}}) AND rel.relkind = 'r' AND att.attnum > 0
                  AND typ.typname IN ('geometry', 'geography'))
     , EXISTS (SELECT 1
                 FROM pg_class rel
                 JOIN pg_namespace nsp ON nsp.oid = rel.relnamespace
                WHERE nsp.nspname = 'schemaguard' AND rel.relname = 'sync_point'
                  AND has_schema_privilege(nsp.oid, 'USAGE') AND has_table_privilege(rel.oid, 'SELECT'))
