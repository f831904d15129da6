import { createHash } from 'node:crypto';
import { idempotencyConflict, malformed } from '../../shared/protocol/index.ts';
import { transaction } from '../db/transaction.ts';
import type { App } from '../lib/app.ts';
import type { Act } from './perform.ts';

const KEY_MAX = 200;

export interface Request {
  /** As the client sent it; without one every request is a new one. */
  key: string | undefined;
  /** What was asked for: a second request with this key must ask for the same. */
  content: unknown;
  object: string;
  /** The record meant, or the id that a new one will have. */
  id: string;
  /** HTTP status of the answer. */
  status: number;
}

/**
 * Does the work once per key and person. Whoever comes second (also at the very same time: they wait for the first
 * to commit) has `again` answer, from the record's id and the status kept; it reads with the rights of now.
 * @throws ApiError `idempotency_conflict`, `malformed` (a key of more than 200 characters)
 */
export async function once<T>(
  { tx, caller }: Pick<Act, 'tx' | 'caller'>,
  { key, content, object, id, status }: Request,
  work: () => Promise<T>,
  again: (id: string, status: number) => Promise<T>,
): Promise<T> {
  if (key === undefined) return work();
  if (key === '' || key.length > KEY_MAX)
    throw malformed(`An Idempotency-Key has 1 to ${KEY_MAX} characters`);
  const user = caller.actor.userId;
  const hash = createHash('sha256')
    .update(canonical([object, content]))
    .digest('hex');
  const [mine] = await tx`
    insert into idempotency (user_id, key, request_hash, object, record_id, status)
    values (${user}, ${key}, ${hash}, ${object}, ${id}, ${status})
    on conflict do nothing returning 1
  `;
  if (mine) return work();
  const [first] = await tx<{ request_hash: string; record_id: string; status: number }[]>`
    select request_hash, record_id, status from idempotency where user_id = ${user} and key = ${key}
  `;
  if (first?.request_hash !== hash) throw idempotencyConflict();
  return again(first.record_id, first.status);
}

/** Forgets keys after a day, a batch at a time; returns how many. */
export async function pruneIdempotency({ sql }: Pick<App, 'sql'>, limit = 1_000): Promise<number> {
  return transaction(sql, async (tx) => {
    const gone = await tx`
      delete from idempotency where (user_id, key) in (
        select user_id, key from idempotency where at < now() - interval '24 hours' order by at limit ${limit}
        for update skip locked
      )
    `;
    return gone.count;
  });
}

/** JSON with keys in order, so that the same request is the same text. */
const canonical = (content: unknown): string =>
  JSON.stringify(content, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  ) ?? 'undefined';
