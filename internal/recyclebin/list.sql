SELECT id, (extract(epoch FROM at) * 1000000)::bigint, by, reason, tool, coalesce((extract(epoch FROM retain_until) * 1000000)::bigint::text, ''),
  coalesce((extract(epoch FROM restored_at) * 1000000)::bigint::text, ''), system_schema, bytes, notes::text,
  (SELECT count(*) FROM schemaguard_trash.directus_rows d WHERE d.entry = e.id)
FROM schemaguard_trash.entries e ORDER BY at DESC, id DESC
