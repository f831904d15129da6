import { expect, test, vi } from 'vitest';
import { boardStands, card, countOf, isMarked, mark, openBoard, seeBoard } from '../world/board.ts';
import { newPerson } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { openSocket } from '../world/rawSocket.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const kofisProgram = await enter(a, people.kofi);

test('a deal is handed over: it leaves one board and enters another, and tells the first nothing more', async () => {
  const annasProgram = await enter(b, people.anna);
  const { id } = await newDeal(annasProgram, { title: 'Pangolin order', amount: 4_321_098.07 });
  const ear = await openSocket(annasProgram);
  await ear.open({ object: 'deal', limit: 500 }, 'all');
  await ear.open({ object: 'deal', record: id }, 'one');
  await ear.open({ object: 'activity', filter: { deal: id } }, 'activities');

  const anna = await newPerson(a.base, people.anna.email, { password });
  const dawit = await newPerson(b.base, people.dawit.email, { password });
  const kofi = await newPerson(b.base, people.kofi.email, { password });
  await Promise.all([openBoard(anna), openBoard(dawit)]);
  for (const person of [anna, dawit]) await mark(person);
  await card(anna, 'qualified', id).waitFor();
  const [annas, dawits] = [await seeBoard(anna), await seeBoard(dawit)];
  expect(dawits.qualified?.cards.flat()).not.toContain(id);

  // She has its page open in a second window, too.
  const window = await anna.page.context().newPage();
  await window.goto(`${a.base}/deals/${id}`);
  await window.getByText('Pangolin order').first().waitFor();

  await kofi.goto(`/deals/${id}`);
  await kofi.page.getByRole('button', { name: 'More', exact: true }).first().click();
  await kofi.page.getByRole('menuitem', { name: 'Hand over…' }).click();
  const dialog = kofi.page.getByRole('dialog');
  await dialog.getByRole('combobox').fill('Dawit');
  await kofi.page.getByRole('option', { name: /Dawit Selassie/ }).click();
  await dialog.getByRole('button', { name: 'Hand over' }).click();

  await card(dawit, 'qualified', id).waitFor();
  await card(anna, 'qualified', id).waitFor({ state: 'detached' });
  await until(async () => {
    const [hers, his] = [await seeBoard(anna), await seeBoard(dawit)];
    return (
      countOf(hers.qualified) === countOf(annas.qualified) - 1 &&
      countOf(his.qualified) === countOf(dawits.qualified) + 1 &&
      hers.qualified?.sum !== annas.qualified?.sum &&
      his.qualified?.sum !== dawits.qualified?.sum
    );
  });
  await window.getByText('This deal is no longer yours to see').waitFor();
  expect(await window.content()).not.toMatch(/Pangolin|4[.,]?321[.,]?098/);
  expect(await anna.page.content()).not.toMatch(/Pangolin|4[.,]?321[.,]?098/);

  // What happens to it from now on: its new owner sees it, its former one hears of none of it.
  await change(kofisProgram, `/api/deals/${id}`, { title: 'Aardvark order', amount: 1_357_913.57 });
  const note = { kind: 'note', subject: 'Aardvark note', deal: id };
  expect((await kofisProgram.post('/api/activities', note)).status).toBe(201);
  await change(kofisProgram, `/api/deals/${id}`, { stage: 'proposal' });
  await card(dawit, 'proposal', id).getByText('Aardvark order').waitFor();
  // Something of her own after it: whatever she was to hear before, she has heard by then.
  const own = await newDeal(annasProgram, { title: 'Numbat order' });
  await card(anna, 'qualified', own.id).waitFor();
  await ear.wait(([, , which]) => which === own.id);
  expect(ear.pieces().filter(([op, , which]) => op === 'leave' && which === id)).toHaveLength(1);
  for (const bytes of [await anna.received(), ear.bytes()]) expect(bytes).not.toMatch(/Aardvark|1357913/);
  for (const path of ['', '/history']) {
    expect((await annasProgram.get(`/api/deals/${id}${path}`)).status).toBe(404);
  }

  for (const person of [anna, dawit]) {
    expect(await isMarked(person)).toBe(true);
    const live = await seeBoard(person);
    await person.page.reload();
    await boardStands(person);
    expect(await seeBoard(person)).toEqual(live);
  }
});

test('handed to another team it leaves the manager as well, who is told so and no more', async () => {
  const { id } = await newDeal(kofisProgram, { title: 'Kudu order', owner: people.anna.id });
  const ear = await openSocket(kofisProgram.at(b.base));
  await ear.open({ object: 'deal', record: id });
  const chiamaka = await openSocket(await enter(b, people.chiamaka));
  await chiamaka.open({ object: 'deal', limit: 500 });

  const answer = await kofisProgram.patch(`/api/deals/${id}`, { owner: people.chiamaka.id });
  expect(answer.body).toEqual({ id, version: expect.any(Number) as number, gone: true });
  await ear.wait(([op, , which]) => op === 'leave' && which === id);
  const entered = await chiamaka.wait(([op, , which]) => op === 'enter' && which === id);
  expect(entered[4]).toMatchObject({ title: 'Kudu order', owner: people.chiamaka.id });
  // Nobody is given what they could not read.
  const refused = await kofisProgram.post('/api/deals', {
    title: 'Kudu second',
    pipeline: entered[4]['pipeline' as never],
    stage: 'qualified',
    owner: people.bjorn.id,
  });
  expect(refused).toMatchObject({
    status: 422,
    body: { error: { fields: { owner: expect.any(String) as string } } },
  });
});
