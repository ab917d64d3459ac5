-- Storage options, replica identities, statistics, event triggers, foreign servers.
SELECT 'storage options', n.nspname, c.relname, c.relname, o.def,
  format('ALTER %s %I.%I SET (%s);', o.word, n.nspname, c.relname, o.def), format('ALTER %s %I.%I SET (%s);', o.word, n.nspname, c.relname, o.def),
  format('ALTER %s %I.%I RESET (%s);', o.word, n.nspname, c.relname, regexp_replace(o.def, '=[^,]*', '', 'g')), false, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS word,
  (SELECT string_agg(x, ', ' ORDER BY x) FROM (SELECT unnest(c.reloptions) AS x UNION ALL SELECT 'toast.' || unnest(t.reloptions)) every) AS def) o
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND o.def IS NOT NULL AND $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'replica identity', n.nspname, c.relname, c.relname, d.def, format('ALTER TABLE %I.%I REPLICA IDENTITY %s;', n.nspname, c.relname, d.def),
  format('ALTER TABLE %I.%I REPLICA IDENTITY %s;', n.nspname, c.relname, d.def), format('ALTER TABLE %I.%I REPLICA IDENTITY DEFAULT;', n.nspname, c.relname), false, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
  ELSE (SELECT format('USING INDEX %I', x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident) END AS def) d
WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd' AND c.relpersistence <> 't' AND d.def IS NOT NULL AND $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'statistics', n.nspname, c.relname, s.stxname, pg_get_statisticsobjdef(s.oid), regexp_replace(pg_get_statisticsobjdef(s.oid), '^CREATE STATISTICS ', 'CREATE STATISTICS IF NOT EXISTS ') || ';', NULL, format('DROP STATISTICS %I.%I;', n.nspname, s.stxname), false, NULL, NULL
FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'event trigger', '', '', e.evtname, d.def || CASE e.evtenabled WHEN 'O' THEN '' ELSE ' (' || en.word || ')' END,
  format('CREATE EVENT TRIGGER %I ON %s;', e.evtname, d.def) || CASE e.evtenabled WHEN 'O' THEN '' ELSE format(E'\nALTER EVENT TRIGGER %I %s;', e.evtname, en.word) END,
  NULL, format('DROP EVENT TRIGGER %I;', e.evtname), false, NULL, NULL
FROM pg_event_trigger e
CROSS JOIN LATERAL (SELECT e.evtevent || coalesce(' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag) FROM unnest(e.evttags) tag) || ')', '')
  || format(' EXECUTE FUNCTION %s()', e.evtfoid::regproc) AS def) d
CROSS JOIN LATERAL (SELECT CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS word) en
WHERE $own(pg_event_trigger, e.oid)
UNION ALL
SELECT 'foreign data wrapper', '', '', w.fdwname, d.def, format('CREATE FOREIGN DATA WRAPPER %I %s;', w.fdwname, d.def), NULL, format('DROP FOREIGN DATA WRAPPER %I;', w.fdwname), false, NULL, NULL
FROM pg_foreign_data_wrapper w
CROSS JOIN LATERAL (SELECT concat_ws(' ', 'HANDLER ' || nullif(w.fdwhandler, 0)::regproc::text, 'VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc::text) || $options(w.fdwoptions) AS def) d
WHERE $own(pg_foreign_data_wrapper, w.oid)
UNION ALL
SELECT 'foreign server', '', '', s.srvname, d.def, format('CREATE SERVER IF NOT EXISTS %I %s;', s.srvname, d.def), NULL, format('DROP SERVER %I;', s.srvname), false, NULL, NULL
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
CROSS JOIN LATERAL (SELECT concat_ws(' ', 'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion), format('FOREIGN DATA WRAPPER %I', w.fdwname)) || $options(s.srvoptions) AS def) d
WHERE $own(pg_foreign_server, s.oid)
