import { decide, mask, type Image, type MaskedRecord } from '../../../shared/access/index.ts';
import { newId } from '../../../shared/lib/ids.ts';
import { invalid, notAllowed, notFound } from '../../../shared/protocol/index.ts';
import { findChannel } from '../../conversations/channels.ts';
import { ticketOfVisitor } from '../../conversations/threads.ts';
import { visitorDetails } from '../../identity/visitors.ts';
import type { App, Caller } from '../../lib/app.ts';
import { fetchImage } from '../../records/imageSql.ts';
import { lockImage } from '../../records/lockImage.ts';
import { insertRecord } from '../../records/write.ts';
import { once } from '../idempotency.ts';
import { perform, type Act } from '../perform.ts';
import { parseValues } from '../records/request.ts';
import { asTicketFields } from './visitorDetails.ts';

export interface VisitorMessage {
  body: string;
  idempotencyKey?: string;
}

/** As the visitor sees it; `ticket` is the id of the thread it is in. */
export interface Written {
  ticket: string;
  message: MaskedRecord;
}

/**
 * A customer writes: in their thread, which their first message opens. Two at once are in one thread, as `perform`
 * lets the commands of one visitor through one by one.
 * @throws ApiError `invalid`, `not_allowed`, `idempotency_conflict`, `session_ended`
 */
export async function writeAsVisitor(
  app: App,
  caller: Caller,
  { body, idempotencyKey: key }: VisitorMessage,
): Promise<Written> {
  const object = app.registry.get('message');
  const values = parseValues(object, { body });
  const id = newId();
  const asked = { key, content: ['write', values], object: object.name, id, status: 201 };
  return perform(app, caller, (act) =>
    once(
      act,
      asked,
      async () => {
        const ticket = (await openThread(act)) ?? (await newThread(act, body));
        // As they call themselves, and not as we do.
        const { name } = await visitorDetails(act.tx, caller.actor.userId);
        const said = { ...values, ticket, author_name: name };
        const message = await insertRecord(act.tx, app, act.ctx, object, said, { id });
        return asSeen(act, message);
      },
      async (known) => {
        const message = await fetchImage(act.tx, object, known, { lock: false });
        if (!message) throw notFound();
        return asSeen(act, message);
      },
    ),
  );
}

/** Their thread, held, if there is one. */
async function openThread(act: Act): Promise<string | null> {
  const { tx, app, caller } = act;
  const object = app.registry.get('ticket');
  const id = await ticketOfVisitor(tx, caller.actor.userId);
  const ticket = id && (await lockImage(tx, app.registry, object, id));
  // Put into the bin meanwhile, it is no thread any more.
  if (!ticket || ticket.deleted_at !== null) return null;
  if (!decide(await act.actor(), app.registry, 'reply', object, ticket).allowed)
    throw notAllowed('ticket.reply');
  return ticket.id;
}

async function newThread({ tx, app, ctx, caller }: Act, body: string): Promise<string> {
  const { userId } = caller.actor;
  const { channel: channelId, ...details } = await visitorDetails(tx, userId);
  const channel = await findChannel(tx, channelId);
  if (!channel?.open) throw invalid({ channel: 'This chat is closed' });
  const values = {
    subject: subjectOf(body),
    queue: channel.queue,
    channel: channelId,
    customer: userId,
    ...asTicketFields(details),
  };
  return (await insertRecord(tx, app, ctx, app.registry.get('ticket'), values)).id;
}

async function asSeen(act: Act, message: Image): Promise<Written> {
  const seen = mask(await act.actor(), act.app.registry, act.app.registry.get('message'), message);
  if (!seen) throw notFound();
  return { ticket: String(message['ticket']), message: seen };
}

const SUBJECT_CHARACTERS = 80;

/** The first line that says anything, cut between words where it is long. */
function subjectOf(body: string): string {
  const line = body
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  if (characters.length <= SUBJECT_CHARACTERS) return line;
  const cut = characters.slice(0, SUBJECT_CHARACTERS - 1).join('');
  const words = cut.slice(0, Math.max(0, cut.lastIndexOf(' ')));
  // Chinese has no spaces, and neither does an address.
  return `${words.length >= cut.length / 2 ? words : cut}…`;
}
