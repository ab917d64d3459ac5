-- Who changed which schema row last, newest first. Directus writes one row of
-- activity per change (12.4.1, services/items.js): of a collection the item is
-- its name, of a field or relation the id of its row.
SELECT a.collection, a.item, a.action, extract(epoch FROM a.timestamp)::bigint, u.email
  FROM directus_activity a
  LEFT JOIN directus_users u ON u.id = a.user
 WHERE a.action IN ('create', 'update', 'delete')
   AND (a.collection, a.item) IN ({{items}})
 ORDER BY a.id DESC
 LIMIT 1000
