import { HOUR_ms, MINUTE_ms } from '../../../shared/lib/time.ts';
import { TAGS, TOPICS, type QueueKey, type Topic } from './conversations.ts';
import type { Contact, Customers, Numbered } from './customers.ts';
import { PEOPLE, TEAMS, type DemoPerson, type TeamKey } from './people.ts';
import { demoId, type Calendar, type Chance } from './random.ts';

const TICKETS = 300;
/** So many are still open; the others tell of the last four months. */
const OPEN = 78;

/** The four queues and who works them. */
export const QUEUES: Record<QueueKey, { id: string; name: string; teams: readonly TeamKey[] }> = {
  billing: { id: demoId('queue', 1), name: 'Billing', teams: ['support'] },
  orders: { id: demoId('queue', 2), name: 'Orders', teams: ['support'] },
  technical: { id: demoId('queue', 3), name: 'Technical', teams: ['technical'] },
  vip: { id: demoId('queue', 4), name: 'Key accounts', teams: ['support', 'technical'] },
};
export const CHAT = { id: demoId('channel', 1), name: 'Tessera support', queue: QUEUES.orders.id };

export interface Ticket {
  record: Numbered;
  /** Taken by somebody, and later solved. */
  taken: { at: string; by: DemoPerson } | null;
  resolved: { at: string; by: DemoPerson } | null;
  messages: Numbered[];
  notes: Numbered[];
}

/** Queues, tags, the chat, as records. */
export const supportRecords = (at: string) => ({
  queue: Object.values(QUEUES).map(({ id, name, teams }, position) => ({
    id,
    values: { name, teams: teams.map((team) => TEAMS[team].id), position },
    at,
  })),
  tag: TAGS.map((name, i) => ({ id: demoId('tag', i + 1), values: { name }, at })),
  channel: [
    {
      id: CHAT.id,
      values: { name: CHAT.name, queue: CHAT.queue, greeting: 'usually answers in 3 minutes', active: true },
      at,
    },
  ],
});

/** 300 tickets with their threads, the oldest first. */
export function makeTickets({ contacts }: Customers, calendar: Calendar, chance: Chance): Ticket[] {
  const now = calendar.now.getTime();
  const begins = Array.from({ length: TICKETS }, (_, i) =>
    i < TICKETS - OPEN
      ? now - Math.round((120 * (TICKETS - i)) / TICKETS + 2) * 24 * HOUR_ms - chance.int(0, 600) * MINUTE_ms
      : now - Math.round(((TICKETS - i) / OPEN) ** 2 * 50 * 60 + 2) * MINUTE_ms,
  );
  return begins.map((begun, i) =>
    makeTicket(i, begun, i >= TICKETS - OPEN, chance.pick(contacts), calendar, chance),
  );
}

function makeTicket(
  i: number,
  begun: number,
  open: boolean,
  contact: Contact,
  calendar: Calendar,
  chance: Chance,
): Ticket {
  const key = chance.pick([
    'billing',
    'billing',
    'orders',
    'orders',
    'orders',
    'technical',
    'technical',
    'vip',
  ] as const);
  const topic = chance.pick(TOPICS[key]);
  const queue = QUEUES[key];
  const agents = PEOPLE.filter(({ team, active }) => active && team && queue.teams.includes(team));
  const agent = chance.pick(agents);
  const known = chance.happens(0.85);
  const number = chance.int(1_000, 9_800);
  const say = (text: string) =>
    text.replaceAll('{n}', String(number)).replaceAll('{who}', contact.name.split(' ')[0] ?? contact.name);

  // Of the open ones some still wait for a first answer, others are in the middle of it.
  const told = open ? chance.int(1, topic.lines.length - 1) : topic.lines.length;
  const times = moments(begun, told, open ? calendar.now.getTime() : begun + 30 * HOUR_ms, chance);
  const taken =
    told > 1 || chance.happens(0.3) ? { at: iso((times[0] ?? begun) + MINUTE_ms), by: agent } : null;
  const ticket = demoId('ticket', i + 1);
  const messages = topic.lines.slice(0, told).map((line, n): Numbered => {
    const ours = n % 2 === 1;
    return {
      id: demoId('message', i * 10 + n + 1),
      values: {
        ticket,
        body: say(line),
        from: ours ? 'us' : 'customer',
        ...(ours ? { author: agent.id, author_name: agent.name } : {}),
      },
      at: iso(times[n] ?? begun),
      actorId: ours ? agent.id : null,
    };
  });
  const last = times.at(-1) ?? begun;
  return {
    record: {
      id: ticket,
      values: {
        subject: say(topic.subject),
        queue: queue.id,
        priority: priorityOf(key, topic, chance),
        tags: topic.tag ? [demoId('tag', TAGS.indexOf(topic.tag) + 1)] : [],
        channel: chance.happens(0.6) ? CHAT.id : null,
        contact: known ? contact.record.id : null,
        customer_name: contact.name,
        customer_email: String(contact.record.values['email']),
      },
      at: iso(begun),
      actorId: null,
    },
    taken,
    resolved: open ? null : { at: iso(last + 5 * MINUTE_ms), by: agent },
    messages,
    notes: notesOf(i, ticket, topic, agents, taken ? times : [], chance),
  };
}

function notesOf(
  i: number,
  ticket: string,
  { note }: Topic,
  agents: readonly DemoPerson[],
  times: readonly number[],
  chance: Chance,
): Numbered[] {
  const at = times.at(-1);
  if (note === undefined || at === undefined || chance.happens(0.3)) return [];
  const author = chance.pick(agents);
  const named = chance.happens(0.4) ? chance.pick(agents) : null;
  const body = named && named !== author ? `@${named.name} ${note}` : note;
  const mentions = named && named !== author ? [named.id] : [];
  return [
    {
      id: demoId('note', i + 1),
      values: { ticket, body, mentions, author: author.id },
      at: iso(at + MINUTE_ms / 2),
      actorId: author.id,
    },
  ];
}

function priorityOf(key: QueueKey, { subject }: Topic, chance: Chance): string {
  if (subject.startsWith('Urgent')) return 'urgent';
  if (key === 'vip') return chance.happens(0.5) ? 'high' : 'normal';
  return chance.pick(['normal', 'normal', 'normal', 'normal', 'low', 'high']);
}

/** One for each line, in order, none after `end`. */
function moments(begun: number, count: number, end: number, chance: Chance): number[] {
  const span = Math.min(end - begun, 26 * HOUR_ms);
  const parts = Array.from({ length: count }, (_, i) => (i === 0 ? 0 : chance.int(3, 40)));
  const sum = Math.max(
    parts.reduce((a, b) => a + b, 0),
    60,
  );
  let at = begun;
  return parts.map((part) => (at += Math.floor((span * part) / (sum * 1.1))));
}

const iso = (ms: number): string => new Date(ms).toISOString();
