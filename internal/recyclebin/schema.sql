CREATE SCHEMA schemaguard_trash;
REVOKE ALL ON SCHEMA schemaguard_trash FROM PUBLIC;
COMMENT ON SCHEMA schemaguard_trash IS 'what an apply was about to destroy; kept by schemaguard (schemaguard trash list)';
