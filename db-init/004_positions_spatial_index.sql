-- "Which devices were within 500 m of this point?", where PostGIS is there.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis') THEN
    CREATE INDEX IF NOT EXISTS positions_place ON positions
      USING gist ((ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography));
  END IF;
END
$$;
