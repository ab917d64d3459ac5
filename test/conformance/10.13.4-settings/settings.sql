-- What a database or a role can set for every session, as ALTER DATABASE and ALTER ROLE IN DATABASE.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', current_database());
  EXECUTE format('ALTER ROLE %I IN DATABASE %I SET datestyle = ''ISO, DMY''', current_user, current_database());
  EXECUTE format('ALTER ROLE %I IN DATABASE %I SET intervalstyle = ''iso_8601''', current_user, current_database());
  EXECUTE format('ALTER ROLE %I IN DATABASE %I SET extra_float_digits = 0', current_user, current_database());
  EXECUTE format('ALTER ROLE %I IN DATABASE %I SET bytea_output = ''escape''', current_user, current_database());
END $$;
