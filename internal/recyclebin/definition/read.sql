SELECT pg_catalog.json_build_object(
  'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
  'inherits', c.relispartition OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
  'unlogged', c.relpersistence = 'u', 'options', c.reloptions || (SELECT pg_catalog.array_agg('toast.' || o) FROM pg_catalog.pg_class tc, unnest(tc.reloptions) o WHERE tc.oid = c.reltoastrelid), 'owner', pg_catalog.pg_get_userbyid(c.relowner),
  'comment', coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), ''),
  'replica_identity', c.relreplident::text,
  'replica_index', coalesce((SELECT ic.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident), ''),
  'cluster_index', coalesce((SELECT ic.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisclustered), ''),
  'row_security', c.relrowsecurity, 'force_row_security', c.relforcerowsecurity,
  'bytes', pg_catalog.pg_table_size(c.oid),
  'primary_key', (SELECT pg_catalog.json_agg(a.attname ORDER BY k.ord) FROM pg_catalog.pg_constraint p, unnest(p.conkey) WITH ORDINALITY k(num, ord), pg_catalog.pg_attribute a
    WHERE p.conrelid = c.oid AND p.contype = 'p' AND a.attrelid = c.oid AND a.attnum = k.num),
  'columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'collation', CASE WHEN a.attcollation <> t.typcollation THEN (SELECT pg_catalog.format('%I.%I', cn.nspname, co.collname) FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) ELSE '' END,
      'not_null', a.attnotnull, 'default', coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''),
      'generated', a.attgenerated::text, 'identity', a.attidentity::text,
      'comment', coalesce(pg_catalog.col_description(c.oid, a.attnum), ''),
      'storage', CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END ELSE '' END,
      'statistics', coalesce(a.attstattarget, -1), 'compression', {{compression}},
      'options', coalesce(pg_catalog.array_to_string(a.attoptions, ', '), '')) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'sequences', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'schema', sn.nspname, 'name', sc.relname, 'column', a.attname, 'identity', d.deptype = 'i', 'type', pg_catalog.format_type(q.seqtypid, NULL),
      'start', q.seqstart::text, 'min', q.seqmin::text, 'max', q.seqmax::text, 'increment', q.seqincrement::text, 'cache', q.seqcache::text, 'cycle', q.seqcycle,
      'last', coalesce(pg_catalog.pg_sequence_last_value(sc.oid)::text, ''), 'owner', pg_catalog.pg_get_userbyid(sc.relowner), 'comment', coalesce(pg_catalog.obj_description(sc.oid, 'pg_class'), ''),
      'grants', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', g.grantee, 'sql', pg_catalog.format('GRANT %s ON SEQUENCE %I.%I TO %s%s', g.privilege_type, sn.nspname, sc.relname, g.grantee, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) ORDER BY g.grantee, g.privilege_type)
        FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS grantee, x.privilege_type, x.is_grantable FROM pg_catalog.aclexplode(sc.relacl) x WHERE x.grantee <> sc.relowner) g)) ORDER BY sc.relname)
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class sc ON sc.oid = d.objid AND sc.relkind = 'S' JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
    JOIN pg_catalog.pg_sequence q ON q.seqrelid = sc.oid JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.deptype IN ('a', 'i')),
  'constraints', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'kind', k.contype::text,
      'sql', pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s', {{table}}, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
      'comment', coalesce(pg_catalog.obj_description(k.oid, 'pg_constraint'), ''),
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum IN (
        SELECT unnest(k.conkey) UNION SELECT dd.refobjsubid FROM pg_catalog.pg_depend dd WHERE dd.classid = 'pg_catalog.pg_constraint'::regclass AND dd.objid = k.oid AND dd.refobjid = c.oid AND dd.refobjsubid > 0)))
      ORDER BY pg_catalog.array_position(ARRAY['p', 'u', 'x', 'c'], k.contype::text), k.oid)
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'c')),
  'foreign', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'schema', fn.nspname, 'table', f.relname,
      'sql', pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s', {{table}}, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
      'comment', coalesce(pg_catalog.obj_description(k.oid, 'pg_constraint'), ''),
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey))) ORDER BY k.conname)
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace WHERE k.conrelid = c.oid AND k.contype = 'f'),
  'incoming', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'schema', fn.nspname, 'table', f.relname,
      'sql', pg_catalog.format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', fn.nspname, f.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)),
      'comment', coalesce(pg_catalog.obj_description(k.oid, 'pg_constraint'), ''),
      'other', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = f.oid AND a.attnum = ANY (k.conkey)),
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.confkey))) ORDER BY fn.nspname, f.relname, k.conname)
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace WHERE k.confrelid = c.oid AND k.conrelid <> c.oid AND k.contype = 'f'),
  'indexes', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', ic.relname, 'sql', pg_catalog.pg_get_indexdef(i.indexrelid) || coalesce((SELECT pg_catalog.string_agg(pg_catalog.format('; ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname, ic.relname, ia.attnum, ia.attstattarget), '' ORDER BY ia.attnum)
        FROM pg_catalog.pg_attribute ia WHERE ia.attrelid = ic.oid AND ia.attstattarget >= 0), ''),
      'comment', coalesce(pg_catalog.obj_description(i.indexrelid, 'pg_class'), ''), 'schema', n.nspname,
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum IN (
        SELECT unnest(i.indkey::int2[]) UNION SELECT dd.refobjsubid FROM pg_catalog.pg_depend dd WHERE dd.classid = 'pg_catalog.pg_class'::regclass AND dd.objid = i.indexrelid AND dd.refobjid = c.oid AND dd.refobjsubid > 0))) ORDER BY ic.relname)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))),
  'statistics', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', st.stxname, 'sql', pg_catalog.pg_get_statisticsobjdef(st.oid) || CASE WHEN (pg_catalog.to_jsonb(st) ->> 'stxstattarget')::integer >= 0 THEN pg_catalog.format('; ALTER STATISTICS %I.%I SET STATISTICS %s', sn.nspname, st.stxname, pg_catalog.to_jsonb(st) ->> 'stxstattarget') ELSE '' END,
      'comment', coalesce(pg_catalog.obj_description(st.oid, 'pg_statistic_ext'), ''), 'schema', sn.nspname,
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum IN (
        SELECT dd.refobjsubid FROM pg_catalog.pg_depend dd WHERE dd.classid = 'pg_catalog.pg_statistic_ext'::regclass AND dd.objid = st.oid AND dd.refobjid = c.oid AND dd.refobjsubid > 0))) ORDER BY st.stxname)
    FROM pg_catalog.pg_statistic_ext st JOIN pg_catalog.pg_namespace sn ON sn.oid = st.stxnamespace WHERE st.stxrelid = c.oid),
  'triggers', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', t.tgname, 'kind', t.tgenabled::text, 'sql', pg_catalog.pg_get_triggerdef(t.oid),
      'comment', coalesce(pg_catalog.obj_description(t.oid, 'pg_trigger'), ''),
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum IN (
        SELECT dd.refobjsubid FROM pg_catalog.pg_depend dd WHERE dd.classid = 'pg_catalog.pg_trigger'::regclass AND dd.objid = t.oid AND dd.refobjid = c.oid AND dd.refobjsubid > 0))) ORDER BY t.tgname)
    FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'policies', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', p.polname, 'comment', coalesce(pg_catalog.obj_description(p.oid, 'pg_policy'), ''),
      'sql', pg_catalog.format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, {{table}}, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
        CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        (SELECT pg_catalog.string_agg(CASE WHEN r.id = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r.id)) END, ', ') FROM unnest(p.polroles) r(id)))
        || coalesce(' USING (' || pg_catalog.pg_get_expr(p.polqual, c.oid) || ')', '') || coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, c.oid) || ')', ''),
      'columns', (SELECT pg_catalog.json_agg(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum IN (
        SELECT dd.refobjsubid FROM pg_catalog.pg_depend dd WHERE dd.classid = 'pg_catalog.pg_policy'::regclass AND dd.objid = p.oid AND dd.refobjid = c.oid AND dd.refobjsubid > 0))) ORDER BY p.polname)
    FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid),
  'rules', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', r.rulename, 'sql', pg_catalog.pg_get_ruledef(r.oid), 'comment', coalesce(pg_catalog.obj_description(r.oid, 'pg_rewrite'), '')) ORDER BY r.rulename)
    FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid),
  'grants', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', g.grantee, 'columns', g.columns,
      'sql', pg_catalog.format('GRANT %s%s ON TABLE %s TO %s%s', g.privilege, g.list, {{table}}, g.grantee, CASE WHEN g.grantable THEN ' WITH GRANT OPTION' ELSE '' END)) ORDER BY g.grantee, g.privilege, g.list)
    FROM (SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS grantee, x.privilege_type AS privilege, x.is_grantable AS grantable, '' AS list, NULL::text[] AS columns
        FROM pg_catalog.aclexplode(c.relacl) x WHERE x.grantee <> c.relowner
      UNION ALL SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END, x.privilege_type, x.is_grantable, ' (' || pg_catalog.quote_ident(a.attname) || ')', ARRAY[a.attname::text]
        FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) g),
  'publications', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', p.pubname, 'sql', pg_catalog.format('ALTER PUBLICATION %I ADD TABLE ONLY %s', p.pubname, {{table}})) ORDER BY p.pubname)
    FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = c.oid),
  'views', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', v.name, 'sql', pg_catalog.pg_get_viewdef(v.oid)) ORDER BY v.name)
    FROM (SELECT DISTINCT vc.oid, pg_catalog.format('%I.%I', vn.nspname, vc.relname) AS name FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
      JOIN pg_catalog.pg_class vc ON vc.oid = r.ev_class AND vc.relkind IN ('v', 'm') JOIN pg_catalog.pg_namespace vn ON vn.oid = vc.relnamespace
      WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND vc.oid <> c.oid) v)
)::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = {{oid}}
