import { transaction } from '../../db/transaction.ts';
import { inviteFirst } from '../../identity/invitations.ts';
import type { App } from '../../lib/app.ts';

/**
 * The link by which the first administrator of an empty store enters; null if there are people already. It is good for
 * 24 hours and one use, and only its hash is kept, so print it: it cannot be told again, only made anew at the next
 * start. Links of several processes that start at once all work, until one of them was used.
 */
export async function firstAdministratorLink(app: App, publicUrl: string): Promise<string | null> {
  const token = await transaction(app.sql, inviteFirst);
  // After the #, so that it is in no request line, no log and no Referer header.
  return token && `${publicUrl.replace(/\/$/, '')}/welcome#token=${token}`;
}
