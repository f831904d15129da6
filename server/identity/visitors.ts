import type { Sql } from '../db/connect.ts';
import type { Tx } from '../db/transaction.ts';
import type { App, Caller } from '../lib/app.ts';
import { monotonic_ms } from '../lib/clock.ts';
import { log } from '../lib/log.ts';
import { newId } from '../../shared/lib/ids.ts';
import { must } from '../../shared/lib/must.ts';
import { DAY_ms, HOUR_ms, SECOND_ms } from '../../shared/lib/time.ts';
import { sessionEnded, unauthenticated } from '../../shared/protocol/index.ts';
import { hashToken, newToken, readToken, type Token } from './tokens.ts';

/** A visitor's token opens their thread for this long after it was last used. */
const LASTS_ms = 90 * DAY_ms;
const SLIDE_EVERY_ms = HOUR_ms;

/** Somebody at the other end of a channel, by the store's word of just now. */
export interface Visitor {
  visitorId: string;
  channelId: string;
  /** ISO; moves as the token is used. */
  expiresAt: string;
}

/** Lets somebody new in. The token leaves here once; the store has its hash. */
export async function newVisitor(
  tx: Tx,
  { channelId, name, email }: { channelId: string; name: string | null; email: string | null },
): Promise<{ token: Token; visitorId: string }> {
  const token = newToken();
  const visitorId = newId();
  await tx`
    insert into visitor (id, channel_id, token_hash, name, email, expires_at)
    values (${visitorId}, ${channelId}, ${hashToken(token)}, ${name}, ${email},
      clock_timestamp() + ${LASTS_ms} * interval '1 ms')
  `;
  return { token, visitorId };
}

/**
 * Whom a token lets in; `token` is whatever was sent as one. Its end is put off as it is used.
 * @throws ApiError `unauthenticated` if it never was one, `session_ended` if it is over
 */
export async function visitorByToken(app: Pick<App, 'sql'>, token: unknown): Promise<Visitor> {
  const known = readToken(token);
  if (!known) throw unauthenticated();
  const [row] = await app.sql<(Visitor & { ended: boolean; expired: boolean; slide_due: boolean })[]>`
    select id as "visitorId", channel_id as "channelId", expires_at as "expiresAt",
      ended_at is not null as ended, expires_at <= clock_timestamp() as expired,
      seen_at <= clock_timestamp() - ${SLIDE_EVERY_ms} * interval '1 ms' as slide_due
    from visitor where token_hash = ${hashToken(known)}
  `;
  if (!row) throw unauthenticated();
  if (row.ended) throw sessionEnded('logout');
  if (row.expired) throw sessionEnded('expired');
  const { visitorId, channelId, expiresAt, slide_due } = row;
  if (slide_due)
    slide(app, visitorId).catch((err: unknown) => log.warn({ err }, "a visitor's token did not slide"));
  return { visitorId, channelId, expiresAt };
}

/** Only ever an UPDATE of a row that is found alive, and never a wait: whoever writes just now will be seen again. */
async function slide({ sql }: Pick<App, 'sql'>, visitorId: string): Promise<void> {
  await sql`
    update visitor set seen_at = clock_timestamp(),
      expires_at = clock_timestamp() + ${LASTS_ms} * interval '1 ms'
    where id = (
      select id from visitor
      where id = ${visitorId} and ended_at is null and expires_at > clock_timestamp()
        and seen_at <= clock_timestamp() - ${SLIDE_EVERY_ms} * interval '1 ms'
      for no key update skip locked
    )
  `;
}

/**
 * Holds the visitor's token open until this transaction is over, as `lockSession` does for a session: an end comes
 * after the commit, or the command fails. Commands of one visitor thereby come one after the other.
 * @throws ApiError `session_ended`
 */
export async function lockVisitor(tx: Tx, caller: Caller): Promise<void> {
  // Asked again on the row as it is once the lock is ours.
  const [held] = await tx`
    select 1 from visitor
    where id = ${caller.actor.userId} and ended_at is null and expires_at > clock_timestamp()
    for no key update
  `;
  if (!held) throw sessionEnded();
}

/** Ends a visitor's token, and with it their sockets on every node; after the commit of what they are writing. */
export async function endVisitor(app: App, visitorId: string): Promise<void> {
  await app.sql`
    update visitor set ended_at = clock_timestamp() where id = ${visitorId} and ended_at is null
  `;
  app.poke('sessions');
}

/** What a visitor said of themselves, and through which channel they came. */
export interface VisitorDetails {
  channel: string;
  name: string | null;
  email: string | null;
}

export async function visitorDetails(sql: Sql | Tx, visitorId: string): Promise<VisitorDetails> {
  const [row] = await sql<VisitorDetails[]>`
    select channel_id as channel, name, email from visitor where id = ${visitorId}
  `;
  return must(row, 'the visitor');
}

/** Gives a visitor another name or address; what is absent stays. */
export async function renameVisitor(
  tx: Tx,
  visitorId: string,
  { name, email }: { name?: string | null; email?: string | null },
): Promise<void> {
  await tx`
    update visitor set
      name = ${name === undefined ? tx`name` : name}, email = ${email === undefined ? tx`email` : email}
    where id = ${visitorId}
  `;
}

/** Those without a word, so that nobody fills the store by coming and going; they are let in anew. */
export async function forgetSilentVisitors(tx: Tx): Promise<number> {
  const gone = await tx`
    delete from visitor where id in (
      select v.id from visitor v
      where v.seen_at < now() - ${SILENT_ms} * interval '1 ms'
        and not exists (select from ticket t where t.customer_id = v.id)
      order by v.seen_at limit ${SILENT_BATCH} for update skip locked
    )
  `;
  return gone.count;
}

const SILENT_ms = 7 * DAY_ms;
const SILENT_BATCH = 5_000;

/** For this long, what channels allowed is taken to be what they allow. */
const ORIGINS_FRESH_ms = SECOND_ms;
const CHANNELS_MAX = 1_000;
const originsOf = new WeakMap<Sql, { until_ms: number; origins: Promise<Map<string, Set<string>>> }>();

/**
 * Whether pages of this origin (`https://shop.example`) may show a channel; null: any channel at all. By the web sites
 * that active channels name, as of a second ago at most; our own pages are the caller's to let pass.
 */
export async function originAllowed(
  { sql }: Pick<App, 'sql'>,
  channelId: string | null,
  origin: string,
): Promise<boolean> {
  let known = originsOf.get(sql);
  if (!known || known.until_ms <= monotonic_ms()) {
    known = { until_ms: monotonic_ms() + ORIGINS_FRESH_ms, origins: loadOrigins(sql) };
    known.origins.catch(() => originsOf.delete(sql));
    originsOf.set(sql, known);
  }
  const channels = await known.origins;
  if (channelId !== null) return channels.get(channelId)?.has(origin) ?? false;
  return [...channels.values()].some((origins) => origins.has(origin));
}

async function loadOrigins(sql: Sql): Promise<Map<string, Set<string>>> {
  const rows = await sql<{ id: string; origins: string | null }[]>`
    select id, origins from channel where deleted_at is null order by id limit ${CHANNELS_MAX}
  `;
  return new Map(rows.map(({ id, origins }) => [id, new Set(readOrigins(origins ?? ''))]));
}

/** One a line; what is no http or https address counts for nothing, and neither does what stands behind the host. */
function readOrigins(lines: string): string[] {
  return lines.split(/\s+/).flatMap((line) => {
    const url = URL.canParse(line) ? new URL(line) : null;
    return url && /^https?:$/.test(url.protocol) ? [url.origin] : [];
  });
}
