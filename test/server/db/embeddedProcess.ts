import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { notLongerThanUs } from '../../world/cleanup.ts';

/** A process of its own that has started an embedded Postgres, as a second Rolecall would. */
export interface EmbeddedProcess {
  child: ChildProcess;
  url: string;
  /** The next line it says. It stops Postgres in order on SIGINT and then says `stopped`. */
  line(): Promise<string>;
}

/** Leads a process group of its own, as a shell's job does. */
export async function startElsewhere(dataDir: string): Promise<EmbeddedProcess> {
  const words = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM, dataDir];
  const child = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  notLongerThanUs(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the other process ended');
    return value;
  };
  return { child, url: await line(), line };
}

/** On SIGINT it uses the database once more, so Postgres must not have got the signal too. */
const PROGRAM = `
  import { startEmbedded } from ${JSON.stringify(new URL('../../../server/db/embedded.ts', import.meta.url).href)};
  import { connect } from ${JSON.stringify(new URL('../../../server/db/connect.ts', import.meta.url).href)};
  const postgres = await startEmbedded({ dataDir: process.argv[1] });
  const sql = await connect(postgres.url);
  process.on('SIGINT', async () => {
    const [row] = await sql\`select 'still ' || 'here' as words, pg_sleep(0.2)\`;
    console.log(row.words);
    await sql.end();
    await postgres.stop();
    console.log('stopped');
    process.exit(0);
  });
  console.log(postgres.url);
  setInterval(() => {}, 1e6);
`;
