import type { AnySql } from '../db/fragments.ts';

/** The ticket in which a visitor writes: their newest that is not in the bin; null before their first message. */
export async function ticketOfVisitor(sql: AnySql, visitorId: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from ticket where customer_id = ${visitorId} and deleted_at is null
    order by number desc limit 1
  `;
  return row?.id ?? null;
}
