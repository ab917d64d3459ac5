BEGIN;
SET LOCAL lock_timeout = '1s';
SET LOCAL client_min_messages = warning;

-- CASCADE takes the triggers along, on whatever table they are.
DROP FUNCTION IF EXISTS schemaguard.notice_ddl() CASCADE;
DROP FUNCTION IF EXISTS schemaguard.notice_rows() CASCADE;

-- The schema goes where it was made for the triggers and holds nothing else.
DO $do$
BEGIN
  IF obj_description(to_regnamespace('schemaguard'), 'pg_namespace') = 'made for the triggers of schemaguard watch' THEN
    DROP SCHEMA IF EXISTS schemaguard RESTRICT;
  END IF;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
  NULL;
END $do$;
COMMIT
