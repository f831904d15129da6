import type { Image } from '../../../shared/access/index.ts';
import { notAllowed } from '../../../shared/protocol/index.ts';
import { ticketOfVisitor } from '../../conversations/threads.ts';
import type { App, Caller } from '../../lib/app.ts';
import { lockImage } from '../../records/lockImage.ts';
import { changeRecord } from '../../records/write.ts';
import { perform, type Act } from '../perform.ts';
import { idFrom } from '../records/request.ts';
import { mustRead } from '../records/rights.ts';

// How far either side has read: up to `through`, the moment of the last message that they have before them. It only
// moves forward, and no history tells of it.

/**
 * One of us has read a ticket: whoever may answer it has done so for all of us.
 * @throws ApiError `not_found`, `not_allowed`, `session_ended`
 */
export async function markSeen(app: App, caller: Caller, ticketId: string, through?: string): Promise<void> {
  const id = idFrom(ticketId);
  const object = app.registry.get('ticket');
  await perform(app, caller, async (act) => {
    const image = await lockImage(act.tx, app.registry, object, id);
    const { may } = mustRead(await act.actor(), app.registry, object, image);
    if (!may.actions.includes('reply')) throw notAllowed('ticket.reply');
    if (image) await moveForward(act, image, 'seen_by_us_at', through);
  });
}

/** The customer has read what there is. @throws ApiError `session_ended` */
export async function markSeenByCustomer(app: App, caller: Caller, through?: string): Promise<void> {
  await perform(app, caller, async (act) => {
    const id = await ticketOfVisitor(act.tx, caller.actor.userId);
    const image = id && (await lockImage(act.tx, app.registry, app.registry.get('ticket'), id));
    if (image) await moveForward(act, image, 'seen_by_customer_at', through);
  });
}

async function moveForward(
  { tx, app, ctx }: Act,
  ticket: Image,
  field: 'seen_by_us_at' | 'seen_by_customer_at',
  through: string | undefined,
): Promise<void> {
  const [last, seen] = [ticket['last_message_at'], ticket[field]];
  if (typeof last !== 'string') return;
  // What came while the word was on its way has not been read.
  const read = through !== undefined && Date.parse(through) < Date.parse(last) ? isoOf(through) : last;
  if (typeof seen === 'string' && seen >= read) return;
  await changeRecord(tx, app, ctx, app.registry.get('ticket'), ticket.id, { [field]: read }, { keep: false });
}

const isoOf = (moment: string): string => new Date(moment).toISOString();
