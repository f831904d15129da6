import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Whatever carries one of these names is never written, at the top or one level down. */
const SECRETS = ['password', 'token', 'secret', 'cookie', 'set-cookie', 'authorization'].flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
]);

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** The program's log. Set up once by main; before that (and in tests) readable lines at level `info`. */
export let log: Logger = create({ production: false, level: 'info' });

/** JSON lines for machines in production, one readable line each otherwise. */
export function setUpLog(options: { production: boolean; level?: string }): void {
  log = create({ level: 'info', ...options });
}

function create({ production, level }: { production: boolean; level: string }): Logger {
  const options = { level, base: null, redact: SECRETS, serializers: { err: describeError } };
  return production
    ? pino(options)
    : pino(options, { write: (line) => process.stdout.write(readable(line)) });
}

/** An error without what a driver hangs on it: details and parameters of a statement quote people's data. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  return { type: error.name, code, message: error.message, stack: error.stack };
}

function readable(line: string): string {
  // Our own line, just written by pino.
  const { level, time, msg, err, ...rest } = JSON.parse(line) as {
    level: number;
    time: number;
    msg?: string;
    err?: { message: string; stack?: string };
  };
  const at = new Date(time).toTimeString().slice(0, 8);
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const words = [at, LEVELS[level] ?? String(level), msg ?? err?.message, ...facts].filter(Boolean).join(' ');
  return err?.stack === undefined ? `${words}\n` : `${words}\n${err.stack}\n`;
}
