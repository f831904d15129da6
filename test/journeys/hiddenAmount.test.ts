import { expect, test, vi } from 'vitest';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { card, openBoard, seeBoard } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines } from '../world/people.ts';
import type { Answer } from '../world/rawClient.ts';
import { openSocket } from '../world/rawSocket.ts';
import { until } from '../world/until.ts';

// The Sales assistant reads the team's deals without amounts, discounts and margins.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const kofi = await enter(a, people.kofi);
/** The amount, however it is written: plain, with separators, in thousands. */
const CANARY = /987[\s.,'\u00a0\u202f]?(65[45]|6k|7k)/;
/** Any figure of a hidden field, in JSON. */
const FIGURE = /"(amount|discount|margin)":\s*-?\d/;
const deal = await newDeal(kofi, { title: 'Axolotl supply', owner: people.anna.id, amount: 987_654.32 });
await change(kofi, `/api/deals/${deal.id}`, { discount: 43.71, margin: 38.29 });

const pageText = ({ page }: Person) =>
  page.evaluate(() => `${document.title}\n${document.body.textContent}\n${document.body.outerHTML}`);

test('an assistant works on the deal, and its amount reaches nothing of theirs: no byte, no text, no total', async () => {
  const noor = await newPerson(b.base, people.noor.email, { password });
  const manager = await newPerson(a.base, people.kofi.email, { password });
  await Promise.all([openBoard(noor), openBoard(manager)]);
  await card(noor, 'qualified', deal.id).waitFor();
  const texts = [await pageText(noor)];
  for (const { sum, cards } of Object.values(await seeBoard(noor))) {
    expect(sum).toBe('');
    for (const [, , amount] of cards) expect(amount).toBe('');
  }

  // It changes while both look at it; the stage, changed after it, is the proof that the change has come.
  await change(kofi, `/api/deals/${deal.id}`, { amount: 987_655.21 });
  await change(kofi, `/api/deals/${deal.id}`, { stage: 'proposal', amount: 987_655.43 });
  for (const person of [noor, manager]) await card(person, 'proposal', deal.id).waitFor();
  texts.push(await pageText(noor));

  for (const path of [`/deals?pipeline=${pipelines.newBusiness}&look=list`, `/deals/${deal.id}`, '/me']) {
    await noor.goto(path);
    const words = path === '/me' ? 'Sales assistant' : 'Axolotl supply';
    await noor.page.getByText(words).first().waitFor();
    if (path.startsWith('/deals/')) await noor.page.getByText('Kofi').first().waitFor();
    texts.push(await pageText(noor));
  }
  // Her own doing: an answer to a write is an answer like any other.
  await openBoard(noor);
  await card(noor, 'proposal', deal.id).locator('a').focus();
  await noor.page.keyboard.press('Shift+ArrowRight');
  await card(noor, 'negotiation', deal.id).waitFor();
  await card(manager, 'negotiation', deal.id).getByText('moved by Noor').waitFor();
  texts.push(await pageText(noor));

  for (const text of [...texts, await noor.received()]) {
    expect(CANARY.exec(text)?.[0]).toBeUndefined();
    expect(FIGURE.exec(text)?.[0]).toBeUndefined();
  }
  for (const text of texts) expect(/43[.,]71|38[.,]29/.exec(text)?.[0]).toBeUndefined();
  expect(await noor.received()).toContain('Axolotl supply');

  // The manager sees it: then the search above can find it.
  await manager.goto(`/deals/${deal.id}`);
  await manager.page.getByText('Axolotl supply').first().waitFor();
  await until(async () => CANARY.test(await pageText(manager)), { what: 'the amount on the manager’s page' });
  for (const canary of [CANARY, FIGURE]) expect(canary.test(await manager.received())).toBe(true);
});

const codeOf = ({ status, body }: Answer) => [status, (body as { error?: { code: string } }).error?.code];

test('asked for in so many words, by a program, it is refused or left out', async () => {
  const noor = await enter(a, people.noor);
  const socket = await openSocket(noor.at(b.base));
  for (const field of ['amount', 'discount', 'margin']) {
    for (const query of [
      `sort=${field}`,
      `sort=-${field}`,
      `filter={"${field}":{"gte":1}}`,
      `filter={"${field}":null}`,
      `filter={"or":[{"title":"x"},{"${field}":43.71}]}`,
    ]) {
      const answer = await noor.get(`/api/deals?${encodeURI(query)}`);
      expect(codeOf(answer), query).toEqual([400, 'field_not_readable']);
    }
    const view = { object: 'deal', filter: { [field]: { gte: 38.29 } } };
    expect(await socket.ask('open', { id: 'x', view })).toHaveProperty('error.code', 'field_not_readable');
    const sorted = { object: 'deal', sort: `-${field}` };
    expect(await socket.ask('open', { id: 'x', view: sorted })).toHaveProperty(
      'error.code',
      'field_not_readable',
    );
    // Even the very value: the answer must not tell that it was right, nor that someone changed it meanwhile.
    for (const body of [{ [field]: 43.71 }, { [field]: 1 }, { [field]: 1, version: 1 }]) {
      const answer = await noor.patch(`/api/deals/${deal.id}`, body);
      expect(codeOf(answer)).toEqual([422, 'field_not_editable']);
    }
  }

  const list = (await noor.get('/api/deals?total=true&q=Axolotl')).body as {
    rows: MaskedRecord[];
    total: { count: number; sum: object };
  };
  expect(list.total).toMatchObject({ count: 1, sum: {} });
  expect(Object.keys(list.total.sum)).toEqual([]);
  expect(list.rows.map(({ id }) => id)).toEqual([deal.id]);
  expect((await noor.get('/api/deals?q=987654')).body).toMatchObject({ rows: [] });
  const totals = (await socket.open({ object: 'deal', partition: pipelines.newBusiness }, 'board')).totals;
  expect(Object.keys(totals?.sum ?? {})).toEqual([]);

  const history = await noor.get(`/api/deals/${deal.id}/history?limit=50`);
  expect(history.status).toBe(200);
  expect(history.text).toContain('"stage"');
  const explained = `/api/explain?user=${people.noor.id}&action=read&object=deal&id=${deal.id}`;
  const lacking = [{ kind: 'field', of: 'record', object: 'deal', field: 'amount', right: 'read' }];
  expect((await noor.get(`${explained}&field=amount`)).body).toEqual({
    allowed: false,
    because: [],
    lacking,
    restrictions: [],
  });
  expect((await noor.get(`${explained}&field=title`)).body).toMatchObject({ allowed: true });
  // A conflict answers with the record as it is now – as she may see it.
  await change(kofi, `/api/deals/${deal.id}`, { next_step: 'Theirs' });
  const conflict = await noor.patch(`/api/deals/${deal.id}`, { next_step: 'Hers', version: 1 });
  expect(codeOf(conflict)).toEqual([409, 'version_conflict']);
  expect(conflict.text).toContain('Theirs');

  for (const bytes of [noor.bytes(), socket.bytes()]) {
    for (const canary of [CANARY, FIGURE]) expect(canary.exec(bytes)?.[0]).toBeUndefined();
  }
  for (const canary of [CANARY, FIGURE]) expect(canary.test(kofi.bytes())).toBe(true);
});

test('who holds two roles reads the amounts of her own deals, and of the team’s not even by their order', async () => {
  // Giulia is a representative (own deals) and an assistant (the team's) at once.
  const giulia = await enter(b, people.giulia);
  const chiamaka = await enter(a, people.chiamaka);
  const socket = await openSocket(giulia);
  const [mine, theirs] = [
    await newDeal(giulia, { title: 'Tapir mine', amount: 1_111.11 }),
    await newDeal(chiamaka, { title: 'Tapir theirs', amount: 987_654.32 }),
  ];
  const rows = async (query: string) => {
    const answer = await giulia.get(`/api/deals?q=Tapir&${encodeURI(query)}`);
    expect(answer.status, answer.text).toBe(200);
    return (answer.body as { rows: MaskedRecord[] }).rows.map(({ id, amount }) => [id, amount]);
  };
  expect(await rows('sort=-amount')).toEqual([
    [mine.id, 1_111.11],
    [theirs.id, undefined],
  ]);
  expect(await rows('filter={"amount":{"gte":1}}')).toEqual([[mine.id, 1_111.11]]);
  expect(await rows('filter={"amount":{"empty":true}}')).toEqual([[theirs.id, undefined]]);

  const view = { object: 'deal', q: 'Tapir', filter: { amount: { gte: 5_000 } } };
  expect((await socket.open(view, 'large')).totals).toMatchObject({ count: 0, sum: { amount: 0 } });
  await change(chiamaka, `/api/deals/${theirs.id}`, { amount: 987_655.21 });
  await change(giulia, `/api/deals/${mine.id}`, { amount: 22_222.22 });
  await socket.wait(([op, , id]) => op === 'enter' && id === mine.id);
  await socket.wait(([op, , , , fields]) => op === 'total' && fields.count === 1);
  for (const bytes of [giulia.bytes(), socket.bytes()]) expect(CANARY.exec(bytes)?.[0]).toBeUndefined();
});
