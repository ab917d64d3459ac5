CREATE TABLE "Odd Name" (id serial PRIMARY KEY, v text);
CREATE TABLE "odd-name" ("a column" integer PRIMARY KEY, "quote""d" text, "new
line" text, "yes" text, "1_000" text, "~" text, "a.b" text, "a,b" text, "é" text, "😀" text, "ﬀ" text, "%s" text, "$1" text, "'; DROP TABLE x; --" text, "select" integer, "order" integer, "user" integer, "UPPER" text, "Upper" text, "__proto__" text, "constructor" text, "toString" text);
CREATE TABLE "order" (id serial PRIMARY KEY, "group" text, "table" text);
CREATE TABLE "select" (id serial PRIMARY KEY);
CREATE TABLE "user" (id serial PRIMARY KEY);
CREATE TABLE "Ünïcode" ("ключ" integer PRIMARY KEY, "日本語" text);
CREATE TABLE "😀" (id serial PRIMARY KEY, v text);
CREATE TABLE "ﬀ" (id serial PRIMARY KEY);
CREATE TABLE "with.dot" (id serial PRIMARY KEY, "x.y" integer);
CREATE TABLE "with,comma" (id serial PRIMARY KEY);
CREATE TABLE "with""quote" (id serial PRIMARY KEY, v text);
CREATE TABLE "with'quote" (id serial PRIMARY KEY);
CREATE TABLE "with
newline" (id serial PRIMARY KEY);
CREATE TABLE "123" (id serial PRIMARY KEY, "9" text, "10" text);
CREATE TABLE "1_000" (id serial PRIMARY KEY);
CREATE TABLE "yes" (id serial PRIMARY KEY, "no" text, "on" text);
CREATE TABLE "null" (id serial PRIMARY KEY);
CREATE TABLE "true" (id serial PRIMARY KEY);
CREATE TABLE "_under" (id serial PRIMARY KEY);
CREATE TABLE "Zed" (id serial PRIMARY KEY);
CREATE TABLE "zed" (id serial PRIMARY KEY);
CREATE TABLE a_very_long_name_of_sixty_three_bytes_that_is_the_longest_of_all (id serial PRIMARY KEY, a_column_with_a_name_of_sixty_three_bytes_which_is_the_maximum_x integer REFERENCES "Odd Name" (id));
SELECT pg_temp.track(t) FROM unnest(ARRAY['Odd Name', 'odd-name', 'order', 'select', 'user', 'Ünïcode', '😀', 'ﬀ', 'with.dot', 'with,comma', 'with"quote', 'with''quote', E'with\nnewline', '123', '1_000', 'yes', 'null', 'true',
  '_under', 'Zed', 'zed', 'a_very_long_name_of_sixty_three_bytes_that_is_the_longest_of_all']) WITH ORDINALITY x (t, n) ORDER BY n;
UPDATE directus_fields SET sort = NULL, id = id + 100000 WHERE collection = 'odd-name' AND field LIKE '%a%';
