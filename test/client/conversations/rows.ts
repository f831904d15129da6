import type { MaskedRecord } from '../../../shared/access/index.ts';

/** Tickets by one letter each. */
export const rowsOf = (letters: string): MaskedRecord[] => [...letters].map((id) => ticketOf({ id }));

/** A ticket with these values, as someone may see it. */
export const ticketOf = (values: Record<string, unknown> & { id?: string }): MaskedRecord => ({
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  may: { actions: [], edit: [] },
  ...values,
  id: values.id ?? 'x',
});
