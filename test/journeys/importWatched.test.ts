import { expect, test, vi } from 'vitest';
import { boardStands, countOf, openBoard, seeBoard } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { enter, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { until } from '../world/until.ts';

// Hundreds of deals come in while a manager works on the board that they come to.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const DEALS = 600;
const STAGES = ['qualified', 'proposal', 'negotiation'];
const FILE = [
  'Title,Owner,Pipeline,Stage,Amount,Closes',
  ...Array.from(
    { length: DEALS },
    (_, i) => `Quokka ${i},Anna Sørensen,New business,${STAGES[i % 3]},1000,2031-05-17`,
  ),
].join('\n');

test('the board keeps its place and its focus, says what waits, and ends with what is there', async () => {
  const kofi = await newPerson(b.base, people.kofi.email, { password });
  const { page } = kofi;
  await openBoard(kofi);
  await page.mouse.move(0, 0);
  const before = await seeBoard(kofi);
  await page.locator('[data-stage="qualified"] [data-card] a').nth(3).focus();
  await page.locator('[data-scroller]').evaluate((board) => (board.scrollTop = 200));
  await page.locator('[data-stage="proposal"] [data-card]').nth(3).waitFor();
  const place = await placeOf(kofi);
  expect(place).toEqual({ focus: expect.any(String), y: expect.any(Number), top: 200 });

  const rafael = await enter(a, people.rafael);
  const type = { 'content-type': 'application/octet-stream' };
  const sent = await rafael.send('POST', '/api/imports?object=deal&name=many.csv', FILE, type);
  const id = (sent.body as { id: string }).id;
  const columns = { Title: { to: 'title' }, Owner: { to: 'owner' }, Pipeline: { to: 'pipeline' }, Stage: { to: 'stage' }, Amount: { to: 'amount' }, Closes: { to: 'closes_on' } }; // prettier-ignore
  expect((await rafael.send('PUT', `/api/imports/${id}/map`, { columns })).status).toBe(200);
  expect((await rafael.post(`/api/imports/${id}/run`)).status).toBe(202);
  const state = async () =>
    (await rafael.get(`/api/imports/${id}`)).body as { status: string; created: number };
  await until(async () => (await state()).status === 'done', {
    timeout_ms: 90_000,
    what: 'the import to be done',
  });
  expect((await state()).created).toBe(DEALS);

  // What the columns come to is live; the cards wait where they would push away what is looked at.
  for (const stage of STAGES)
    await until(async () => countOf((await seeBoard(kofi))[stage]) === countOf(before[stage]) + DEALS / 3);
  expect(await placeOf(kofi)).toEqual(place);
  await page
    .locator('[data-stage="qualified"]')
    .getByRole('button', { name: new RegExp(`${DEALS / 3}`) })
    .waitFor();

  // Back at the top they are let in; the whole is what a reload shows.
  await page.locator('[data-scroller]').evaluate((board) => (board.scrollTop = 0));
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const first = (seen: Awaited<ReturnType<typeof seeBoard>>) =>
    Object.entries(seen).map(([stage, { label, sum, cards }]) => [stage, label, sum, cards.slice(0, 3)]);
  await until(async () => (await seeBoard(kofi))['qualified']?.cards[0]?.[1].startsWith('Quokka'));
  const live = first(await seeBoard(kofi));
  await page.reload();
  await boardStands(kofi);
  expect(first(await seeBoard(kofi))).toEqual(live);
});

/** How far the board is scrolled, which card has the focus, and where on the screen it stands. */
const placeOf = ({ page }: Person) =>
  page.evaluate(() => {
    const card = document.activeElement?.closest<HTMLElement>('[data-card]');
    const y = card ? Math.round(card.getBoundingClientRect().top) : null;
    return {
      focus: card?.dataset['card'] ?? null,
      y,
      top: document.querySelector('[data-scroller]')?.scrollTop,
    };
  });
