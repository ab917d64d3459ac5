// Writes pairs.jsonl: random pairs of JSON values with what deep-diff 1.0.2 says of them.
//   node generate.mjs FOLDER_OF_DEEP_DIFF > pairs.jsonl
import { createRequire } from 'node:module';
const { diff } = createRequire(import.meta.url)(process.argv[2]);

let state = 42;
const random = (n) => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8) % n;
const keys = ['a', 'b', 'meta', '10', '9', '', 'a b', 'A', 'ü'];
const value = (depth) => {
  switch (random(depth > 2 ? 5 : 7)) {
    case 0: return null;
    case 1: return random(2) === 0;
    case 2: return random(4) - 1.5;
    case 3: return ['', 'x', 'null', '1'][random(4)];
    case 4: return random(3);
    case 5: return Array.from({ length: random(4) }, () => value(depth + 1));
    default: {
      const o = {};
      for (let n = random(5); n > 0; n--) o[keys[random(keys.length)]] = value(depth + 1);
      return o;
    }
  }
};
const mutate = (v, depth) => {
  if (random(5) === 0) return value(depth);
  if (Array.isArray(v)) {
    const out = v.map((e) => mutate(e, depth + 1));
    if (random(3) === 0) out.push(value(depth + 1));
    if (random(3) === 0) out.pop();
    return out;
  }
  if (v && typeof v === 'object') {
    const out = {};
    for (const [k, e] of Object.entries(v)) if (random(6) > 0) out[k] = mutate(e, depth + 1);
    if (random(3) === 0) out[keys[random(keys.length)]] = value(depth + 1);
    return out;
  }
  return v;
};
for (let i = 0; i < 400; i++) {
  let lhs = value(0);
  while (lhs === null || typeof lhs !== 'object') lhs = value(0);
  const rhs = mutate(lhs, 0);
  const changes = (diff(lhs, rhs) ?? []).map((c) => {
    const path = (c.path ?? []).map(String);
    return c.kind === 'A' ? [c.kind, [...path, String(c.index)], c.item.lhs, c.item.rhs] : [c.kind, path, c.lhs, c.rhs];
  });
  // undefined is written as a missing side
  console.log(JSON.stringify({ lhs, rhs, changes: changes.map(([kind, path, l, r]) => ({ kind, path, ...(l !== undefined && { lhs: l }), ...(r !== undefined && { rhs: r }) })) }));
}
