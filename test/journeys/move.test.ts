import { expect, test, vi } from 'vitest';
import { boardStands, card, countOf, drag, isMarked, mark, openBoard, seeBoard } from '../world/board.ts';
import { newPerson } from '../world/browser.ts';
import { enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { openSocket } from '../world/rawSocket.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const annasProgram = await enter(a, people.anna);
const TITLE = 'Okapi delivery';
const { id } = await newDeal(annasProgram, { title: TITLE, amount: 7_654_321.09 });

test('a representative moves a deal, by mouse and by keyboard: her manager sees it, another team gets nothing', async () => {
  // A representative of another team: in a browser, and as a program that asks for all she can think of.
  const stranger = await newPerson(b.base, people.chiamaka.email, { password });
  await openBoard(stranger);
  const strangersProgram = await enter(a, people.chiamaka);
  const ear = await openSocket(strangersProgram);
  await ear.open({ object: 'deal', limit: 500 }, 'all');
  await ear.open({ object: 'deal', record: id }, 'one');
  await ear.open({ object: 'activity', limit: 500 }, 'activities');

  const anna = await newPerson(a.base, people.anna.email, { password });
  const kofi = await newPerson(b.base, people.kofi.email, { password });
  await Promise.all([openBoard(anna), openBoard(kofi)]);
  await mark(kofi);
  await card(kofi, 'qualified', id).waitFor();
  const before = await seeBoard(kofi);

  await drag(anna, card(anna, 'qualified', id), anna.page.locator('[data-stage="proposal"]'));
  await card(anna, 'proposal', id).waitFor();
  // With the mover's name, for a moment.
  await card(kofi, 'proposal', id).getByText('moved by Anna').waitFor();
  await card(kofi, 'qualified', id).waitFor({ state: 'detached' });
  const between = await until(async () => {
    const now = await seeBoard(kofi);
    return countOf(now.proposal) === countOf(before.proposal) + 1 && now;
  });
  expect(countOf(between.qualified)).toBe(countOf(before.qualified) - 1);
  expect(between.proposal?.sum).not.toBe(before.proposal?.sum);
  expect(between.qualified?.sum).not.toBe(before.qualified?.sum);

  await card(anna, 'proposal', id).locator('a').focus();
  await anna.page.keyboard.press('Shift+ArrowRight');
  await card(anna, 'negotiation', id).waitFor();
  await card(kofi, 'negotiation', id).getByText('moved by Anna').waitFor();
  const after = await until(async () => {
    const now = await seeBoard(kofi);
    return countOf(now.negotiation) === countOf(before.negotiation) + 1 && now;
  });
  expect(countOf(after.proposal)).toBe(countOf(before.proposal));
  expect(after.proposal?.sum).toBe(before.proposal?.sum);

  // Both boards are what a fresh one would be, and neither was reloaded for it.
  expect(await isMarked(kofi)).toBe(true);
  for (const person of [anna, kofi]) {
    const live = await seeBoard(person);
    await person.page.reload();
    await boardStands(person);
    expect(await seeBoard(person)).toEqual(live);
  }

  // What the ears would have heard, they hear of her own: then their silence about the other means something.
  const own = await newDeal(strangersProgram, { title: 'Numbat delivery' });
  await ear.wait(([, , which]) => which === own.id);
  await card(stranger, 'qualified', own.id).waitFor();
  expect(await kofi.received()).toContain(TITLE);
  for (const bytes of [await stranger.received(), ear.bytes(), strangersProgram.bytes()]) {
    expect(bytes).not.toContain(id);
    expect(bytes).not.toContain(TITLE);
    expect(bytes).not.toContain('7654321');
  }
});

test('the manager moves it back, and its owner sees by whom', async () => {
  const anna = await newPerson(b.base, people.anna.email, { password });
  const kofi = await newPerson(a.base, people.kofi.email, { password });
  await Promise.all([openBoard(anna), openBoard(kofi)]);
  await drag(kofi, card(kofi, 'negotiation', id), kofi.page.locator('[data-stage="proposal"]'));
  await card(anna, 'proposal', id).getByText('moved by Kofi').waitFor();
  // Undone with the button that the move offers.
  await kofi.page.getByRole('button', { name: 'Undo' }).click();
  await card(anna, 'negotiation', id).waitFor();
  await card(kofi, 'negotiation', id).waitFor();
});
