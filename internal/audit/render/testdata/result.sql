-- schemaguard:phase post
-- What the live database has and db-init lacks. It does nothing where that is there already.

-- table public.positions
CREATE TABLE public.positions (id integer);
CREATE INDEX x ON public.positions (id);

-- index public.devices.devices_place: its SQL does not run on the throwaway database: no
-- CREATE INDEX devices_place;

-- domain public.imei: no SQL can be given for it: write it by hand

-- in db-init and not in live: view public."hostile\x1b[2J
-- name" db-init/003.sql:7
