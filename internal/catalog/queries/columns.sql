-- Columns of the ordinary tables of the searched schemas, as Directus reads
-- them (12.4.1, @directus/schema, postgres columnInfo). Partitioned tables and
-- views are left out because Directus leaves them out. Of two tables with one
-- name the schema searched first comes first; Directus leaves that to chance.
-- Postgres 12 and later.
SELECT att.attname
     , rel.relname
     , att.atttypid::regtype::text
     , NOT att.attnotnull
     , CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) END
     , CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) END
     , att.attgenerated = 's'
     , CASE WHEN att.atttypid IN (1042, 1043) THEN att.atttypmod - 4
            WHEN att.atttypid IN (1560, 1562) THEN att.atttypmod END
     , CASE att.atttypid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53
            WHEN 1700 THEN CASE WHEN att.atttypmod <> -1 THEN ((att.atttypmod - 4) >> 16) & 65535 END END
     , CASE WHEN att.atttypid IN (20, 21, 23) THEN 0
            WHEN att.atttypid = 1700 AND att.atttypmod <> -1 THEN (att.atttypmod - 4) & 65535 END
     , ix.indrelid IS NOT NULL
  FROM pg_attribute att
  JOIN pg_class rel ON rel.oid = att.attrelid
  LEFT JOIN pg_attrdef ad ON (ad.adrelid, ad.adnum) = (att.attrelid, att.attnum)
  LEFT JOIN (SELECT DISTINCT indrelid, indkey[0] AS attnum
               FROM pg_index
              WHERE NOT indisunique AND indkey[0] = ALL (indkey::int2[])) ix
    ON (ix.indrelid, ix.attnum) = (att.attrelid, att.attnum)
 WHERE rel.relnamespace IN ({{namespaces}})
   AND rel.relkind = 'r'
   AND att.attnum > 0
   AND NOT att.attisdropped
 ORDER BY rel.relname, att.attnum, array_position(ARRAY[{{namespaces}}]::oid[], rel.relnamespace)
