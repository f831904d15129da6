import { describe, expect, test } from 'vitest';
import {
  actorSets,
  customerActor,
  decide,
  mask,
  type Actor,
  type Image,
  type Role,
} from '../../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';

// Tickets, what is said in them and what is only noted, in cases for a reader; all combinations are tried in
// test/server/access/readings.pg.test.ts.

const registry = new Registry(OBJECTS);
const ticket = registry.get('ticket');
const message = registry.get('message');
const note = registry.get('note');
const [ME, VISITOR, OTHER, TEAM, QUEUE] = ['me', 'visitor', 'other', 'team', 'queue'] as const;

const actor = (grants: Role['grants'], fields: Role['fields'] = {}): Actor => ({
  kind: 'person',
  userId: ME,
  sets: actorSets(ME, { teams: new Set([TEAM]), queues: new Set([QUEUE]) }),
  roles: [{ id: 'r', name: 'r', purpose: '', grants, fields, system: [] }],
  fingerprint: '',
});
const record = (values: Partial<Image>): Image => ({
  id: 'id',
  version: 1,
  created_at: '',
  deleted_at: null,
  ...values,
});
const ours = record({
  subject: 'Help',
  queue: QUEUE,
  preview: 'said',
  note_preview: 'noted',
  mentioned: [OTHER],
});
const part = record({ ticket: 'id', queue: QUEUE, body: 'text', author: OTHER });

describe('a ticket', () => {
  test('is the team’s where one of my teams works its queue', () => {
    const who = actor({ ticket: { read: ['team'] } });
    expect(mask(who, registry, ticket, ours)).toHaveProperty('subject', 'Help');
    expect(mask(who, registry, ticket, { ...ours, queue: 'elsewhere' })).toBeNull();
    expect(mask(who, registry, ticket, { ...ours, queue: 'elsewhere', team: TEAM })).not.toBeNull();
    expect(mask(actor({ ticket: { read: ['own'] } }), registry, ticket, ours)).toBeNull();
  });

  test('may be read without the thread, and the thread without the notes', () => {
    const fields = (grants: Role['grants']) => mask(actor(grants), registry, ticket, ours);
    const reader = fields({ ticket: { read: ['team'] } });
    expect(reader).toHaveProperty('subject');
    // Nor that something was said or noted, and when.
    for (const name of ['preview', 'last_message_at', 'note_preview', 'last_note_at', 'mentioned'])
      expect(reader).not.toHaveProperty(name);
    const threads = fields({ ticket: { read_thread: ['team'] } });
    expect(threads).toHaveProperty('preview', 'said');
    for (const name of ['note_preview', 'last_note_at', 'mentioned'])
      expect(threads).not.toHaveProperty(name);
    const notes = fields({ ticket: { note: ['team'] } });
    expect(notes).toMatchObject({ note_preview: 'noted', mentioned: [OTHER] });
    expect(notes).not.toHaveProperty('preview');
  });

  test('tells which of its own actions one may take', () => {
    const who = actor({ ticket: { read: ['team'], reply: ['own'], note: ['team'] } });
    expect(mask(who, registry, ticket, ours)?.may.actions).toEqual(['read', 'note']);
    expect(mask(who, registry, ticket, { ...ours, assignee: ME })?.may.actions).toEqual([
      'read',
      'reply',
      'note',
    ]);
  });
});

describe('what is said in it', () => {
  test.each([
    ['read_thread', true, false],
    ['reply', true, false],
    ['note', false, true],
    ['read', false, false],
    ['update', false, false],
  ] as const)('%s lets read messages: %s, notes: %s', (action, messages, notes) => {
    const who = actor({ ticket: { [action]: ['team'] } });
    expect(mask(who, registry, message, part) !== null).toBe(messages);
    expect(mask(who, registry, note, part) !== null).toBe(notes);
    const { allowed, because } = decide(who, registry, 'read', note, part);
    expect([allowed, because.map((path) => path.action)]).toEqual([notes, notes ? ['note'] : []]);
  });

  test('is neither opened by grants on itself, nor changed by any', () => {
    const all = { read: ['all' as const], update: ['all' as const], delete: ['all' as const] };
    expect(mask(actor({ note: all, ticket: { read: ['all'] } }), registry, note, part)).toBeNull();
    const both = mask(actor({ note: all, ticket: { note: ['all'] } }), registry, note, part);
    expect(both?.may).toEqual({ actions: ['read'], edit: [] });
  });

  test('goes with the ticket’s hands: who lost the ticket has lost the thread', () => {
    const who = actor({ ticket: { read_thread: ['own'], note: ['own'] } });
    expect(mask(who, registry, message, { ...part, assignee: ME })).not.toBeNull();
    expect(mask(who, registry, message, { ...part, assignee: OTHER })).toBeNull();
  });
});

test('an action that an object does not have gives nothing on it, not even its sight', () => {
  const who = actor({ deal: { reply: ['all'], note: ['all'] } });
  expect(mask(who, registry, registry.get('deal'), record({ title: 'T' }))).toBeNull();
});

describe('a customer', () => {
  const customer = customerActor(VISITOR);
  const theirs = { ...ours, customer: VISITOR, participants: [] };

  test('talks in their own ticket, and sees of it what is theirs', () => {
    const seen = mask(customer, registry, ticket, {
      ...theirs,
      status: 'open',
      customer_email: 'a@b.example',
    });
    expect(seen).toEqual({
      id: 'id',
      version: 1,
      created_at: '',
      may: { actions: ['read', 'read_thread', 'reply'], edit: [] },
      subject: 'Help',
      status: 'open',
      seen_by_us_at: null,
    });
    expect(mask(customer, registry, ticket, { ...theirs, customer: OTHER })).toBeNull();
  });

  test('reads messages without who of us wrote them but by name, and no note', () => {
    const said = { ...part, customer: VISITOR, author_name: 'Mira' };
    const seen = mask(customer, registry, message, said);
    expect(seen).toMatchObject({ body: 'text', author_name: 'Mira' });
    for (const name of ['author', 'assignee', 'queue', 'customer']) expect(seen).not.toHaveProperty(name);
    expect(mask(customer, registry, note, said)).toBeNull();
  });

  test('has nothing of what everyone signed in has', () => {
    for (const name of ['user', 'team', 'queue', 'channel', 'tag', 'pipeline'])
      expect(mask(customer, registry, registry.get(name), record({ name: 'N' })), name).toBeNull();
    const notification = registry.get('notification');
    expect(mask(customer, registry, notification, record({ user: VISITOR }))).toBeNull();
    expect(mask(customer, registry, registry.get('session'), record({ user: VISITOR }))).toBeNull();
  });
});

test('what is computed from a part is hidden with the field that it shows', () => {
  const grants: Role['grants'] = { ticket: { note: ['team'], read_thread: ['team'] } };
  const blind = actor(grants, { note: { body: 'hidden', mentions: 'hidden' }, message: { body: 'hidden' } });
  for (const name of ['preview', 'note_preview', 'mentioned']) {
    expect(mask(actor(grants), registry, ticket, ours), name).toHaveProperty(name);
    expect(mask(blind, registry, ticket, ours), name).not.toHaveProperty(name);
  }
});
