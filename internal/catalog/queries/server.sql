-- Where we are, and what may be asked next.
SELECT current_database()
     , current_user
     , current_setting('server_version_num')
     , EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'postgis_version')
     , to_regclass('schemaguard.sync_point') IS NOT NULL
     , coalesce((SELECT pg_has_role(rel.relowner, 'USAGE') FROM pg_class rel WHERE rel.oid = to_regclass('directus_collections')), false)
