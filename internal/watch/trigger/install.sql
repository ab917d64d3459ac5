BEGIN;
SET LOCAL lock_timeout = '1s';
SET LOCAL client_min_messages = warning;{{search_path}}

DO $do$
BEGIN
  IF to_regnamespace('schemaguard') IS NULL THEN
    CREATE SCHEMA schemaguard;
    GRANT USAGE ON SCHEMA schemaguard TO PUBLIC;
    COMMENT ON SCHEMA schemaguard IS 'made for the triggers of schemaguard watch';
  END IF;
END $do$;

-- Both functions do nothing but NOTIFY. Whatever happens in them, the statement
-- that fired them goes on. What only fails at the commit is left out beforehand: a
-- full queue, and a server that may be asked to PREPARE the transaction.
CREATE OR REPLACE FUNCTION schemaguard.notice_ddl() RETURNS event_trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $do$
BEGIN
  IF pg_catalog.current_setting('max_prepared_transactions') <> '0' OR pg_catalog.pg_notification_queue_usage() > 0.5 THEN
    RETURN;
  END IF;
  IF TG_EVENT = 'sql_drop' THEN
    PERFORM FROM pg_catalog.pg_event_trigger_dropped_objects() o WHERE NOT o.is_temporary;
  ELSE
    PERFORM FROM pg_catalog.pg_event_trigger_ddl_commands() c WHERE c.schema_name IS DISTINCT FROM 'pg_temp';
  END IF;
  IF FOUND THEN
    PERFORM pg_catalog.pg_notify('schemaguard_moved', '');
  END IF;
EXCEPTION WHEN OTHERS THEN
  NULL;
END $do$;

CREATE OR REPLACE FUNCTION schemaguard.notice_rows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $do$
BEGIN
  IF pg_catalog.current_setting('max_prepared_transactions') = '0' AND pg_catalog.pg_notification_queue_usage() <= 0.5 THEN
    PERFORM pg_catalog.pg_notify('schemaguard_moved', '');
  END IF;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $do$;

DROP TRIGGER IF EXISTS schemaguard_moved ON directus_collections;
CREATE TRIGGER schemaguard_moved AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON directus_collections
  FOR EACH STATEMENT EXECUTE FUNCTION schemaguard.notice_rows();
DROP TRIGGER IF EXISTS schemaguard_moved ON directus_fields;
CREATE TRIGGER schemaguard_moved AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON directus_fields
  FOR EACH STATEMENT EXECUTE FUNCTION schemaguard.notice_rows();
DROP TRIGGER IF EXISTS schemaguard_moved ON directus_relations;
CREATE TRIGGER schemaguard_moved AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON directus_relations
  FOR EACH STATEMENT EXECUTE FUNCTION schemaguard.notice_rows();

-- Only a superuser may create an event trigger. Without, changes of tables and
-- columns are seen at the next look.
DO $do$
BEGIN
  DROP EVENT TRIGGER IF EXISTS schemaguard_moved;
  DROP EVENT TRIGGER IF EXISTS schemaguard_moved_drop;
  CREATE EVENT TRIGGER schemaguard_moved ON ddl_command_end EXECUTE FUNCTION schemaguard.notice_ddl();
  CREATE EVENT TRIGGER schemaguard_moved_drop ON sql_drop EXECUTE FUNCTION schemaguard.notice_ddl();
EXCEPTION WHEN insufficient_privilege THEN
  NULL;
END $do$;
COMMIT
