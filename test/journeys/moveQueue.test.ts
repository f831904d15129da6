import { expect, test, vi } from 'vitest';
import { CHAT, QUEUES } from '../../server/db/demo/support.ts';
import { enterAsVisitor } from '../server/live/widget.ts';
import { newPerson, type Person } from '../world/browser.ts';
import {
  chip,
  chipSays,
  compose,
  countOf,
  noteField,
  notice,
  openConsole,
  openRow,
  replyField,
  row,
  said,
  thread,
} from '../world/console.ts';
import { change, enter, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

const DRAFT = 'Dear Wren, I am looking into the';
const shows = ({ page }: Person, text: string) =>
  page.evaluate((word) => document.documentElement.outerHTML.includes(word), text);

test('a ticket moves to another team’s queue: it folds away here and appears there, and the draft stays', async () => {
  const wren = await enterAsVisitor(a, CHAT.id, 'Wren Okafor');
  const ticket = await wren.write('The app shows Numbat 17');
  const mireille = await enter(b, people.mireille);
  const bjorn = await newPerson(a.base, people.bjorn.email, { password });
  const hana = await newPerson(b.base, people.hana.email, { password });
  await openConsole(bjorn, 'Unassigned', ticket);
  await openConsole(hana, 'Unassigned');
  expect(await row(hana, ticket).count()).toBe(0);
  const [his, hers] = [await countOf(bjorn, 'Unassigned'), await countOf(hana, 'Unassigned')];
  await replyField(bjorn).pressSequentially(DRAFT);
  await compose(bjorn, 'Private note');
  await noteField(bjorn).fill('Ask the engineers');
  await bjorn.page.getByText('saved', { exact: true }).waitFor();

  // Not by himself: somebody moves it under his hands.
  await change(mireille, `/api/tickets/${ticket}`, { queue: QUEUES.technical.id });
  await bjorn.page.getByText('This ticket is no longer yours to see').waitFor();
  await row(bjorn, ticket).waitFor({ state: 'detached' });
  await until(async () => (await countOf(bjorn, 'Unassigned')) === his - 1);
  const kept = bjorn.page.getByRole('region', { name: 'What you were writing is still yours:' });
  await kept.getByText(DRAFT).waitFor();
  await kept.getByText('Ask the engineers').waitFor();
  // Not even what a screen reader was told.
  await until(async () => !(await shows(bjorn, 'Numbat 17')), { what: 'nothing of it to be left' });
  // And at hers it is there.
  await row(hana, ticket).waitFor();
  await until(async () => (await countOf(hana, 'Unassigned')) === hers + 1);

  // What happens to it from now on is hers alone.
  await openRow(hana, ticket);
  await said(hana, 'The app shows Numbat 17').waitFor();
  expect(await chipSays(hana, 'Queue')).toBe('Queue: Technical');
  expect(await shows(hana, DRAFT)).toBe(false);
  await wren.write('Now it shows Wombat 18');
  await said(hana, 'Wombat 18').waitFor();
  await replyField(hana).fill('Wombat is known to us');
  await replyField(hana).press('Control+Enter');
  await compose(hana, 'Private note');
  await noteField(hana).fill('Wombat once more');
  await noteField(hana).press('Control+Enter');
  await said(hana, 'Wombat once more').getByText('private note').waitFor();
  await change(await enter(a, people.hana), `/api/tickets/${ticket}`, { subject: 'Wombat it is' });
  // Something of his own after it: whatever he was to hear before, he has heard by then.
  const other = await (await enterAsVisitor(b, CHAT.id, 'Lark')).write('Where is my parcel?');
  await row(bjorn, other).waitFor();
  expect((await bjorn.received()).includes('Wombat')).toBe(false);
  expect(await shows(bjorn, 'Wombat')).toBe(false);
  await kept.getByText(DRAFT).waitFor();
  // A reload does not lose it either.
  bjorn.allow(/404/);
  await bjorn.page.reload();
  await bjorn.page.getByText('There is no such ticket').waitFor();
  await kept.getByText(DRAFT).waitFor();

  // She moves it back: it folds away at hers, and he goes on where he was.
  await chip(hana, 'Queue').click();
  await hana.page.getByRole('option', { name: 'Orders' }).click();
  await notice(hana, 'Moved to Orders').getByText('It is no longer in your reach.').waitFor();
  await hana.page.getByText('This ticket is no longer yours to see').waitFor();
  await row(hana, ticket).waitFor({ state: 'detached' });
  await thread(bjorn).waitFor();
  await said(bjorn, 'Now it shows Wombat 18').waitFor();
  await said(bjorn, 'Wombat is known to us').waitFor();
  await until(async () => (await replyField(bjorn).inputValue()) === DRAFT, { what: 'his draft' });
  await compose(bjorn, 'Private note');
  expect(await noteField(bjorn).inputValue()).toBe('Ask the engineers');
  await compose(bjorn, 'Reply');
  await replyField(bjorn).press('End');
  await replyField(bjorn).pressSequentially(' cause.');
  await replyField(bjorn).press('Control+Enter');
  await said(bjorn, `${DRAFT} cause.`).waitFor();
  expect((await hana.received()).includes(`${DRAFT} cause.`)).toBe(false);
});
