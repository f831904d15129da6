import { expect, test, vi } from 'vitest';
import { card, openBoard } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines } from '../world/people.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const kofi = await enter(a, people.kofi);
/** More than anybody sees at once: rows in the page must stay fewer than these. */
const DEALS = 300;
const ROWS_MAX = 80;
for (let n = 0; n < DEALS; n += 20)
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => newDeal(kofi, { title: `Quokka ${100 + n + i}`, amount: 1 })),
  );
const query = `pipeline=${pipelines.newBusiness}&q=Quokka`;

const count = ({ page }: Person, selector: string) => page.locator(selector).count();
const focused = ({ page }: Person) =>
  page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? null);

test('a list of hundreds holds few rows, End reaches the last, and the focus outlives a change', async () => {
  const anna = await newPerson(b.base, people.kofi.email, { password });
  await anna.goto(`/deals?${query}&look=list&sort=title`);
  const rows = 'tbody tr[role="row"]';
  const link = anna.page.locator(`${rows} .row-link`);
  await link.first().waitFor();
  // Where the pointer rests on the list, nothing would move in it.
  await anna.page.mouse.move(0, 0);
  expect(await anna.page.getByRole('table').getAttribute('aria-rowcount')).toBe(String(DEALS + 1));
  await link.first().focus();
  await anna.page.keyboard.press('End');
  await until(
    async () =>
      (await anna.page
        .locator(':focus')
        .evaluate((one) => one.closest('tr')?.getAttribute('aria-rowindex'))) === String(DEALS + 1),
    { what: 'the last row to have the focus' },
  );
  expect(await anna.page.locator(':focus').innerText()).toBe('Quokka 399');
  expect(await count(anna, rows)).toBeLessThan(ROWS_MAX);

  const last = await focused(anna);
  await change(kofi, `/api/deals/${last}`, { amount: 4_711 });
  await anna.page.locator(`[data-row="${last}"]`).getByText('4,711').waitFor();
  expect(await focused(anna)).toBe(last);
  // Out of sight it keeps the focus, and the keys go on from there.
  await anna.page.locator('.box').evaluate((box) => (box.scrollTop = 0));
  await anna.page.locator(rows, { hasText: 'Quokka 100' }).first().waitFor();
  expect(await focused(anna)).toBe(last);
  expect(await count(anna, rows)).toBeLessThan(ROWS_MAX);
  await anna.page.keyboard.press('ArrowUp');
  await until(async () => (await anna.page.locator(':focus').innerText()) === 'Quokka 398');
});

test('a column of hundreds holds few cards, and one far down is moved by keyboard', async () => {
  const viewer = await newPerson(b.base, people.kofi.email, { password });
  await openBoard(viewer);
  await viewer.goto(`/deals?${query}`);
  const cards = '[data-stage="qualified"] [data-card]';
  await viewer.page.locator(`${cards} a`).first().waitFor();
  await viewer.page.mouse.move(0, 0);
  await viewer.page.locator(`${cards} a`).first().focus();
  for (let far = 0; far < 120; far = Number(await placeOf(viewer)))
    await viewer.page.keyboard.press(far === 0 ? 'ArrowDown' : 'End');
  expect(await count(viewer, cards)).toBeLessThan(ROWS_MAX);
  const id = await focused(viewer);
  if (id === null) throw new Error('The focus has left the board');
  await viewer.page.keyboard.press('Shift+ArrowRight');
  await card(viewer, 'proposal', id).waitFor();
  await until(async () => (await focused(viewer)) === id, { what: 'the moved card to have the focus' });
  await card(viewer, 'qualified', id).waitFor({ state: 'detached' });
});

/** Which card of its column has the focus, counted from 1. */
const placeOf = ({ page }: Person) =>
  page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('aria-posinset') ?? '0');
