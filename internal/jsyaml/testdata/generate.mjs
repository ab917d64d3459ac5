// Writes random documents and what js-yaml's dump makes of them, one JSON object
// a line: {"in": document, "yaml": by the first js-yaml, "yaml_4_1_1": by the
// others where they differ}. Infinity is written 1e999, which JSON.parse reads
// back as such.
//
//   node generate.mjs COUNT SEED path/to/js-yaml-4.3 path/to/js-yaml-4.1... > dump.jsonl
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(import.meta.url);
const [count, seed, ...paths] = process.argv.slice(2);
const [newest, ...others] = paths.map((p) => require(resolve(p)));

let state = Number(seed) >>> 0;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const int = (n) => Math.floor(random() * n);
const pick = (list) => list[int(list.length)];
const times = (n, f) => Array.from({ length: n }, f);
const join = (n, list) => times(n, () => pick(list)).join('');

const words = ['y', 'No', 'OFF', 'on', 'yEs', 'null', 'Null', 'nuLL', '~', 'true', 'FALSE', 'tRue', '<<', '=', '---', '...', '.inf', '-.INF',
  '+.Inf', '.nan', '.NaN', '0x1F', '0o17', '0b101', '0b102', '0o8', '-0', '+0', '00', '0_0', '1__0', '1_', '_1', '._1', '1._', '1.e5', '.5e-3', '+.5',
  '1e400', '1:30', '-1:30', '1:2:3.4_', '_:_', '2020-01-01', '2020-1-1', '2020-01-01T00:00:00Z', '2020-1-1 1:02:03.5 +1:30', '2020-01-01t1:02:03-5',
  '2020-01-01 00:00:00+00', 'a: b', 'a #b', '#a', 'a#b', 'a:', ':a', '- a', '-a', '?', '? a', '!a', '&a', '*a', '|', '>', '%a', '@a', '`a', "it's", '"q"',
  '{a}', '[a]', 'a,b', '{{id}}', 'C:\\x', 'http://example.org/a?b=c#d', '1'.repeat(308), '2'.repeat(309), '0x' + 'f'.repeat(255), '0x' + 'f'.repeat(257)];
const numberish = ['0', '1', '9', '_', '.', ':', '-', '+', 'e', 'E', 'x', 'o', 'b', 'T', 'Z', ' ', 'f'];
const odd = ['\t', '\r', '\n', '\0', '\x07', '\x1b', '\x7f', '\x85', '\xa0', '\xad', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff', '\ufffd', '\ud800', '\udc00',
  '\ue000', '😀', '𝒳', '\u{10ffff}', '日', 'ü', '\u200b'];
const marks = [' ', '  ', ':', ': ', '#', ' #', "'", '"', '\\', '-', '- ', '\n', '\n\n', '\n ', ' \n', ',', '{', '}', '[', ']', 'a', 'b', 'word', '😀', 'é'];

// A text of words, long enough to be folded now and then.
function prose() {
  const gaps = [' ', ' ', ' ', ' ', ' ', '  ', '\n', '\n\n', '\n ', ' \n', ' - ', ': ', ' # ', "'s ", random() < 0.1 ? pick(odd) : ' '];
  const letters = pick([['w'], ['w'], ['w', 'ü'], ['w', '😀'], ['日'], ['w', '-']]);
  let s = pick(['', '', '', '', ' ', '\n', '\n ', '- ', '# ']);
  for (let n = int(30); n >= 0; n--) s += join(1 + int(pick([4, 12, 12, 100])), letters) + pick(gaps);
  return s + pick(['', '', 'end', 'end\n', '\n', '\n\n', ' ']);
}
// One line that just fits, or just does not.
function edge() {
  const n = pick([76, 78, 72, 70, 40, 68]) + int(5) - 2;
  const unit = pick(['x', 'x', '😀', 'ü', ' x', 'x ']);
  let s = unit.repeat(Math.ceil(n / unit.length)).slice(0, n);
  if (random() < 0.3) s = s.slice(0, int(s.length)) + ' ' + s.slice(int(s.length));
  if (random() < 0.3) s += pick(['\n', '\n\n', '\nx', '\n x', ' ', ':']);
  return s;
}
const string = () => pick([
  () => pick(words), () => pick(words) + pick(['', ' ', 'x', '_', '0', ':', '\n']), () => join(int(9), numberish), () => join(int(8), marks),
  () => join(int(6), [...marks, ...odd]), () => join(int(40), marks), prose, prose, edge, () => 'w'.repeat(int(90)),
])();
function key() {
  if (random() < 0.01) return pick(['k', 'ü', '😀', "'", '\t']).repeat(pick([1022, 1023, 1024, 1025, 512, 513, 510, 600]));
  return random() < 0.7 ? pick(['a', 'b', 'note', 'meta', 'options', '1', '10', '007', '-1', '']) + pick(['', '', 'x']) : string();
}
const number = () => pick([
  () => int(1000), () => -int(10), () => random(), () => -0, () => random() * 10 ** (int(60) - 30), () => 10 ** (int(45) - 22), () => Math.round(random() * 2 ** 60),
  () => pick([Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 1e21, 1e-7, -1e-7, 123456789012345680000, 0.1 + 0.2]),
])();
function value(depth) {
  const r = random();
  if (depth > 0 && r < 0.25) return times(int(4), () => value(depth - 1));
  if (depth > 0 && r < 0.6) return Object.fromEntries(times(int(5), () => [key(), value(depth - 1)]));
  return r < 0.88 ? string() : r < 0.96 ? number() : pick([null, true, false, [], {}, [[]], [{}]]);
}
const nested = (n, v) => (n === 0 ? v : nested(n - 1, random() < 0.5 ? [v] : { k: v }));

// JSON.stringify, but for -0 and the infinities.
function stringify(v) {
  if (Array.isArray(v)) return '[' + v.map(stringify).join(',') + ']';
  if (v && typeof v === 'object') return '{' + Object.keys(v).map((k) => JSON.stringify(k) + ':' + stringify(v[k])).join(',') + '}';
  if (Object.is(v, -0)) return '-0';
  if (v === Infinity) return '1e999';
  if (v === -Infinity) return '-1e999';
  return JSON.stringify(v);
}

for (let n = Number(count); n > 0; n--) {
  const r = random();
  const doc = r < 0.3 ? { v: string() } : r < 0.4 ? nested(int(25), string()) : r < 0.5 ? value(0) : value(4);
  const text = stringify(doc);
  const again = JSON.parse(text);
  const yaml = newest.dump(again);
  const older = others.map((o) => o.dump(again));
  if (older.some((y) => y !== older[0])) throw new Error('the older ones differ: ' + text);
  process.stdout.write(`{"in":${text},"yaml":${JSON.stringify(yaml)}${older.length > 0 && older[0] !== yaml ? `,"yaml_4_1_1":${JSON.stringify(older[0])}` : ''}}\n`);
}
