-- Tables and table-like relations of the searched schemas.
-- Reads pg_class, pg_index; any supported server. `visible` and `single_key`
-- are what Directus asks information_schema and pg_index for (12.4.1,
-- @directus/schema, postgres overview): privilege-filtered, one-column primary
-- key whose index has one column in all.
SELECT rel.relname
     , rel.relkind
     , nsp.nspname
     , pg_has_role(rel.relowner, 'USAGE') OR has_any_column_privilege(rel.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
     , EXISTS (SELECT 1 FROM pg_index ix WHERE ix.indrelid = rel.oid AND ix.indisprimary AND ix.indnatts = 1)
  FROM pg_class rel
  JOIN pg_namespace nsp ON nsp.oid = rel.relnamespace
 WHERE rel.relnamespace IN ({{namespaces}})
   AND rel.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY rel.relname
