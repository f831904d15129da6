import type { AnySql } from '../db/fragments.ts';
import type { Tx } from '../db/transaction.ts';
import { must } from '../../shared/lib/must.ts';

// What somebody is writing and has not sent. Theirs alone: no record, nothing that others are told of.

export type DraftKind = 'reply' | 'note';

export interface StoredDraft {
  ticket: string;
  kind: DraftKind;
  body: string;
  /** Ids of people, unchecked: who may be mentioned is asked when it is sent. */
  mentions: string[];
  /** ISO. */
  updated_at: string;
}

export type DraftPlace = Pick<StoredDraft, 'ticket' | 'kind'>;

/** More than these nobody keeps: a further one takes the place of the oldest. */
export const DRAFTS_MAX = 200;

/** A person's drafts, the newest first. */
export const draftsOf = (sql: AnySql, userId: string): Promise<StoredDraft[]> => sql<StoredDraft[]>`
  select ticket_id as ticket, kind, body, mention_ids as mentions, updated_at from draft
  where user_id = ${userId} order by updated_at desc, ticket_id, kind limit ${DRAFTS_MAX}
`;

export async function hasDraft(tx: Tx, userId: string, { ticket, kind }: DraftPlace): Promise<boolean> {
  const [row] = await tx`
    select 1 from draft where user_id = ${userId} and ticket_id = ${ticket} and kind = ${kind}
  `;
  return row !== undefined;
}

/** Keeps a draft in place of what was there; answers when. */
export async function keepDraft(
  tx: Tx,
  userId: string,
  { ticket, kind, body, mentions }: Omit<StoredDraft, 'updated_at'>,
): Promise<string> {
  const [row] = await tx<{ updated_at: string }[]>`
    insert into draft (user_id, ticket_id, kind, body, mention_ids)
    values (${userId}, ${ticket}, ${kind}, ${body}, ${mentions}::uuid[])
    on conflict (user_id, ticket_id, kind) do update set
      body = excluded.body, mention_ids = excluded.mention_ids, updated_at = clock_timestamp()
    returning updated_at
  `;
  await tx`
    delete from draft where user_id = ${userId} and (ticket_id, kind) in (
      select ticket_id, kind from draft where user_id = ${userId}
      order by updated_at desc, ticket_id, kind offset ${DRAFTS_MAX}
    )
  `;
  return must(row, 'the draft').updated_at;
}

export async function dropDraft(tx: Tx, userId: string, { ticket, kind }: DraftPlace): Promise<void> {
  await tx`delete from draft where user_id = ${userId} and ticket_id = ${ticket} and kind = ${kind}`;
}
