// Rebuilds ../system.tsv and ../migrations.tsv from the packages that Directus publishes on npm.
//
//   node internal/directus/gen/gen.mjs [CACHE]
//
// Needs node >= 18, npm and tar. CACHE (default: a temporary folder) keeps what was unpacked.
// Reads every published directus >= 10.0.0 and, as the state before the first of them, 9.26.0.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const cache = resolve(process.argv[2] ?? mkdtempSync(join(tmpdir(), 'directus-gen-')));
const BEFORE = '9.26.0';

const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });

function unpack(name, version) {
	const dir = join(cache, name.replace('/', '__'), version);
	if (!existsSync(join(dir, 'package.json'))) {
		mkdirSync(dir, { recursive: true });
		const file = npm(['pack', '--silent', `${name}@${version}`], dir).trim().split('\n').pop();
		execFileSync('tar', ['xzf', file, '--strip-components=1'], { cwd: dir });
	}
	return dir;
}

const manifest = (dir) => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
const numbers = (v) => v.split('.').map(Number);

function compare(a, b) {
	const [x, y] = [numbers(a), numbers(b)];
	return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
}

function yaml() {
	if (!existsSync(join(cache, 'yaml', 'node_modules', 'js-yaml'))) {
		mkdirSync(join(cache, 'yaml'), { recursive: true });
		writeFileSync(join(cache, 'yaml', 'package.json'), '{"private":true}');
		npm(['install', '--silent', '--no-audit', '--no-fund', 'js-yaml@4'], join(cache, 'yaml'));
	}
	return createRequire(join(cache, 'yaml', 'package.json'))('js-yaml');
}

// Until 10.8 the system data are YAML files inside the api package.
function fromYaml(api) {
	const { load } = yaml();
	const read = (...path) => load(readFileSync(join(api, 'dist/database/system-data', ...path), 'utf8'));
	const fields = [];
	for (const file of readdirSync(join(api, 'dist/database/system-data/fields'))) {
		if (!file.endsWith('.yaml') || file.startsWith('_')) continue;
		const data = read('fields', file);
		for (const field of data.fields) fields.push({ ...field, collection: data.table });
	}
	const relations = read('relations/relations.yaml');
	return {
		collections: read('collections/collections.yaml').data,
		fields,
		relations: relations.data.map((row) => ({ ...relations.defaults, ...row })),
	};
}

async function systemData(api, manifest) {
	const version = manifest.dependencies['@directus/system-data'];
	if (!version) return fromYaml(api);
	const module = await import(pathToFileURL(join(unpack('@directus/system-data', version), 'dist/index.js')));
	return {
		collections: module.systemCollectionRows,
		fields: module.systemFieldRows,
		relations: module.systemRelationRows,
	};
}

const META = ['directus_collections', 'directus_fields', 'directus_relations'];
const list = (value) => (value ? [value].flat() : []);

function rows({ collections, fields, relations }) {
	const out = new Set();
	for (const c of collections) out.add(['collection', c.collection].join('\t'));
	for (const f of fields) {
		const special = META.includes(f.collection) ? list(f.special).join(',') : '';
		out.add(['field', f.collection, f.field, special].join('\t'));
	}
	for (const r of relations) {
		out.add(['relation', r.many_collection, r.many_field, r.one_collection ?? '', r.one_field ?? ''].join('\t'));
	}
	return out;
}

function migrations(api) {
	const ids = readdirSync(join(api, 'dist/database/migrations'))
		.map((name) => /^(\d{8}[A-Z])-.*\.js$/.exec(name)?.[1])
		.filter(Boolean);
	return new Set(ids);
}

// Folds "which versions have it" into lines "row <TAB> since <TAB> until": until is the first
// published version without the row, empty while the newest one still has it.
function fold(versions, sets) {
	const all = new Set(sets.flatMap((set) => [...set]));
	const lines = [];
	for (const row of all) {
		let since = null;
		versions.forEach((version, i) => {
			const has = sets[i].has(row);
			if (has && since === null) since = version;
			if (!has && since !== null) {
				lines.push(`${row}\t${since}\t${version}`);
				since = null;
			}
		});
		if (since !== null) lines.push(`${row}\t${since}\t`);
	}
	return lines.sort();
}

const published = JSON.parse(npm(['view', 'directus', 'versions', '--json']))
	.filter((v) => /^\d+\.\d+\.\d+$/.test(v) && compare(v, BEFORE) >= 0)
	.sort(compare);
const system = [];
const migrated = [];
for (const version of published) {
	const api = unpack('@directus/api', manifest(unpack('directus', version)).dependencies['@directus/api']);
	system.push(rows(await systemData(api, manifest(api))));
	migrated.push(migrations(api));
}
const header = (text) => `# ${text}\n# Made by gen/gen.mjs from these published versions: ${published.join(' ')}\n`;
const columns = 'collection NAME since until | field COLLECTION FIELD SPECIAL since until | relation MANY FIELD ONE ONE_FIELD since until';
writeFileSync(join(here, '../system.tsv'), header(columns) + fold(published, system).join('\n') + '\n');
writeFileSync(join(here, '../migrations.tsv'), header('ID since until') + fold(published, migrated).join('\n') + '\n');
console.log(`${published.length} versions, ${published[0]} to ${published.at(-1)}; unpacked under ${cache}`);
