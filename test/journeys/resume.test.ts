import type { WebSocketRoute } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { isMarked, mark } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines } from '../world/people.ts';
import { startProxy } from '../world/proxy.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const kofi = await enter(b, people.kofi);
const DEALS = 160;
const ids: string[] = [];
for (let n = 0; n < DEALS; n += 20)
  for (const { id } of await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      newDeal(kofi, { title: `Okapi ${100 + n + i}`, amount: 1, owner: people.anna.id }),
    ),
  ))
    ids.push(id);
const LIST = `/deals?pipeline=${pipelines.newBusiness}&q=Okapi&look=list&sort=title`;
const rowOf = ({ page }: Person, id: string) => page.locator(`[data-row="${id}"]`);

/** Texts that came through each of a page's live connections, in order. */
function frames({ page }: Person): { sent: string[]; received: string[] }[] {
  const all: { sent: string[]; received: string[] }[] = [];
  page.on('websocket', (socket) => {
    const heard = { sent: [] as string[], received: [] as string[] };
    all.push(heard);
    socket.on('framesent', ({ payload }) => heard.sent.push(String(payload)));
    socket.on('framereceived', ({ payload }) => heard.received.push(String(payload)));
  });
  return all;
}
const rowsIn = (texts: string[]): number =>
  texts.reduce((sum, text) => {
    const answer = /^43\d+(\[.*)$/s.exec(text)?.[1];
    const rows: unknown = answer && (JSON.parse(answer) as [{ rows?: unknown }])[0].rows;
    return sum + (Array.isArray(rows) ? rows.length : 0);
  }, 0);
const bytesOf = (texts: string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

test('the line is cut and comes back: what is otherwise is put right in its place, and nothing else is touched', async () => {
  const line = await startProxy(a.port);
  const anna = await newPerson(`http://127.0.0.1:${line.port}`, people.anna.email, { password });
  anna.allow(/WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET/);
  const heard = frames(anna);
  await anna.goto(LIST);
  const { page } = anna;
  await page.locator('tbody .row-link').first().waitFor();
  await page.mouse.move(0, 0);
  // In the middle of the list, with the focus on a row there.
  await page.locator('.box').evaluate((box) => (box.scrollTop = 1_600));
  const shown = await until(async () => {
    const seen = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('tbody [data-row]')].map((row) => row.dataset['row'] ?? ''),
    );
    return seen.includes(ids[40] ?? '') && seen;
  });
  const [focused, renamed, removed, handed] = [5, 6, 7, 8].map((n) => shown[n] ?? '') as [string, string, string, string]; // prettier-ignore
  await rowOf(anna, focused).locator('.row-link').focus();
  await mark(anna);
  await page.evaluate(() => {
    const taken = ((window as unknown as { taken: string[] }).taken = [] as string[]);
    new MutationObserver((changes) => {
      for (const { removedNodes } of changes)
        for (const node of removedNodes)
          if (node instanceof HTMLElement && node.dataset['row']) taken.push(node.dataset['row']);
    }).observe(document.body, { childList: true, subtree: true });
  });
  const top = await page.locator('.box').evaluate((box) => box.scrollTop);
  const first = { rows: rowsIn(heard[0]?.received ?? []), bytes: bytesOf(heard[0]?.received ?? []) };
  expect(first.rows).toBeGreaterThan(DEALS / 2);

  line.cut();
  await page.getByText('offline', { exact: false }).first().waitFor();
  await change(kofi, `/api/deals/${renamed}`, { amount: 4_711 });
  expect((await kofi.delete(`/api/deals/${removed}`)).status).toBe(200);
  await change(kofi, `/api/deals/${handed}`, { owner: people.dawit.id });
  const born = await newDeal(kofi, { title: 'Okapi 100 and more', amount: 2, owner: people.anna.id });
  line.restore();

  await rowOf(anna, renamed).getByText('4,711').waitFor({ timeout: 60_000 });
  for (const id of [removed, handed]) await rowOf(anna, id).waitFor({ state: 'detached' });
  await until(async () => !(await page.getByText('offline', { exact: false }).first().isVisible()));
  expect(await isMarked(anna)).toBe(true);
  expect(
    await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset['row']),
  ).toBe(focused);
  // The list stands still under its reader.
  const now = await page.locator('.box').evaluate((box) => box.scrollTop);
  expect(Math.abs(now - top)).toBeLessThan(100);
  const taken = await page.evaluate(() => (window as unknown as { taken: string[] }).taken);
  const still = new Set(shown.filter((id) => ![removed, handed].includes(id)).slice(4, 10));
  expect(taken.filter((id) => still.has(id))).toEqual([]);

  const again = heard.at(-1);
  const asked = again?.sent.filter((text) => text.includes('"open"')) ?? [];
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.some((text) => text.includes('"since"'))).toBe(true);
  // Changed and born in the list; every other view had nothing to tell.
  const told = { rows: rowsIn(again?.received ?? []), bytes: bytesOf(again?.received ?? []) };
  expect(told.rows).toBeLessThan(8);
  expect(told.bytes).toBeLessThan(first.bytes / 4);
  // What came in waits above until its reader wants it.
  await page.locator('.box').evaluate((box) => (box.scrollTop = 0));
  await page.getByText('1 new').click();
  await rowOf(anna, born.id).waitFor();
});

/** Stands between a page and its server, message by message. */
async function between(person: Person) {
  const lines: { route: WebSocketRoute; sent: string[] }[] = [];
  const state = { dead: false };
  await person.page.routeWebSocket(/socket\.io/, (route) => {
    const line = { route, sent: [] as string[] };
    const isDead = () => state.dead && lines[0] === line;
    lines.push(line);
    const server = route.connectToServer();
    route.onMessage((message) => {
      if (isDead()) return;
      line.sent.push(String(message));
      server.send(message);
    });
    server.onMessage((message) => void (isDead() || route.send(message)));
  });
  return { lines, state };
}

test('told that its node is going, a page goes elsewhere by itself, with what it holds', async () => {
  const anna = await newPerson(a.base, people.anna.email, { password });
  const { lines } = await between(anna);
  await anna.goto(LIST);
  await anna.page.locator('tbody .row-link').first().waitFor();
  await until(() => lines[0]?.sent.some((text) => text.includes('"open"')));
  lines[0]?.route.send('42["going",{"after_ms":300}]');
  await until(() => lines[1]?.sent.some((text) => text.includes('"since"')), { what: 'the page to go' });
  await change(kofi, `/api/deals/${ids[1]}`, { amount: 31_337 });
  await rowOf(anna, ids[1] ?? '')
    .getByText('31,337')
    .waitFor();
  expect(lines).toHaveLength(2);
});

test('woken from sleep on a line that is dead without knowing, a page begins anew within seconds', async () => {
  const anna = await newPerson(a.base, people.anna.email, { password });
  const { lines, state } = await between(anna);
  await anna.goto(LIST);
  await anna.page.locator('tbody .row-link').first().waitFor();
  state.dead = true;
  await change(kofi, `/api/deals/${ids[2]}`, { amount: 27_182 });
  await anna.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await rowOf(anna, ids[2] ?? '')
    .getByText('27,182')
    .waitFor({ timeout: 12_000 });
  expect(lines[1]?.sent.some((text) => text.includes('"since"'))).toBe(true);
});
