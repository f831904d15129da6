import type { Image } from '../../../shared/access/index.ts';
import { must } from '../../../shared/lib/must.ts';
import type { Tx } from '../../db/transaction.ts';
import { changes, merged, type Behaviour, type Draft, type Written } from './behaviour.ts';
import { mustBeOpen } from './queue.ts';

/** A ticket finds its place in the queue by itself, and knows whose hands it leaves when it is moved. */
export const ticket: Behaviour = {
  async prepare({ tx }, drafts) {
    const fresh = drafts.filter(({ before }) => before === null);
    const numbers = await takeNumbers(tx, fresh.filter(({ values }) => isNone(values['number'])).length);
    for (const { values } of fresh) {
      if (isNone(values['number'])) values['number'] = must(numbers.shift(), 'a number');
      values['status'] ??= 'open';
      values['priority'] ??= 'normal';
    }
    for (const draft of drafts) {
      if (changes(draft, 'queue')) await enterQueue(tx, draft);
      if (draft.before) handOver(draft);
      resolve(draft);
      draft.values['place'] = placeOf(draft);
    }
  },
  restore: ({ tx }, record) => mustBeOpen(tx, record['queue']),
  async follow({ actorId, registry, past, add }, written) {
    const given = written.filter((one) => isGiven(one, actorId));
    if (past || given.length === 0) return;
    await add(
      registry.get('notification'),
      given.map(({ after }) => ({
        user: String(after['assignee']),
        kind: 'assigned',
        ticket: after.id,
        author: actorId,
      })),
    );
  },
};

const isNone = (value: unknown): boolean => value === undefined || value === null;

async function takeNumbers(tx: Tx, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await tx<{ number: number }[]>`
    select nextval('ticket_number')::int as number from generate_series(1, ${count})
  `;
  return rows.map(({ number }) => number);
}

/** In another queue it keeps its assignee only if they work that one, and no team, unless these are named along. */
async function enterQueue(tx: Tx, { before, values }: Draft): Promise<void> {
  await mustBeOpen(tx, values['queue']);
  if (!before) return;
  const [queue] = await tx<{ works: boolean }[]>`
    select exists (
      select from team_person p
      where p.user_id = ${String(before['assignee'] ?? '') || null}::uuid and p.team_id = any (team_ids)
    ) as works
    from queue where id = ${String(values['queue'])}
  `;
  if (!queue?.works && !('assignee' in values)) values['assignee'] = null;
  if (!('team' in values)) values['team'] = null;
}

/** Given to another team, it is nobody's there until somebody takes it. A teammate keeps the team. */
function handOver(draft: Draft): void {
  const { values } = draft;
  if (values['team'] && changes(draft, 'team') && !('assignee' in values)) values['assignee'] = null;
}

function resolve(draft: Draft): void {
  const { values, at } = draft;
  if (draft.before && !changes(draft, 'status')) return;
  const resolved = merged(draft)['status'] === 'resolved';
  values['resolved_at'] = resolved ? (values['resolved_at'] ?? at) : null;
  if (resolved) values['waiting_since'] = null;
}

const URGENCY: Readonly<Record<string, number>> = { urgent: 1, high: 2, normal: 3, low: 4 };

/**
 * By urgency, then who waits the longest, then what waits for nobody, by when it stopped waiting: all as digits. Not by
 * the last message, whose time is only for those who may read the thread.
 */
function placeOf(draft: Draft): string {
  const record = merged(draft);
  const urgency = URGENCY[String(record['priority'])] ?? 5;
  const waits = record['waiting_since'] ?? null;
  const kept = draft.before && !changes(draft, 'waiting_since') && String(draft.before['place']).slice(2);
  const since = kept || String(Date.parse(String(waits ?? draft.at))).padStart(14, '0');
  return `${urgency}${waits === null ? 1 : 0}${since}`;
}

const isGiven = ({ before, after }: Written, actorId: string | null): boolean => {
  const assignee = after['assignee'] ?? null;
  return assignee !== null && assignee !== actorId && assignee !== (before as Image | null)?.['assignee'];
};
