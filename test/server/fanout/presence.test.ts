import { describe, expect, test } from 'vitest';
import { CALM_ms } from '../../../server/fanout/presence.ts';
import { PRESENCE, type PresenceRequest } from '../../../shared/protocol/index.ts';
import { actor, ANNA, BEN, client, role } from './world.ts';
import {
  AGENT,
  anna,
  ben,
  cem,
  changed,
  LISTER,
  nodes,
  NO_NOTES,
  opened,
  openTicket,
  READER,
  says,
  seen,
  ticket,
  TICKET,
  visitor,
} from './presenceWorld.ts';

const codeOf = (act: () => void): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('who may say that they are there', () => {
  test('nobody on a record that they have not open, or may not see, and the answer is the same', async () => {
    const { first, pass } = nodes();
    const reader = opened(first, anna);
    const stranger = client(ben);
    const blind = opened(first, cem(role({})));
    for (const who of [stranger, blind])
      for (const state of ['here', 'away', 'gone'] as const)
        expect(codeOf(() => says(first, who, { state }))).toBe('not_found');
    await pass(1_000);
    expect(seen(reader)).toEqual([]);
    expect(blind.present).toEqual([]);
    expect(stranger.present).toEqual([]);
  });

  test.each([
    ['a reader of the list', cem(LISTER), ['note', 'reply'], ['subject']],
    ['who may not note', cem(NO_NOTES), ['note', 'customer_email', 'customer'], ['reply', 'status']],
    ['a customer', visitor, ['note', 'subject', 'status', 'priority'], ['reply']],
  ])('%s writes only where they see it themselves', (_, who, refused, fine) => {
    const { first } = nodes();
    const them = opened(first, who);
    for (const field of [...refused, 'nothing', '__proto__', 'constructor', 'id', 'may', 'version'])
      expect(
        codeOf(() => says(first, them, { field })),
        field,
      ).toBe('field_not_readable');
    for (const field of fine)
      expect(
        codeOf(() => says(first, them, { field })),
        field,
      ).toBe('none');
  });

  test('nobody whose gate is shut, and a record has room for so many', () => {
    const { first } = nodes();
    const muted = opened(first, anna);
    muted.muted = true;
    expect(codeOf(() => says(first, muted))).toBe('unavailable');
    const many = Array.from({ length: 101 }, () => opened(first, ben));
    const codes = many.map((who) => codeOf(() => says(first, who)));
    expect(codes.filter((code) => code === 'too_large')).toHaveLength(1);
    expect(codeOf(() => says(first, many[0]!))).toBe('none');
  });
});

describe('what others are told', () => {
  test('that they look, that they write, that they have turned away, and that they have gone', async () => {
    const { first, pass } = nodes();
    const [reader, other] = [opened(first, anna), opened(first, ben)];
    await pass(1_000);
    expect(seen(reader)).toEqual([]);
    const steps: [Partial<PresenceRequest>, object[]][] = [
      [{}, [{ user: BEN, state: 'here' }]],
      [{ field: 'reply' }, [{ user: BEN, field: 'reply', state: 'here' }]],
      [{ field: 'note' }, [{ user: BEN, field: 'note', state: 'here' }]],
      [{ state: 'away', field: 'note' }, [{ user: BEN, state: 'away' }]],
      [{ state: 'gone' }, []],
    ];
    for (const [word, people] of steps) {
      says(first, other, word);
      await pass(1_000);
      expect(seen(reader)).toEqual(people);
    }
    // Nobody is told of themselves.
    expect(other.present).toEqual([{ record: TICKET, people: [] }]);
  });

  test('a note that somebody writes, to nobody who may not note: not that it is a note, not that it began', async () => {
    const { first, pass } = nodes();
    const writer = opened(first, anna);
    const readers = [cem(NO_NOTES), cem(READER), visitor].map((who) => opened(first, who));
    const lister = opened(first, cem(LISTER));
    says(first, writer);
    await pass(1_000);
    const before = [...readers, lister].map(({ present }) => present.length);
    says(first, writer, { field: 'note' });
    await pass(1_000);
    expect([...readers, lister].map(({ present }) => present.length)).toEqual(before);
    says(first, writer, { field: 'reply' });
    await pass(1_000);
    for (const reader of readers) expect(seen(reader)).toMatchObject([{ field: 'reply', state: 'here' }]);
    expect(seen(lister)).toEqual([{ user: ANNA, state: 'here' }]);
    expect(JSON.stringify([...readers, lister].map(({ present }) => present))).not.toContain('note');
  });

  test('a field, to those only who may read it on this record', async () => {
    const { first, pass } = nodes();
    const sees = { fields: { ticket: { customer_email: 'edit' as const } }, grants: AGENT.grants };
    const writer = opened(first, actor(ANNA, [role(sees)]));
    const [blind, seer] = [opened(first, ben), opened(first, cem(role(sees)))];
    says(first, writer, { field: 'customer_email' });
    await pass(1_000);
    expect(seen(blind)).toEqual([{ user: ANNA, state: 'here' }]);
    expect(seen(seer)).toEqual([{ user: ANNA, field: 'customer_email', state: 'here' }]);
  });

  test('a customer, only the first name of whoever is writing an answer and may give it', async () => {
    const { first, pass } = nodes();
    const customer = opened(first, visitor);
    const [agent, noReply] = [opened(first, anna), opened(first, cem(READER))];
    says(first, agent);
    says(first, noReply, { field: 'reply' });
    await pass(1_000);
    expect(seen(customer)).toEqual([]);
    says(first, agent, { field: 'reply' });
    await pass(1_000);
    expect(seen(customer)).toEqual([{ name: 'Anna', field: 'reply', state: 'here' }]);
    says(first, agent, { state: 'away' });
    await pass(1_000);
    expect(seen(customer)).toEqual([]);
    expect(JSON.stringify(customer.present)).not.toMatch(new RegExp(`Cem|${ANNA}`));
  });

  test('of the customer, that it is the customer, and neither name nor id', async () => {
    const { first, pass } = nodes();
    const [agent, lister] = [opened(first, anna), opened(first, cem(LISTER))];
    const tabs = [opened(first, visitor), opened(first, visitor)];
    for (const tab of tabs) says(first, tab);
    says(first, tabs[1]!, { field: 'reply' });
    await pass(1_000);
    expect(seen(agent)).toEqual([{ customer: true, field: 'reply', state: 'here' }]);
    expect(seen(lister)).toEqual([{ customer: true, state: 'here' }]);
    expect(seen(tabs[0]!)).toEqual([]);
  });

  test('several windows of one person as one: what they do most, of what may be seen', async () => {
    const { first, pass } = nodes();
    const [all, some] = [opened(first, ben), opened(first, cem(NO_NOTES))];
    const windows = [opened(first, anna), opened(first, anna), opened(first, anna)];
    says(first, windows[0]!, { state: 'away' });
    says(first, windows[1]!);
    await pass(1_000);
    expect(seen(all)).toEqual([{ user: ANNA, state: 'here' }]);
    says(first, windows[2]!, { field: 'note' });
    await pass(1_000);
    expect(seen(all)).toEqual([{ user: ANNA, field: 'note', state: 'here' }]);
    expect(seen(some)).toEqual([{ user: ANNA, state: 'here' }]);
    for (const window of windows.slice(1)) says(first, window, { state: 'gone' });
    await pass(1_000);
    expect(seen(all)).toEqual([{ user: ANNA, state: 'away' }]);
  });
});

describe('how it ends', () => {
  const pair = async () => {
    const world = nodes();
    const [reader, other] = [opened(world.first, anna), opened(world.first, ben)];
    says(world.first, other, { field: 'reply' });
    await world.pass(500);
    expect(seen(reader)).toHaveLength(1);
    return { ...world, reader, other };
  };

  test('by itself: writing after 7 s, being there after 30 s, and no timer is left', async () => {
    const { reader, pass, clock } = await pair();
    await pass(PRESENCE.writingFor_ms - 1_000);
    expect(seen(reader)).toEqual([{ user: BEN, field: 'reply', state: 'here' }]);
    await pass(1_200);
    expect(seen(reader)).toEqual([{ user: BEN, state: 'here' }]);
    await pass(PRESENCE.hereFor_ms - PRESENCE.writingFor_ms - 2_000);
    expect(seen(reader)).toHaveLength(1);
    await pass(3_000);
    expect(seen(reader)).toEqual([]);
    await pass(1_000);
    expect(clock.waiting()).toBe(0);
  });

  test('at once with the socket, with the view, and with the right to the record', async () => {
    const ways: ((world: Awaited<ReturnType<typeof pair>>) => void)[] = [
      ({ first, other }) => {
        other.closed = true;
        first.presence.left(other);
      },
      ({ first, other }) => {
        other.views.clear();
        first.presence.viewsChanged(other, 'closed');
      },
      ({ first, other }) => {
        other.muted = true;
        first.presence.rightsChanged(other);
      },
      ({ first, reader, other }) => {
        other.actor = actor(BEN, [role({})]);
        changed(first, [reader, other], ticket(), ticket({ version: 2 }));
      },
      ({ first, other }) => first.outbound.startOver(other, 'rights'),
    ];
    for (const end of ways) {
      const world = await pair();
      end(world);
      await world.pass(CALM_ms + 100);
      expect(seen(world.reader)).toEqual([]);
    }
  });

  test('and whoever has lost the record, or their rights, is told nothing more of it', async () => {
    const ways: ((world: Awaited<ReturnType<typeof pair>>) => void)[] = [
      ({ reader }) => (reader.muted = true),
      ({ reader }) => (reader.closed = true),
      ({ reader }) => (reader.slow = true),
      ({ first, reader }) => first.outbound.startOver(reader, 'much'),
      ({ first, reader, other }) => {
        reader.actor = actor(ANNA, [role({})]);
        changed(first, [reader, other], ticket(), ticket({ version: 2 }));
      },
    ];
    for (const lose of ways) {
      const world = await pair();
      lose(world);
      const before = world.reader.present.length;
      says(world.first, world.other, { field: 'note' });
      await world.pass(2_000);
      expect(world.reader.present).toHaveLength(before);
    }
  });

  test('not by a resync: with the view opened again they are there as before, and the reader is told anew', async () => {
    const { first, reader, other, pass } = await pair();
    first.outbound.startOver(other, 'rights');
    openTicket(first, other);
    first.outbound.startOver(reader, 'much');
    openTicket(first, reader);
    const before = reader.present.length;
    await pass(500);
    expect(reader.present).toHaveLength(before + 1);
    expect(seen(reader)).toEqual([{ user: BEN, field: 'reply', state: 'here' }]);
  });

  test('a view that was closed and opened again needs a new word', async () => {
    const { first, reader, other, pass } = await pair();
    other.views.clear();
    first.presence.viewsChanged(other, 'closed');
    openTicket(first, other);
    await pass(1_000);
    expect(seen(reader)).toEqual([]);
  });

  test('rights that are only fewer: what they write in is asked of the record as it is now', async () => {
    const { first, reader, other, pass } = await pair();
    says(first, other, { field: 'note' });
    await pass(500);
    expect(seen(reader)).toEqual([{ user: BEN, field: 'note', state: 'here' }]);
    other.actor = actor(BEN, [NO_NOTES]);
    changed(first, [reader, other], ticket(), ticket({ version: 2 }));
    await pass(500);
    expect(seen(reader)).toEqual([{ user: BEN, state: 'here' }]);
  });
});

test('it is told calmly: of a hundred words in a second, four times or five', async () => {
  const { first, clock } = nodes();
  const [reader, other] = [opened(first, anna), opened(first, ben)];
  await clock.advance(300);
  const before = reader.present.length;
  for (let n = 0; n < 100; n += 1) {
    says(first, other, n % 40 < 20 ? {} : { field: 'reply' });
    await clock.advance(10);
  }
  expect(reader.present.length - before).toBeLessThanOrEqual(5);
  expect(reader.present.length - before).toBeGreaterThanOrEqual(2);
});

test('behind a shut gate nothing is told; when it opens, how things are by then', async () => {
  const { first, clock, pass } = nodes();
  const [reader, other] = [opened(first, anna), opened(first, ben)];
  await pass(500);
  says(first, other);
  reader.slow = true;
  await pass(1_000);
  says(first, other, { state: 'away' });
  reader.slow = false;
  await pass(500);
  expect(reader.present.map(({ people }) => people)).toEqual([[], [{ user: BEN, state: 'away' }]]);
  // The lease lapses: nothing of anybody.
  await clock.advance(3_000);
  expect(codeOf(() => says(first, other))).toBe('unavailable');
  expect(reader.present).toHaveLength(2);
});
