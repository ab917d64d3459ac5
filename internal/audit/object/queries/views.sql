-- Views, materialized views, rules, triggers and policies.
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, n.nspname, '', c.relname,
  coalesce('WITH (' || array_to_string(c.reloptions, ', ') || ') ', '') || pg_get_viewdef(c.oid),
  format('CREATE %s %I.%I%s AS%s%s;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW IF NOT EXISTS' ELSE 'OR REPLACE VIEW' END, n.nspname, c.relname,
    ' WITH (' || array_to_string(c.reloptions, ', ') || ')', E'\n', rtrim(pg_get_viewdef(c.oid), ';')),
  CASE c.relkind WHEN 'v' THEN format('CREATE OR REPLACE VIEW %I.%I%s AS%s%s;', n.nspname, c.relname,
    ' WITH (' || array_to_string(c.reloptions, ', ') || ')', E'\n', rtrim(pg_get_viewdef(c.oid), ';')) END,
  format('DROP %sVIEW %I.%I;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, n.nspname, c.relname), false, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'rule', n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid) || CASE r.ev_enabled WHEN 'D' THEN ' (disabled)' ELSE '' END, regexp_replace(pg_get_ruledef(r.oid), '^CREATE RULE', 'CREATE OR REPLACE RULE'),
  regexp_replace(pg_get_ruledef(r.oid), '^CREATE RULE', 'CREATE OR REPLACE RULE'), format('DROP RULE %I ON %I.%I;', r.rulename, n.nspname, c.relname), false, NULL, NULL
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND $user(n) AND $own(pg_class, c.oid) AND $own(pg_rewrite, r.oid)
UNION ALL
SELECT 'trigger', n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (' || e.word || ')' END,
  pg_get_triggerdef(t.oid) || ';' || CASE t.tgenabled WHEN 'O' THEN '' ELSE format(E'\nALTER TABLE %I.%I %s TRIGGER %I;', n.nspname, c.relname, e.word, t.tgname) END,
  NULL, format('DROP TRIGGER %I ON %I.%I;', t.tgname, n.nspname, c.relname), false, NULL, NULL
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS word) e
WHERE NOT t.tgisinternal AND $user(n) AND $own(pg_class, c.oid) AND $own(pg_trigger, t.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refclassid = 'pg_trigger'::regclass)
  AND NOT EXISTS (SELECT FROM pg_proc tp JOIN pg_namespace tn ON tn.oid = tp.pronamespace WHERE tp.oid = t.tgfoid AND tn.nspname LIKE '\_timescaledb%')
UNION ALL
SELECT 'policy', n.nspname, c.relname, p.polname, d.def, format('CREATE POLICY %I ON %I.%I %s;', p.polname, n.nspname, c.relname, d.def), NULL,
  format('DROP POLICY %I ON %I.%I;', p.polname, n.nspname, c.relname), false, NULL, NULL
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT concat_ws(' ', CASE WHEN p.polpermissive THEN NULL ELSE 'AS RESTRICTIVE' END,
  'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
  'TO ' || CASE WHEN p.polroles = '{0}' THEN 'PUBLIC' ELSE (SELECT string_agg(quote_ident(ro.rolname), ', ' ORDER BY ro.rolname) FROM pg_roles ro WHERE ro.oid = ANY (p.polroles)) END,
  'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS def) d
WHERE $user(n) AND $own(pg_class, c.oid)
UNION ALL
SELECT 'row security', n.nspname, c.relname, c.relname,
  CASE WHEN c.relrowsecurity THEN 'ENABLED' ELSE 'DISABLED' END || CASE WHEN c.relforcerowsecurity THEN ' FORCED' ELSE '' END,
  concat_ws(E'\n', CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname) END,
    CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) END), NULL,
  format(E'ALTER TABLE %1$I.%2$I DISABLE ROW LEVEL SECURITY;\nALTER TABLE %1$I.%2$I NO FORCE ROW LEVEL SECURITY;', n.nspname, c.relname), false, NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND $user(n) AND $own(pg_class, c.oid)
