// Reads texts, one JSON string a line, and writes what js-yaml's load makes of
// each, one JSON object a line: {"in": text, "out": value} or {"in": text} where
// it throws. Timestamps stay strings; Infinity is written 1e999.
//
//   node load.mjs path/to/js-yaml-4.3 < texts.jsonl > load.jsonl
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const yaml = createRequire(import.meta.url)(resolve(process.argv[2]));
const schema = yaml.CORE_SCHEMA.extend({ implicit: [yaml.types.merge] });

function stringify(v) {
  if (Array.isArray(v)) return '[' + v.map(stringify).join(',') + ']';
  if (v && typeof v === 'object') return '{' + Object.keys(v).map((k) => JSON.stringify(k) + ':' + stringify(v[k])).join(',') + '}';
  if (Object.is(v, -0)) return '-0';
  if (v === Infinity) return '1e999';
  if (v === -Infinity) return '-1e999';
  return JSON.stringify(v ?? null);
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const text = JSON.parse(line);
  let out;
  try {
    out = stringify(yaml.load(text, { schema }));
  } catch (error) {
    // A RangeError: the value holds itself.
    if (!(error instanceof yaml.YAMLException || error instanceof RangeError)) throw error;
  }
  process.stdout.write(`{"in":${JSON.stringify(text)}${out === undefined ? '' : `,"out":${out}`}}\n`);
}
