import type { AnySql } from '../db/fragments.ts';

/** A channel as customers meet it. */
export interface Channel {
  name: string;
  greeting: string | null;
  /** Where what comes by it goes. */
  queue: string;
  /** Whether new conversations begin by it. */
  open: boolean;
}

/** Null if nobody knows it. */
export async function findChannel(sql: AnySql, id: string): Promise<Channel | null> {
  const [row] = await sql<Channel[]>`
    select name, greeting, queue_id as queue, active and deleted_at is null as open from channel where id = ${id}
  `;
  return row ?? null;
}
