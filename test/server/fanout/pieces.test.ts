import { describe, expect, test } from 'vitest';
import { piecesFor } from '../../../server/fanout/pieces.ts';
import type { Subscriber } from '../../../server/fanout/subscriber.ts';
import type { LogEvent } from '../../../server/outbox/log.ts';
import { customerActor, type Image } from '../../../shared/access/index.ts';
import { actor, ANNA, BEN, client, deal, event, masks, openFor, PIPELINE, registry, role } from './world.ts';

const OWN = role({
  grants: { deal: { read: ['own'], update: ['own'] } },
  fields: { deal: { amount: 'edit' } },
});
const TEAM_NO_AMOUNT = role({ grants: { deal: { read: ['team'] } } });
const TEAM = '00000000-0000-7000-8000-0000000000e1';

const anna = () => client(actor(ANNA, [OWN]));
const board = { partition: PIPELINE, filter: { stage: 'qualified' } };
const totals = () => ({ count: 1, sum: { amount: 100 } });

describe('an outsider', () => {
  test('learns nothing of a change of a record out of reach', () => {
    const ben = client(actor(BEN, [OWN]));
    const open = openFor(ben, board, [], { count: 0, sum: { amount: 0 } });
    const change = event(deal(), deal({ version: 2, amount: 500 }));
    expect(piecesFor(ben, change, masks(change))).toEqual([]);
    expect(open.totals?.count).toBe(0);
    expect(ben.totalsOf.size).toBe(0);
  });

  test('learns nothing of a change of a field that is hidden', () => {
    const assistant = client(actor(BEN, [TEAM_NO_AMOUNT], { teams: [TEAM] }));
    openFor(assistant, board, [deal({ team: TEAM })], { count: 1, sum: {} });
    const change = event(deal({ team: TEAM }), deal({ team: TEAM, version: 2, amount: 500 }));
    expect(piecesFor(assistant, change, masks(change))).toEqual([]);
    expect(assistant.totalsOf.size).toBe(0);
  });
});

test('a changed field goes out alone, with the name of who changed it', () => {
  const seen = anna();
  openFor(seen, board, [deal()], totals());
  const change = event(deal(), deal({ version: 2, title: 'New' }));
  expect(piecesFor(seen, change, masks(change))).toEqual([
    ['patch', 'deal', deal().id, 2, { title: 'New', by: BEN }],
  ]);
  expect(seen.totalsOf.size).toBe(0);
});

test('a record that leaves the filter is patched, not hidden: the client drops it by the same function', () => {
  const seen = anna();
  const open = openFor(seen, board, [deal()], totals());
  const change = event(deal(), deal({ version: 2, stage: 'won' }));
  expect(piecesFor(seen, change, masks(change))).toEqual([
    ['patch', 'deal', deal().id, 2, { stage: 'won', by: BEN }],
  ]);
  expect(open.held.size).toBe(0);
  expect(open.totals).toEqual({ count: 0, sum: { amount: 0 } });
  expect([...seen.totalsOf]).toEqual(['view']);
});

test('a record handed to someone else leaves with nothing of its new content', () => {
  const seen = anna();
  const open = openFor(seen, board, [deal()], totals());
  const change = event(deal(), deal({ version: 2, owner: BEN, title: 'SECRET' }));
  const pieces = piecesFor(seen, change, masks(change));
  expect(pieces).toEqual([['leave', 'deal', deal().id, 2, {}]]);
  expect(open.totals?.count).toBe(0);
});

test('it enters whole, and masked, where it comes into reach', () => {
  const ben = client(actor(BEN, [OWN]));
  const open = openFor(ben, board, [], { count: 0, sum: { amount: 0 } });
  const change = event(deal(), deal({ version: 2, owner: BEN }));
  const [piece, ...rest] = piecesFor(ben, change, masks(change));
  expect(rest).toEqual([]);
  expect(piece?.slice(0, 4)).toEqual(['enter', 'deal', deal().id, 2]);
  expect(piece?.[4]).toMatchObject({ title: 'Group licence', amount: 100, owner: BEN });
  // Neither given by the role: discount is sensitive, margin secret.
  expect(piece?.[4]).not.toHaveProperty('discount');
  expect(piece?.[4]).not.toHaveProperty('margin');
  expect(open.totals).toEqual({ count: 1, sum: { amount: 100 } });
});

test('a record that stays readable by another way only is scrubbed of the fields that way does not give', () => {
  const both = client(actor(ANNA, [OWN, TEAM_NO_AMOUNT], { teams: [TEAM] }));
  const open = openFor(both, board, [deal({ team: TEAM })], totals());
  const change = event(deal({ team: TEAM }), deal({ team: TEAM, version: 2, owner: BEN }));
  const pieces = piecesFor(both, change, masks(change));
  expect(pieces.map(([op]) => op)).toEqual(['scrub', 'patch']);
  expect(pieces[0]?.[4]).toEqual({ amount: null });
  expect(pieces[1]?.[4]).toEqual({ owner: BEN, may: { actions: ['read'], edit: [] }, by: BEN });
  expect(open.totals).toEqual({ count: 1, sum: { amount: 0 } });
});

test('a customer is not told who of us made a change', () => {
  const customer = client({ ...actor(ANNA, [OWN]), kind: 'customer' });
  openFor(customer, board, [deal()], totals());
  const change = event(deal(), deal({ version: 2, title: 'Now' }));
  expect(piecesFor(customer, change, masks(change))).toEqual([
    ['patch', 'deal', deal().id, 2, { title: 'Now' }],
  ]);
  const back = event(deal({ version: 2, deleted_at: '2026-02-01T00:00:00.000Z' }), deal({ version: 3 }));
  const [piece] = piecesFor(customer, back, masks(back));
  expect(piece?.[0]).toBe('enter');
  expect(JSON.stringify(piece)).not.toContain(BEN);
});

test('a record in the bin leaves, and comes back whole', () => {
  const seen = anna();
  const open = openFor(seen, board, [deal()], totals());
  const gone = deal({ version: 2, deleted_at: '2026-02-01T00:00:00.000Z' });
  const removal = event(deal(), gone);
  expect(piecesFor(seen, removal, masks(removal)).map(([op]) => op)).toEqual(['leave']);
  const restored = event(gone, deal({ version: 3 }), { seq: 11 });
  expect(piecesFor(seen, restored, masks(restored)).map(([op]) => op)).toEqual(['enter']);
  expect(open.totals).toEqual(totals());
});

test('an event that the snapshot contained, sequenced or not, counts once', () => {
  const seen = anna();
  const open = openFor(
    seen,
    board,
    [deal({ amount: 500 })],
    { count: 1, sum: { amount: 500 } },
    { head: 10 },
  );
  const included = event(deal(), deal({ version: 2, amount: 500 }), { seq: 10 });
  expect(piecesFor(seen, included, masks(included))).toEqual([]);
  open.pending.add(101);
  const pending = event(deal(), deal({ version: 2, amount: 500 }), { seq: 11, outboxId: 101 });
  expect(piecesFor(seen, pending, masks(pending))).toEqual([]);
  expect(open.totals?.sum['amount']).toBe(500);
});

test('what sorts behind the loaded rows comes by `more`, but counts', () => {
  const seen = anna();
  const last = { ...deal({ stage_since: '2026-01-05T00:00:00.000Z' }), may: { actions: [], edit: [] } };
  const open = openFor(seen, board, [], totals(), { end: last as never });
  const older = event(null, deal({ stage_since: '2026-01-02T00:00:00.000Z' }));
  expect(piecesFor(seen, older, masks(older))).toEqual([]);
  expect(open.totals?.count).toBe(2);
  const newer = event(
    null,
    deal({ id: '00000000-0000-7000-8000-0000000000d2', stage_since: '2026-01-09T00:00:00.000Z' }),
    { seq: 11 },
  );
  expect(piecesFor(seen, newer, masks(newer)).map(([op]) => op)).toEqual(['enter']);
});

describe('a ticket', () => {
  const QUEUE = '00000000-0000-7000-8000-0000000000f1';
  const VISITOR = '00000000-0000-7000-8000-0000000000f2';
  const ticket = (given: Partial<Image> = {}): Image => ({
    ...Object.fromEntries(Object.keys(registry.get('ticket').fields).map((name) => [name, null])),
    id: '00000000-0000-7000-8000-0000000000f3',
    version: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    deleted_at: null,
    subject: 'Help',
    queue: QUEUE,
    customer: VISITOR,
    status: 'open',
    participants: [],
    mentioned: [],
    ...given,
  });
  const agent = (...actions: ('read' | 'read_thread' | 'note')[]) =>
    client(
      actor(ANNA, [role({ grants: { ticket: Object.fromEntries(actions.map((one) => [one, ['team']])) } })], {
        queues: [QUEUE],
      }),
    );
  const visitor = () => client(customerActor(VISITOR));
  const looking = (who: Subscriber) => {
    openFor(who, { object: 'ticket', record: ticket().id }, [ticket()], { count: 1, sum: {} });
    return who;
  };
  const said = (who: Subscriber, change: LogEvent) => piecesFor(looking(who), change, masks(change));
  const ofTicket = (after: Partial<Image>) =>
    event(ticket(), ticket({ version: 2, ...after }), { object: 'ticket' });

  test('with a new note says so to whoever may read notes, and nothing to the others', () => {
    const noted = ofTicket({
      note_preview: 'Rude',
      last_note_at: '2026-01-02T00:00:00.000Z',
      mentioned: [BEN],
    });
    expect(said(agent('note'), noted)).toMatchObject([
      ['patch', 'ticket', ticket().id, 2, { note_preview: 'Rude' }],
    ]);
    expect(said(agent('read', 'read_thread'), noted)).toEqual([]);
    expect(said(visitor(), noted)).toEqual([]);
  });

  test('that goes to another queue leaves whoever does not work that one, and stays with its customer', () => {
    const moved = ofTicket({ queue: '00000000-0000-7000-8000-0000000000f9' });
    expect(said(agent('read'), moved)).toEqual([['leave', 'ticket', ticket().id, 2, {}]]);
    expect(said(visitor(), moved)).toEqual([]);
  });

  test('tells its customer that it was read and solved, and not by whom', () => {
    const solved = ofTicket({ status: 'resolved', assignee: BEN, seen_by_us_at: '2026-01-02T00:00:00.000Z' });
    expect(said(visitor(), solved)).toEqual([
      ['patch', 'ticket', ticket().id, 2, { status: 'resolved', seen_by_us_at: '2026-01-02T00:00:00.000Z' }],
    ]);
    expect(said(agent('read'), solved)).toMatchObject([['patch', 'ticket', ticket().id, 2, { by: BEN }]]);
  });
});
