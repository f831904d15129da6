/** The code of a failed statement (`23505`) or connection (`ECONNREFUSED`), `undefined` for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a statement broke a unique rule; with `constraint`, that one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  if (constraint === undefined) return true;
  return error instanceof Error && 'constraint_name' in error && error.constraint_name === constraint;
}

/** Whether a transaction lost against another one and may simply be tried again. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Whether a statement was ended before it was done: by its time limit, or by us. */
export const isCut = (error: unknown): boolean => sqlState(error) === '57014';

/** Whether the store took too long or is not there: for the caller a 503, to be tried again later. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (UNAVAILABLE.has(state) || state.startsWith('08') || state.startsWith('53'));
}

const UNAVAILABLE = new Set([
  '57014', // statement_timeout
  '55P03', // lock_timeout
  '25P03', // idle_in_transaction_session_timeout
  '57P01', // server is stopping
  '57P02',
  '57P03', // server is starting
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
]);
