-- Extensions, where this server has them to offer and the role may create them. Nothing that follows
-- needs one: without TimescaleDB positions stays a plain table, without PostGIS it has no spatial index.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis') THEN
    CREATE EXTENSION IF NOT EXISTS postgis;
  END IF;
  -- TimescaleDB is only usable when the server was started with its library.
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
     AND current_setting('shared_preload_libraries') LIKE '%timescaledb%' THEN
    CREATE EXTENSION IF NOT EXISTS timescaledb;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'extensions are left to an administrator: %', SQLERRM;
END
$$;
