-- Functions, procedures, window functions and aggregates.
SELECT 'function', n.nspname, '', format('%s(%s)', quote_ident(p.proname), pg_get_function_identity_arguments(p.oid)),
  pg_get_functiondef(p.oid), rtrim(pg_get_functiondef(p.oid), E'\n') || ';', rtrim(pg_get_functiondef(p.oid), E'\n') || ';',
  format('DROP %s %I.%I(%s);', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), false, NULL, NULL
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind <> 'a' AND p.oid >= 16384 AND $user(n) AND $own(pg_proc, p.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT 'aggregate', n.nspname, '', format('%s(%s)', quote_ident(p.proname), args.list), d.def,
  format('CREATE OR REPLACE AGGREGATE %I.%I(%s) (%s);', n.nspname, p.proname, args.list, d.def), NULL,
  format('DROP AGGREGATE %I.%I(%s);', n.nspname, p.proname, args.list), false, NULL, NULL
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
CROSS JOIN LATERAL (SELECT CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END AS list) args
CROSS JOIN LATERAL (SELECT concat_ws(', ', 'SFUNC = ' || a.aggtransfn::text, 'STYPE = ' || format_type(a.aggtranstype, NULL),
  'SSPACE = ' || nullif(a.aggtransspace, 0), 'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc::text, CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
  CASE WHEN a.aggfinalfn <> 0 AND a.aggfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END::"char" THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
  'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc::text, 'SERIALFUNC = ' || nullif(a.aggserialfn, 0)::regproc::text, 'DESERIALFUNC = ' || nullif(a.aggdeserialfn, 0)::regproc::text,
  'INITCOND = ' || quote_literal(a.agginitval), 'MSFUNC = ' || nullif(a.aggmtransfn, 0)::regproc::text, 'MINVFUNC = ' || nullif(a.aggminvtransfn, 0)::regproc::text,
  'MSTYPE = ' || CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END, 'MFINALFUNC = ' || nullif(a.aggmfinalfn, 0)::regproc::text,
  'MINITCOND = ' || quote_literal(a.aggminitval),
  'SORTOP = ' || (SELECT format('OPERATOR(%I.%s)', sn.nspname, so.oprname) FROM pg_operator so JOIN pg_namespace sn ON sn.oid = so.oprnamespace WHERE so.oid = a.aggsortop),
  CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END, CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END) AS def) d
WHERE p.prokind = 'a' AND p.oid >= 16384 AND $user(n) AND $own(pg_proc, p.oid)
