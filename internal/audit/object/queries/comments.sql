-- Comments on whatever the database holds of its own; an extension brings its own.
SELECT 'comment', coalesce(n.nspname, ''), coalesce(r.relname, ''), id.type || ' ' || id.identity, d.description,
  format('COMMENT ON %s %s IS %L;', k.word, id.identity, d.description), format('COMMENT ON %s %s IS %L;', k.word, id.identity, d.description),
  format('COMMENT ON %s %s IS NULL;', k.word, id.identity), false, NULL, NULL
FROM pg_description d
LEFT JOIN pg_constraint con ON d.classoid = 'pg_constraint'::regclass AND con.oid = d.objoid
LEFT JOIN pg_trigger tg ON d.classoid = 'pg_trigger'::regclass AND tg.oid = d.objoid
LEFT JOIN pg_rewrite rw ON d.classoid = 'pg_rewrite'::regclass AND rw.oid = d.objoid
LEFT JOIN pg_policy po ON d.classoid = 'pg_policy'::regclass AND po.oid = d.objoid
LEFT JOIN pg_index ix ON d.classoid = 'pg_class'::regclass AND ix.indexrelid = d.objoid
LEFT JOIN pg_proc p ON d.classoid = 'pg_proc'::regclass AND p.oid = d.objoid
LEFT JOIN pg_type t ON d.classoid = 'pg_type'::regclass AND t.oid = d.objoid
LEFT JOIN pg_class r ON r.oid = coalesce(con.conrelid, tg.tgrelid, rw.ev_class, po.polrelid, ix.indrelid, CASE WHEN d.classoid = 'pg_class'::regclass THEN d.objoid END)
JOIN pg_namespace n ON n.oid = coalesce(r.relnamespace, p.pronamespace, t.typnamespace, CASE WHEN d.classoid = 'pg_namespace'::regclass THEN d.objoid END)
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) id
CROSS JOIN LATERAL (SELECT CASE WHEN id.type LIKE '% column' THEN 'COLUMN' WHEN id.type = 'table constraint' THEN 'CONSTRAINT' ELSE upper(id.type) END AS word) k
WHERE $user(n) AND NOT (d.classoid = 'pg_namespace'::regclass AND n.nspname = 'public') AND coalesce(r.relpersistence, 'p') <> 't'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
  AND $own(pg_class, r.oid)
