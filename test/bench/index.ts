/**
 * `npm run bench -- NAME [--json] …`: measures one thing and prints what it found, as a table and, as the last line, as
 * one JSON object; with `--json` the table goes to stderr. Exits with 1 if it could not measure.
 */
const BENCHES: Record<string, () => Promise<{ bench: Bench }>> = {
  fanout: () => import('./fanout/index.ts'),
  memory: () => import('./memory/index.ts'),
  scroll: () => import('./scroll/index.ts'),
  views: () => import('./views/index.ts'),
  access: () => import('./access/index.ts'),
  bulk: () => import('./bulk/index.ts'),
  sequence: () => import('./sequence/index.ts'),
  rules: () => import('./rules/index.ts'),
  latency: () => import('./latency/index.ts'),
  revoke: () => import('./revoke/index.ts'),
  preview: () => import('./preview/index.ts'),
  reconnect: () => import('./reconnect/index.ts'),
};

/** Takes the arguments after its name, says what it is at by `say`, and answers the object to print. */
export type Bench = (args: readonly string[], say: (text: string) => void) => Promise<object>;

const [name = '', ...rest] = process.argv.slice(2);
const load = BENCHES[name];
if (load) {
  const json = rest.includes('--json');
  const { bench } = await load();
  const found = await bench(
    rest.filter((argument) => argument !== '--json'),
    (text) => (json ? process.stderr : process.stdout).write(`${text}\n`),
  );
  console.log(JSON.stringify(found));
} else {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--json]`);
  process.exitCode = 1;
}
