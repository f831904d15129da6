import { expect, test, vi } from 'vitest';
import { openBoard } from '../world/board.ts';
import { newPerson } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { remains } from '../world/remains.ts';
import { until } from '../world/until.ts';

// That nothing more reaches a client that does not leave by itself, whatever has failed: test/server/live/endSession.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

test('an administrator ends a session: the browser is out, knows why, and holds nothing', async () => {
  const kofisProgram = await enter(a, people.kofi);
  const deal = await newDeal(kofisProgram, { title: 'Wombat lease', owner: people.dawit.id });
  const dawit = await newPerson(b.base, people.dawit.email, { password });
  await openBoard(dawit);
  await dawit.page.getByText('Wombat lease').waitFor();
  // A second window of the same session, on the deal's page.
  const window = await dawit.page.context().newPage();
  await window.goto(`${b.base}/deals/${deal.id}`);
  await window.getByText('Wombat lease').first().waitFor();

  const rafael = await newPerson(a.base, people.rafael.email, { password });
  await rafael.goto('/sessions');
  const row = rafael.page.getByRole('row').filter({ hasText: people.dawit.name });
  // Live: both of his windows are counted.
  await until(async () => /\b2\b/.test((await row.innerText()).replaceAll('\n', ' ')), {
    what: 'the row to count two sockets',
  });
  await row.getByRole('button', { name: /End the session of Dawit Selassie/ }).click();
  await rafael.page.getByRole('button', { name: 'End session' }).click();

  for (const page of [dawit.page, window]) {
    await page.getByText('Your session has ended').waitFor();
    await page.getByText('An administrator ended it.').waitFor();
  }
  const receipt = await rafael.page.getByText(/2 of 2 nodes confirmed/).innerText();
  expect(receipt).toMatch(/2 of 2 nodes confirmed · 2 sockets closed · \d+ ms/);
  await rafael.page.getByText('Dawit’s session has ended').waitFor();
  await row.getByText('ended').waitFor();

  const after = await change(kofisProgram, `/api/deals/${deal.id}`, { title: 'Echidna lease' });
  for (const page of [dawit.page, window]) {
    const left = await remains(page);
    for (const word of [
      'Wombat',
      'Echidna',
      deal.id,
      people.dawit.name,
      people.kofi.name,
      people.dawit.email,
      'nordlicht',
    ]) {
      expect(left).not.toContain(word);
    }
    expect(JSON.parse(left.slice(0, left.indexOf('<')))).toMatchObject({
      kept: { databases: [] },
      cached: [],
    });
  }
  expect(after.title).toBe('Echidna lease');
  expect(await dawit.received()).not.toContain('Echidna');

  // Back, forward and a reload show nothing either; signing in again does.
  dawit.allow(/401/);
  await dawit.page.goBack();
  await dawit.page.goForward();
  expect(await dawit.page.content()).not.toMatch(/Wombat|Echidna/);
  await dawit.page.reload();
  await dawit.page.getByRole('textbox', { name: 'E-mail' }).waitFor();
  expect(await dawit.page.content()).not.toMatch(/Wombat|Echidna/);
  expect(await dawit.received()).not.toContain('Echidna');
  await dawit.page.getByRole('textbox', { name: 'E-mail' }).fill(people.dawit.email);
  await dawit.page.getByLabel('Password', { exact: true }).fill(password);
  await dawit.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dawit.page.getByText('Echidna lease').waitFor();
});

test('who may not end sessions sees no more than their own, and cannot', async () => {
  const dawit = await newPerson(a.base, people.dawit.email, { password });
  const rafael = await enter(b, people.rafael);
  await dawit.goto('/sessions');
  await dawit.page.getByRole('row').filter({ hasText: people.dawit.name }).first().waitFor();
  const text = await dawit.page.locator('main').innerText();
  expect(text).not.toContain(people.rafael.name);
  const received = await dawit.received();
  const { session } = (await rafael.get('/api/me')).body as { session: { id: string } };
  expect(received).not.toContain(session.id);
});
