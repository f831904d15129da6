import { foreignOrigin, invalid, type NewVisit } from '../../../shared/protocol/index.ts';
import { findChannel } from '../../conversations/channels.ts';
import { transaction } from '../../db/transaction.ts';
import { passNewVisitorGuard } from '../../identity/visitorGuard.ts';
import type { HitCounter } from '../../identity/signInGuard.ts';
import { newVisitor } from '../../identity/visitors.ts';
import type { App } from '../../lib/app.ts';
import { checkedDetails, type Details } from './visitorDetails.ts';

export interface Newcomer extends Details {
  channel: string;
  address: string;
  /** Whether the page that asks may show that channel. */
  mayShow(channel: string): Promise<boolean>;
}

/**
 * Lets somebody new in by a channel. Nobody else hears of it before they write.
 * @throws ApiError `invalid`, `foreign_origin`, `too_many_requests`
 */
export async function beginVisit(app: App, hits: HitCounter, newcomer: Newcomer): Promise<NewVisit> {
  const { channel: channelId, address, mayShow } = newcomer;
  await passNewVisitorGuard(hits, address);
  const { name = null, email = null } = checkedDetails(app, newcomer);
  if (!(await mayShow(channelId))) throw foreignOrigin();
  return transaction(app.sql, async (tx) => {
    const channel = await findChannel(tx, channelId);
    if (!channel?.open) throw invalid({ channel: 'No such channel' });
    const { token, visitorId } = await newVisitor(tx, { channelId, name, email });
    return {
      token,
      visitor: visitorId,
      channel: { name: channel.name, greeting: channel.greeting },
      ticket: null,
    };
  });
}
