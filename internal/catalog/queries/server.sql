-- Where we are, and what may be asked next.
SELECT current_database()
     , current_user
     , current_setting('server_version_num')
     , EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'postgis_version')
     , point.oid IS NOT NULL
     , coalesce(has_schema_privilege(point.nspoid, 'USAGE') AND has_table_privilege(point.oid, 'SELECT'), false)
     , coalesce((SELECT pg_has_role(rel.relowner, 'USAGE') FROM pg_class rel WHERE rel.oid = to_regclass('directus_collections')), false)
  FROM (SELECT 1) here
  LEFT JOIN (SELECT rel.oid, nsp.oid AS nspoid
               FROM pg_class rel
               JOIN pg_namespace nsp ON nsp.oid = rel.relnamespace
              WHERE nsp.nspname = 'schemaguard' AND rel.relname = 'sync_point') point ON true
