import { afterEach, expect, test, vi } from 'vitest';
import { axeFindings } from '../world/axe.ts';
import { card, openBoard } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { freshDatabase } from '../world/database.ts';
import { caughtUp, CUT, edit, look, offline, unsent } from '../world/offline.ts';
import { change, enter, newDeal } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { startProxy } from '../world/proxy.ts';
import { startNode } from '../world/server.ts';
import { until } from '../world/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const database = await freshDatabase({ demo: true });
const node = await startNode({ database });
const proxy = await startProxy(node.port);
const base = `http://127.0.0.1:${proxy.port}`;
const kofi = await enter(node, people.kofi);

const desks: Person[] = [];
afterEach(async () => {
  // Behind a line that is cut, a page goes on complaining.
  for (const desk of desks.splice(0)) await desk.close();
  proxy.restore();
});

/** Anna at her desk, whose line can be cut. */
async function newAnna(): Promise<Person> {
  const anna = await newPerson(base, people.anna.email, { password });
  desks.push(anna);
  anna.allow(CUT);
  return anna;
}
const deal = (title: string) => newDeal(kofi, { title, owner: people.anna.id, amount: 1_000 });
const now = async (id: string) => (await kofi.get(`/api/deals/${id}`)).body as Record<string, unknown>;
/** How often each record was written, by the log. */
const writes = async (id: string): Promise<number> =>
  (await database.sql`select 1 from event_log where record_id = ${id}`).length;

test('what is done offline is shown as done, outlives the page, and is done once', async () => {
  const { id } = await deal('Gecko lease');
  const anna = await newAnna();
  await openBoard(anna);
  await card(anna, 'qualified', id).waitFor();
  proxy.cut();
  await offline(anna);
  await card(anna, 'qualified', id).locator('a').focus();
  await anna.page.keyboard.press('Shift+ArrowRight');
  await card(anna, 'proposal', id).waitFor();
  await anna.page.getByText('1 change waits to be sent.').waitFor();
  // Undone, nothing is left to be sent; done again, it is.
  await anna.page.getByRole('button', { name: 'Undo' }).click();
  await card(anna, 'qualified', id).waitFor();
  await until(async () => (await unsent(anna.page)).length === 0);
  await card(anna, 'qualified', id).locator('a').focus();
  await anna.page.keyboard.press('Shift+ArrowRight');
  await card(anna, 'proposal', id).waitFor();
  await until(async () => (await unsent(anna.page)).length === 1);
  await look(anna);
  expect(await axeFindings(anna.page)).toEqual([]);
  expect(await anna.page.getByRole('dialog').innerText()).toMatch(/Gecko lease[\s\S]*Stage\s+Proposal/);

  // The page goes before there is a connection; the next one has it, and sends it.
  await anna.page.goto('about:blank');
  proxy.restore();
  const before = await writes(id);
  await openBoard(anna);
  await card(anna, 'proposal', id).waitFor();
  await caughtUp(anna);
  expect((await now(id))['stage']).toBe('proposal');
  await until(async () => (await writes(id)) === before + 1);
});

test('an answer that is lost, and a page loaded anew: it was done once', async () => {
  const { id } = await deal('Heron lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Heron lease' }).waitFor();
  // The note arrives; that it has is never told.
  let arrived = 0;
  await anna.page.route('**/api/activities', async (route) => {
    await route.fetch();
    arrived++;
    await route.abort('connectionreset');
  });
  await anna.page.getByRole('textbox', { name: /note/i }).fill('They want three of them');
  await anna.page.keyboard.press('Control+Enter');
  await until(() => arrived > 0);
  await until(async () => (await unsent(anna.page)).length === 1);
  await anna.page.unroute('**/api/activities');
  await anna.page.reload();
  await anna.page.getByText('They want three of them').first().waitFor();
  await caughtUp(anna);
  const notes = await database.sql`select 1 from activity where subject = 'They want three of them'`;
  expect(notes).toHaveLength(1);
});

test('two tabs hold one queue: what each did is seen in both, and done once, in its order', async () => {
  const { id } = await deal('Ibis lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Ibis lease' }).waitFor();
  const other = await anna.page.context().newPage();
  await other.goto(`${base}/deals/${id}`);
  await other.getByRole('heading', { name: 'Ibis lease' }).waitFor();
  const there: Person = { ...anna, page: other };
  proxy.cut();
  await Promise.all([offline(anna), offline(there)]);
  await edit(anna, 'Next step', 'Phone them');
  await other.getByText('1 change waits to be sent.').waitFor();
  await other.getByText('Phone them', { exact: true }).waitFor();
  await edit(there, 'Next step', 'Phone them twice');
  await anna.page.getByText('2 changes wait to be sent.').waitFor();
  const before = await writes(id);
  proxy.restore();
  await Promise.all([caughtUp(anna), caughtUp(there)]);
  expect((await now(id))['next_step']).toBe('Phone them twice');
  await until(async () => (await writes(id)) === before + 2);
  for (const page of [anna.page, other]) await page.getByText('Phone them twice').first().waitFor();
});

test('somebody else changed the same meanwhile: both are shown, and neither is lost', async () => {
  const { id } = await deal('Jackdaw lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Jackdaw lease' }).waitFor();
  proxy.cut();
  await offline(anna);
  await edit(anna, 'Next step', 'Mine');
  await until(async () => (await unsent(anna.page)).length === 1);
  await change(kofi, `/api/deals/${id}`, { next_step: 'Theirs', closes_on: '2032-01-01' });
  anna.allow(/409/);
  proxy.restore();
  await anna.page.getByText('1 change needs your decision.').waitFor({ timeout: 45_000 });
  // Theirs stands on the page until she has decided; over a reload, too.
  await anna.page.reload();
  await anna.page.getByText('Theirs').first().waitFor();
  await look(anna);
  const dialog = anna.page.getByRole('dialog', { name: 'Unsent changes' });
  expect(await dialog.innerText()).toMatch(/Yours\s*Mine\s*Theirs\s*Theirs/);
  expect(await axeFindings(anna.page)).toEqual([]);
  await dialog.getByRole('button', { name: /Keep mine/ }).click();
  await dialog.getByText('Nothing is unsent').waitFor();
  await until(async () => (await now(id))['next_step'] === 'Mine');
  expect((await now(id))['closes_on']).toBe('2032-01-01');
});

test('the right was lost meanwhile: it is told, nothing was written, and what was typed is still there', async () => {
  const { id } = await deal('Kiwi lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Kiwi lease' }).waitFor();
  proxy.cut();
  await offline(anna);
  await edit(anna, 'Next step', 'Long and well thought');
  await until(async () => (await unsent(anna.page)).length === 1);
  await change(kofi, `/api/deals/${id}`, { owner: people.dawit.id });
  anna.allow(/404/);
  proxy.restore();
  await anna.page.getByText('1 change needs your decision.').waitFor({ timeout: 45_000 });
  await look(anna);
  const dialog = anna.page.getByRole('dialog', { name: 'Unsent changes' });
  await dialog.getByText('Long and well thought').waitFor();
  await dialog.getByText('What you typed is still here.', { exact: false }).waitFor();
  expect((await now(id))['next_step']).toBeNull();
  await dialog.getByRole('button', { name: /Discard/ }).click();
  await dialog.getByText('Nothing is unsent').waitFor();
  expect(await unsent(anna.page)).toEqual([]);
});

test('the session ran out while offline: signed in again in place, the same person’s writes go; no one else’s do', async () => {
  const { id } = await deal('Lark lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Lark lease' }).waitFor();
  proxy.cut();
  await offline(anna);
  await edit(anna, 'Next step', 'After the night');
  await until(async () => (await unsent(anna.page)).length === 1);
  await database.sql`update session set idle_expires_at = now() - interval '1 hour' where user_id = ${people.anna.id}`;
  anna.allow(/401/);
  proxy.restore();
  await anna.page.getByText('Your session has ended').waitFor({ timeout: 45_000 });
  await anna.page.getByText('1 change made offline is kept in this browser', { exact: false }).waitFor();
  const enterAs = async (email: string) => {
    await anna.page.getByRole('textbox', { name: 'E-mail' }).fill(email);
    await anna.page.getByLabel('Password', { exact: true }).fill(password);
    await anna.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  await anna.page.getByRole('button', { name: 'Sign in again' }).click();
  // Her manager signs in first: he could change the deal, and neither sees nor sends what is hers.
  await enterAs(people.kofi.email);
  await anna.page.getByRole('heading', { name: 'Lark lease' }).waitFor();
  await anna.page.locator('nav .status.live').waitFor();
  expect(await anna.page.content()).not.toContain('After the night');
  expect((await now(id))['next_step']).toBeNull();
  await anna.page.getByRole('button', { name: /account/i }).click();
  await anna.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await enterAs(people.anna.email);
  await until(async () => (await now(id))['next_step'] === 'After the night', { timeout_ms: 45_000 });
  await caughtUp(anna);
});

test('signing out asks about what is unsent, and then leaves nothing of it', async () => {
  const { id } = await deal('Magpie lease');
  const anna = await newAnna();
  await anna.goto(`/deals/${id}`);
  await anna.page.getByRole('heading', { name: 'Magpie lease' }).waitFor();
  proxy.cut();
  await offline(anna);
  await edit(anna, 'Next step', 'Never to be seen');
  await until(async () => (await unsent(anna.page)).length === 1);
  await anna.page.getByRole('button', { name: /account/i }).click();
  await anna.page.getByRole('menuitem', { name: 'Sign out' }).click();
  const dialog = anna.page.getByRole('alertdialog');
  await dialog.getByText('1 change has not reached the server.', { exact: false }).waitFor();
  expect(await axeFindings(anna.page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Sign out', exact: true }).click();
  await anna.page.getByRole('textbox', { name: 'E-mail' }).waitFor();
  expect(await unsent(anna.page)).toEqual([]);
  proxy.restore();
});
