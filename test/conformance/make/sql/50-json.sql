-- Values that are hard to read, to sort or to write. Each alias field carries one.
CREATE TABLE json_zoo (id serial PRIMARY KEY);
INSERT INTO directus_collections (collection, note, color, icon, display_template, archive_value, translations, item_duplication_fields, sort, collapse, accountability, singleton, hidden, preview_url) VALUES
  ('json_zoo', E'first line\n  second line is indented\n\n\nfifth: "quoted" ''text'' # no comment\n', '#FF0000', 'yes', '{{id}} – {{name}}', '~',
   '[{"translation": "Zoo", "language": "en-US", "singular": "zoo", "plural": "zoos"}, {"language": "de-DE", "translation": "Tierpark: “groß”"}]', '["id","b","a","10","9"]', -5, 'locked', NULL, true, true, 'https://example.com/{{id}}?a=1&b=2#x');
INSERT INTO directus_fields (collection, field, special, interface, options) SELECT 'json_zoo', 'f' || lpad(n::text, 3, '0'), 'alias,no-data', 'presentation-notice', j::json FROM (VALUES
  (1, '{}'), (2, '[]'), (3, 'null'), (4, '"a json string"'), (5, '"{\"double\": {\"b\": 1, \"a\": 2}}"'), (6, '"null"'), (7, '"5"'), (8, '"{bad"'), (9, '5'), (10, 'true'), (11, '""'),
  (12, '{"choices": [{"text": "One thousand", "value": "1_000"}, {"value": "yes", "text": "Yes!"}, {"text": "~", "value": "~"}, {"text": " leading", "value": "trailing "}, {"text": "2020-01-01", "value": "2020-01-01T00:00:00Z"}, {"text": "null", "value": null}]}'),
  (13, '{"b": 1, "a": 2, "a b": 3, "a-b": 4, "a!": 5, "a#": 6, "a,b": 7, "a,": 8, "A": 9, "_": 10, "a.b": 11, "a(": 12, "a''": 13, "a\"": 14, "": 15, " ": 16}'),
  (14, '{"10": "ten", "9": "nine", "01": "string key", "-1": "string key", "1.5": "x", "4294967294": "last index", "4294967295": "no index", "a": "x", "1": "one", "4294967296": "y"}'),
  (15, '{"a": 1, "b": 2, "a": 3}'), (16, '{"x": {"a": 1, "a": {"c": 1, "b": 2}}, "x": [1]}'),
  (17, '{"n": [0, -0, -0.0, 1.0, 1.5, 1e20, 1e21, 1e-6, 1e-7, 1.0e2, 12345678901234567890, 9007199254740993, 1e400, -1e400, 0.1, 123456789.123456789, 5e-324]}'),
  (18, '{"s": ["\u0000", "\u0001\u001f", "\u007f", "\u0085", "\u00a0", "\u00ad", "\u2028", "\u2029", "\ufeff", "\ufffd", "\uffff", "\ue000", "tab\there", "cr\r", "bell\u0007", "esc\u001b[31m"]}'),
  (19, '{"s": ["\ud800", "\udc00", "x\ud83dx", "\ud83d\ude00", "\ude00\ud83d", "a\ud800"], "\ud800": "lone key", "\ud83d\ude00": "emoji key", "\ue000": "private", "\uffff": "last"}'),
  (20, '{"s": ["", " ", "  ", "a", " a", "a ", "\n", "a\n", "a\n\n", "\na", "a\nb", " a\nb", "a\n b", "a\n\nb\n\n\n", "\n\n", "a\r\nb", "a\tb\nc", "\ta\nb"]}'),
  (21, '{"s": ["yes", "Yes", "YES", "yEs", "no", "on", "Off", "y", "N", "true", "True", "tRue", "null", "Null", "nULL", "~", "NaN", ".nan", ".inf", "-.INF", "Infinity"]}'),
  (22, '{"s": ["0", "00", "01", "09", "0o17", "0x1F", "0xZ", "0b11", "1_000", "_1", "1_", "1__0", "0x_f", "0b_1", "1.5", "1.", ".5", "._5", "1_0.5_0", "+1", "-1", "-", "+", "1e3", "1e", "e1", "1:30", "1:2:x", "190:20:30", "190:20:30.15", "1,000"]}'),
  (23, '{"s": ["2020-01-01", "2020-1-1", "2020-13-45", "2020-01-01 00:00:00", "2020-01-01T00:00:00Z", "2020-01-01 00:00:00+00", "2020-01-01 00:00:00.123 +01:30", "12:34:56"]}'),
  (24, '{"s": ["- a", "-a", "---", "--- a", "...", ".", "# a", "a # b", "a#b", "a: b", "a:b", "a:", ":a", "? a", "?a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "{a", "}a", "[a", "]a", ",a", "a, b", "a [b] {c}", "<<", "=", "''q''", "\"dq\"", "it''s", "a\\b", "{{id}}", "$t:foo", "^[a-z]+$"]}'),
  (25, '{"long": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty", "nospace": "https://example.com/a/very/long/address/without/any/space/in/it/that/goes/on/and/on/and/on/and/on?x=1", "double": "two  spaces  stay  where  they  are  and  are  never  folded  at  all,  as  the  length  of  this  shows  well"}'),
  (26, '{"fold": "first line that is long enough to be folded because it has more than eighty characters in it, really\nsecond\n\n  third is indented and also long enough to be folded if it were not indented, which it is, so it stays\nfourth\n", "tabbed": "a long line with a tab\tin it that would be folded if it could, but it has the tab and so it is written in double quotes"}'),
  (27, '{"seventytwo": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "emoji": "😀😀😀😀😀😀😀😀😀😀 😀😀😀😀😀😀😀😀😀😀 😀😀😀😀😀😀😀😀😀😀 😀😀😀😀😀😀😀😀😀😀", "cjk": "日本語の長い文章は空白がないので折り返されません。日本語の長い文章は空白がないので折り返されません。日本語の長い文章。"}'),
  (28, '{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": {"k": "deep and long enough to be folded at forty characters even here"}}}}}}}}}}}'),
  (29, '[[1, [2, [3, []]], {}], [[]], [{}], [{"b": 1, "a": [[1]]}], ["x"], [null]]'), (30, '{"arr": ["b", "a", 10, 9, "10", "9", null, true, false, {"b": 1}, {"a": 1}, [2], [1]]}'),
  (31, '{"__proto__": {"x": 1}, "constructor": 1, "hasOwnProperty": 3, "length": 4}'), (32, '{"keys": {"yes": 1, "null": 2, "true": 3, "1_000": 4, "2020-01-01": 5, "a: b": 6, "#c": 7, "- d": 8, "new\nline": 9, "tab\tkey": 10, "1.5": 11, "0x10": 12, "?": 13, "é": 14, "{x}": 15, "~": 16, "=": 17, "<<": 18}}'),
  (33, '{"template": "<p>\n\t<b>{{ x }}</b>\n</p>\n", "validation": {"_and": [{"x": {"_regex": "^[A-Z]{2,3}\\d+$"}}, {"_or": []}]}}'), (34, '{"a,b": 2, "a": 1, "a,b,c": 0, "a,1": 3, "a,": 4}'), (35, '{"O": {"k": {"a": 1}}, "OO": [1, 2], "O,": null, "P": [null, [], {}]}'),
  (36, '{"big": [123456789012345678901234567890, 1.7976931348623157e308, 4.9e-324, 100000000000000000000000, 0.000001, 0.0000001, 1e5, 1E+2]}')
) v (n, j);
INSERT INTO directus_fields (collection, field, special, interface, options, display, display_options, validation, validation_message, conditions, translations, note, "group", required, readonly, hidden, width, sort)
VALUES ('json_zoo', 'everything', 'alias,no-data', 'group-detail', '{"start": "open"}', 'formatted-value', '{"format": true, "conditionalFormatting": [{"operator": "eq", "value": "1_000", "color": "#0F0"}]}',
  '{"_and": [{"x": {"_gte": "1_000"}}]}', '$t:validation', '[{"name": "cond", "rule": {"_and": [{"b": {"_eq": null}}, {"a": {"_in": ["z", "y"]}}]}, "hidden": true, "options": {"z": 1, "a": 2}}]',
  '[{"language": "fr-FR", "translation": "Tout"}, {"language": "en-US", "translation": "All"}]', 'a note', 'f001', true, true, true, 'half-right', 99);
INSERT INTO directus_fields (collection, field, special, interface, note, validation_message, width) SELECT 'json_zoo', 'n' || lpad(n::text, 3, '0'), 'alias,no-data', i, note, msg, w FROM (VALUES
  (1, 'input', '', '', 'full'), (2, '', ' ', 'x ', ''), (3, 'yes', 'no', '1_000', '~'), (4, NULL, NULL, NULL, NULL),
  (5, E'with\nnewline', E'a\n\nb\n', E'tab\there', 'half'), (6, '😀', E'\U0001F600 \uE000 \uFFFD', E'\u0085', 'fill'),
  (7, 'input', 'A note that is long enough to be folded: it goes on for more than eighty characters, has a colon and a # sign.', E'A message\nof two lines, of which this one is long enough to be folded as it goes on for more than eighty characters.\n', 'half'),
  (8, 'input', E'\\backslash "double" ''single''', '- dash', 'half'), (9, 'input', E'\x01\x1b[31mred\x7f', E'crlf\r\n', 'half'), (10, 'input', E'\n', E'\n\n', 'half'), (11, 'input', E'trailing space \n', E' leading\n', 'half')
) v (n, i, note, msg, w);
