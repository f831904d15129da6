import { expect, test, vi } from 'vitest';
import { newPerson } from '../world/browser.ts';
import {
  chipSays,
  compose,
  countOf,
  face,
  noteField,
  notice,
  openConsole,
  openRow,
  replyField,
  rowWith,
  said,
  thread,
} from '../world/console.ts';
import { startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { until } from '../world/until.ts';
import { bubbles, chatField, introduce, newCustomer, openChat, say } from '../world/widget.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const CANARY = 'Quagga';

test('a customer writes, an agent answers, a lead watches and notes; the note stays inside', async () => {
  const wren = await newCustomer(b.base);
  const bjorn = await newPerson(a.base, people.bjorn.email, { password });
  const mireille = await newPerson(b.base, people.mireille.email, { password });
  await openConsole(bjorn, 'Unassigned');
  const [free, mine] = [await countOf(bjorn, 'Unassigned'), await countOf(bjorn, 'Mine')];

  // They write, and say who they are: both stand in the agent's list by themselves.
  await say(wren, 'My tiles arrived wet');
  await rowWith(bjorn, 'My tiles arrived wet').waitFor();
  await introduce(wren, 'Wren Okafor', 'wren@shop.example');
  const inList = rowWith(bjorn, 'Wren Okafor');
  await inList.waitFor();
  expect(await inList.innerText()).toContain('unread');
  expect(await countOf(bjorn, 'Unassigned')).toBe(free + 1);
  const ticket = (await inList.getAttribute('data-ticket')) ?? '';
  await openRow(bjorn, ticket);
  await said(bjorn, 'My tiles arrived wet').waitFor();
  await bjorn.page.getByRole('button', { name: 'Claim' }).click();
  await notice(bjorn, 'It is yours').waitFor();
  await until(async () => (await countOf(bjorn, 'Mine')) === mine + 1, { what: 'one more of mine' });
  expect(await countOf(bjorn, 'Unassigned')).toBe(free);
  // Seen by us, says their screen.
  await until(async () => (await bubbles(wren)).at(-1)?.foot === 'seen', { what: 'the customer’s "seen"' });

  // The lead looks on: each sees the other's face.
  await openConsole(mireille, 'All', ticket);
  expect(await chipSays(mireille, 'Assignee')).toContain(people.bjorn.name);
  await face(mireille, `${people.bjorn.name} is looking at this`).waitFor();
  await face(bjorn, `${people.mireille.name} is looking at this`).waitFor();

  // Typing both ways.
  await replyField(bjorn).pressSequentially('Oh no! A dry ');
  await Promise.all([
    wren.page.getByText('Björn is typing…').waitFor(),
    thread(mireille).getByText('Björn is typing…').waitFor(),
    face(mireille, `${people.bjorn.name} is writing a reply`).waitFor(),
  ]);
  await chatField(wren).pressSequentially('It was ra');
  await Promise.all(
    [bjorn, mireille].map((one) =>
      thread(one)
        .getByText(/Wren.* typing…/)
        .waitFor(),
    ),
  );

  await replyField(bjorn).pressSequentially('set is on its way.');
  await replyField(bjorn).press('Control+Enter');
  await wren.page.getByText('Oh no! A dry set is on its way.').waitFor();
  await said(mireille, 'Oh no! A dry set is on its way.').waitFor();
  // Seen by the customer, says ours.
  await said(bjorn, 'A dry set is on its way.')
    .getByText(/· seen$/)
    .waitFor();
  await wren.page.getByText('Björn is typing…').waitFor({ state: 'detached' });
  await chatField(wren).fill('It was raining');
  await chatField(wren).press('Enter');
  await said(bjorn, 'It was raining').waitFor();

  // A private note, while the agent is elsewhere.
  await openConsole(bjorn, 'Mentions');
  const mentions = await countOf(bjorn, 'Mentions');
  await compose(mireille, 'Private note');
  await noteField(mireille).pressSequentially(`${CANARY}: the third wet parcel. @Bj`);
  await mireille.page.getByRole('option', { name: /Björn Åkesson/ }).click();
  await noteField(mireille).pressSequentially('please ask the carrier.');
  await mireille.page.getByRole('button', { name: 'Add note' }).click();
  await said(mireille, CANARY).getByText('private note').waitFor();
  await notice(bjorn, 'Mireille mentioned you').waitFor();
  await until(async () => (await countOf(bjorn, 'Mentions')) === mentions + 1, { what: 'one more mention' });
  await rowWith(bjorn, 'Wren Okafor').getByText(`Note: ${CANARY}`).waitFor();
  await notice(bjorn, 'Mireille mentioned you').getByRole('button', { name: 'Open' }).click();
  await said(bjorn, CANARY).waitFor();

  // Something after it: whatever the customer was to hear of the note, they have heard by then.
  await replyField(bjorn).fill('The carrier will call you.');
  await replyField(bjorn).press('Control+Enter');
  await wren.page.getByText('The carrier will call you.').waitFor();
  const written = (await bubbles(wren)).map(({ mine: own, text }) => [own, text]);
  expect(written).toEqual([
    [true, 'My tiles arrived wet'],
    [false, 'Oh no! A dry set is on its way.'],
    [true, 'It was raining'],
    [false, 'The carrier will call you.'],
  ]);

  // Back again, all of it is there.
  await wren.page.reload();
  await openChat(wren);
  await wren.page.getByText('The carrier will call you.').waitFor();
  expect((await bubbles(wren)).map(({ mine: own, text }) => [own, text])).toEqual(written);

  const received = await wren.received();
  expect(received).toContain('The carrier will call you.');
  expect(received).not.toMatch(
    new RegExp(
      [
        CANARY,
        'note_preview|last_note_at|mentioned|"note"|"by":|"assignee"|"queue"|"customer_',
        people.bjorn.id,
        people.mireille.id,
        people.mireille.name,
      ].join('|'),
    ),
  );
  expect(await bjorn.received()).toContain(CANARY);
});
