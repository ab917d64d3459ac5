-- Tables of one name in two searched schemas: Directus leaves the order of their columns to chance (it sorts by name and number
-- alone), so no golden can hold them.
ALTER TABLE other.key_string RENAME TO key_string_of_other;
ALTER TABLE other.pg_types RENAME TO pg_types_of_other;
ALTER TABLE other.geo RENAME TO geo_of_other;
