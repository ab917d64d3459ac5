// Runs the schema commands of an installed Directus many times in one process,
// because starting it takes three seconds and the command itself a fraction of one.
//
//   node driver.mjs NODE_MODULES     (the environment as Directus wants it)
//
// It reads one request per line on stdin, {"db", "command", "file", "options", "edits"}, and
// answers each with one line on the file descriptor 3: {"exit", "output", "errors"}.
// A command is Directus's own function, the one its CLI calls, with the process's exit caught. The command
// "edit" calls its services as its HTTP API does for an administrator, or runs SQL.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const api = pathToFileURL(`${process.argv[2]}/@directus/api/dist/`).href;
const load = (path) => import(api + path);

class Exit extends Error {}
let code = null;
process.exit = (n) => {
  code ??= n ?? 0;
  throw new Exit(`exit ${n}`);
};

const { default: getDatabase } = await load('database/index.js');
const { useLogger } = await load('logger/index.js');
const { flushCaches } = await load('cache.js');
const commands = {
  apply: (await load('cli/commands/schema/apply.js')).apply,
  snapshot: (await load('cli/commands/schema/snapshot.js')).snapshot,
};

const { getSchema } = await load('utils/get-schema.js');
const services = {
  collections: (await load('services/collections.js')).CollectionsService,
  fields: (await load('services/fields.js')).FieldsService,
  relations: (await load('services/relations.js')).RelationsService,
};

async function edit(database, edits) {
  for (const { sql, service, method, args } of edits) {
    if (sql) {
      await database.raw(sql);
      continue;
    }
    const schema = await getSchema({ database, bypassCache: true });
    await new services[service]({ knex: database, schema })[method](...args);
  }
}

let output = [];
let errors = [];
console.log = (...args) => output.push(args.join(' '));
const logger = useLogger();
logger.error = (...args) => {
  const text = args.map((a) => a?.message ?? String(a)).join(' ');
  if (!(args[0] instanceof Exit)) errors.push(text);
};
logger.warn = logger.info = () => {};
process.on('unhandledRejection', (err) => {
  if (!(err instanceof Exit)) errors.push(`unhandled: ${err?.message ?? err}`);
});

async function run({ db, command, file, options, edits }) {
  const database = getDatabase();
  await database.destroy();
  database.client.connectionSettings.database = db;
  database.initialize();
  await flushCaches(true);
  [code, output, errors] = [null, [], []];
  try {
    if (command === 'edit') await edit(database, edits);
    else await commands[command](file, options ?? {});
  } catch (err) {
    if (!(err instanceof Exit)) throw err;
  }
  await database.destroy();
  return { exit: code, output: output.join('\n'), errors };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await run(JSON.parse(line));
  } catch (err) {
    answer = { exit: -1, output: '', errors: [String(err?.stack ?? err)] };
  }
  writeSync(3, JSON.stringify(answer) + '\n');
}
process.kill(process.pid, 'SIGKILL'); // caches and timers of Directus would keep it alive
