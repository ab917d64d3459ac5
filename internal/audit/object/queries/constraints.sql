-- Keys, checks and exclusions; not null is a matter of the column, triggers of the triggers.
SELECT CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' WHEN 'c' THEN 'check constraint'
    WHEN 'f' THEN 'foreign key' ELSE 'exclusion constraint' END,
  n.nspname, c.relname, con.conname, pg_get_constraintdef(con.oid),
  format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', n.nspname, c.relname, con.conname, pg_get_constraintdef(con.oid)), NULL,
  format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', n.nspname, c.relname, con.conname),
  con.contype IN ('p', 'u', 'f') AND cardinality(con.conkey) = 1 AND NOT con.condeferrable AND con.convalidated
    AND (con.contype <> 'f' OR con.confmatchtype = 's')
    AND pg_get_constraintdef(con.oid) !~ '(NULLS NOT DISTINCT|INCLUDE \(| WITH \(|WITHOUT OVERLAPS|NOT ENFORCED)',
  array_to_json(ARRAY(SELECT a.attname FROM unnest(con.conkey) WITH ORDINALITY k(num, pos)
    JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.num ORDER BY k.pos)), NULL
FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE con.contype IN ('p', 'u', 'c', 'f', 'x') AND con.conparentid = 0 AND con.conislocal AND $user(n) AND $own(pg_class, c.oid)
  AND $own(pg_constraint, con.oid)
