import { must } from '../../shared/lib/must.ts';
import type { Visit } from '../../shared/protocol/index.ts';
import { findChannel } from '../conversations/channels.ts';
import { ticketOfVisitor } from '../conversations/threads.ts';
import { visitorDetails } from '../identity/visitors.ts';
import type { App, Caller } from '../lib/app.ts';

/** Who a visitor is to us, and where they write. */
export async function describeVisit({ sql }: App, { actor: { userId } }: Caller): Promise<Visit> {
  const [{ channel: channelId, name, email }, ticket] = await Promise.all([
    visitorDetails(sql, userId),
    ticketOfVisitor(sql, userId),
  ]);
  const channel = must(await findChannel(sql, channelId), 'the channel');
  return {
    visitor: userId,
    name,
    email,
    channel: { name: channel.name, greeting: channel.greeting },
    ticket,
  };
}
