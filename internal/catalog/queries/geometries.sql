-- What PostGIS says of its columns. Run only where PostGIS is installed.
SELECT f_table_name, f_geometry_column, type
  FROM (SELECT f_table_schema, f_table_name, f_geometry_column, type FROM geometry_columns
         UNION
        SELECT f_table_schema, f_table_name, f_geography_column, type FROM geography_columns) g
 WHERE f_table_schema IN ({{names}})
