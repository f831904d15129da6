import { describe, expect, test } from 'vitest';
import { days, type Said } from '../../../client/widget/chat/bubbles.ts';
import type { Outgoing } from '../../../client/widget/chat/outbox.ts';
import { Presence, type Sign, type Where } from '../../../client/widget/chat/presence.ts';
import { Thread, type Message } from '../../../client/widget/chat/thread.ts';
import { chooseLanguage, dayName } from '../../../client/widget/words/index.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString();
const message = (n: number, from: Message['from'] = 'customer', body = `m${n}`): Message => ({
  id: `${n}`, version: 1, created_at: at(n), body, from, author_name: from === 'us' ? 'Kofi Owusu' : null,
}); // prettier-ignore
const fieldsOf = ({ id: _id, version: _version, ...fields }: Message) => fields;
const said = (thread: Thread) => thread.messages.map(({ body }) => body);

describe('the thread', () => {
  test('an answer replaces what was held, and puts it in order', () => {
    const thread = new Thread();
    thread.opened([message(3), message(2)], 'next');
    thread.older([message(1)], undefined);
    expect([said(thread), thread.next]).toEqual([['m1', 'm2', 'm3'], null]);
    thread.opened([message(4), message(3)], undefined);
    expect(said(thread)).toEqual(['m3', 'm4']);
  });

  test('events come in: enter, patch, scrub and leave', () => {
    const thread = new Thread();
    thread.opened([message(1)], undefined);
    thread.apply([['enter', 'message', '2', 1, fieldsOf(message(2, 'us'))]]);
    expect(said(thread)).toEqual(['m1', 'm2']);
    thread.apply([['patch', 'message', '2', 2, { body: 'better' }]]);
    thread.apply([['patch', 'message', '2', 1, { body: 'late' }]]);
    expect(said(thread)).toEqual(['m1', 'better']);
    thread.apply([['scrub', 'message', '2', 3, { body: null }]]);
    thread.apply([['leave', 'message', '1', 2, {}]]);
    expect(said(thread)).toEqual([]);
  });

  test('a message that comes by the answer to its writing and by the socket is there once', () => {
    const thread = new Thread();
    thread.confirmed({ ...message(1) });
    thread.apply([['enter', 'message', '1', 1, fieldsOf(message(1))]]);
    thread.confirmed({ ...message(1) });
    expect(said(thread)).toEqual(['m1']);
  });

  test('the ticket tells how far we have read, until it leaves', () => {
    const thread = new Thread();
    thread.ticketOpened({ id: 't', version: 1, status: 'open', seen_by_us_at: null });
    thread.apply([['patch', 'ticket', 't', 2, { seen_by_us_at: at(5) }]]);
    thread.apply([['patch', 'ticket', 'other', 9, { seen_by_us_at: at(9) }]]);
    expect(thread.ticket?.seen_by_us_at).toBe(at(5));
    expect(thread.apply([['leave', 'ticket', 't', 3, {}]])).toBe(false);
    expect(thread.ticket).toBeNull();
  });
});

describe('what is shown', () => {
  const out = (key: string, body: string, more: Partial<Outgoing> = {}): Outgoing => ({
    key, body, at: Date.parse(at(50)), after: null, ...more,
  }); // prettier-ignore
  const shown = (more: Partial<Said>) =>
    days({ messages: [], outgoing: [], seenByUsAt: null, failing: false, keys: {}, ...more }).flatMap(
      ({ bubbles }) => bubbles,
    );
  const states = (more: Partial<Said>) => shown(more).map(({ key, state }) => `${key} ${state}`);

  test('one on its way stands at the end, and takes its key along when it arrives', () => {
    const messages = [message(1)];
    expect(states({ messages, outgoing: [out('k', 'new', { after: '1' })] })).toEqual([
      '1 sent',
      'k sending',
    ]);
    const arrived = [...messages, message(2, 'customer', 'new')];
    expect(states({ messages: arrived, outgoing: [out('k', 'new', { after: '1' })] })).toEqual([
      '1 null',
      'k sent',
    ]);
    expect(states({ messages: arrived, keys: { 2: 'k' } })).toEqual(['1 null', 'k sent']);
  });

  test('the same words said before are not taken for the message on its way', () => {
    const messages = [message(1, 'customer', 'hello')];
    expect(states({ messages, outgoing: [out('k', 'hello', { after: '1' })] })).toEqual([
      '1 sent',
      'k sending',
    ]);
    const twice = [out('k', 'hello', { after: null }), out('l', 'hello', { after: null })];
    expect(states({ messages, outgoing: twice })).toEqual(['k sent', 'l sending']);
  });

  test('not sent, refused, sent and seen', () => {
    const outgoing = [out('k', 'a'), out('l', 'b', { refused: 'too_long' })];
    expect(states({ outgoing, failing: true })).toEqual(['k unsent', 'l too_long']);
    const messages = [message(1), message(2)];
    expect(states({ messages, seenByUsAt: at(1) })).toEqual(['1 null', '2 sent']);
    expect(states({ messages, seenByUsAt: at(2) })).toEqual(['1 null', '2 seen']);
  });

  test('runs of one person have one face and one line below', () => {
    const messages = [message(1, 'us'), message(2, 'us'), message(3), message(20, 'us'), message(40, 'us')];
    expect(shown({ messages }).map(({ first, last }) => `${first ? 'f' : ''}${last ? 'l' : ''}`)).toEqual(['f', 'l', 'fl', 'fl', 'fl']); // prettier-ignore
  });

  test('days are told apart', () => {
    const later = { ...message(2), created_at: '2026-11-24T12:00:00.000Z' };
    expect(days({ messages: [message(1), later], outgoing: [], seenByUsAt: null, failing: false, keys: {} })).toHaveLength(2); // prettier-ignore
  });
});

describe('"I am here"', () => {
  function world() {
    const sent: string[] = [];
    const state = { now: 0, where: 'gone' as Where };
    const say = ({ state: where, field }: Sign) => void sent.push(field ? `${where} ${field}` : where);
    const presence = new Presence(say, () => state.where, () => state.now); // prettier-ignore
    const pass = (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        state.now += 1_000;
        presence.tick();
      }
      return sent.splice(0);
    };
    return { presence, state, pass };
  }

  test('nothing is said while the chat is closed', () => expect(world().pass(60)).toEqual([]));

  test('it is repeated rarely, while writing more often, and writing ends by itself', () => {
    const { presence, state, pass } = world();
    state.where = 'here';
    expect(pass(31)).toEqual(['here', 'here', 'here']);
    for (let i = 0; i < 10; i++) presence.typed();
    expect(pass(4)).toEqual(['here reply', 'here reply']);
    expect(pass(5)).toEqual(['here']);
  });

  test('with the page behind others nobody is writing; closing is said once', () => {
    const { presence, state, pass } = world();
    state.where = 'here';
    presence.typed();
    state.where = 'away';
    expect(pass(2)).toEqual(['here reply', 'away']);
    state.where = 'gone';
    expect(pass(40)).toEqual(['gone']);
  });

  test('after a new connection everything is said again', () => {
    const { presence, state, pass } = world();
    state.where = 'here';
    pass(1);
    presence.forgotten();
    expect(pass(1)).toEqual(['here']);
  });
});

test('the language of the page, of the browser, or the one asked for', () => {
  const locale = (asked: string | undefined, page: string, ...browser: string[]) =>
    chooseLanguage(asked, page, browser).locale;
  expect(locale(undefined, 'en', 'de-DE', 'zh-CN', 'en')).toBe('zh-CN');
  expect(locale(undefined, 'zh-Hans', 'en-GB')).toBe('zh-Hans');
  expect(locale('en', 'zh', 'zh')).toBe('en');
  expect(locale(undefined, 'fr', 'fr-FR')).toBe('en');
  expect(locale('en_US<b>', '', 'xx')).toBe('en');
  expect(chooseLanguage(undefined, '', ['zh-TW']).t.send).toBe('发送');
});

test('days have names', () => {
  const english = chooseLanguage('en-GB', '', []);
  const now = new Date(2026, 10, 22, 0, 30);
  expect(dayName(new Date(2026, 10, 22, 0, 1), english, now)).toBe('Today');
  expect(dayName(new Date(2026, 10, 21, 23, 59), english, now)).toBe('Yesterday');
  expect(dayName(new Date(2026, 10, 20, 12), english, now)).toMatch(/^Friday,? 20 November$/);
  expect(dayName(new Date(2025, 10, 20, 12), english, now)).toMatch(/2025$/);
});
