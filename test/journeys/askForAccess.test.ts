import { expect, test, vi } from 'vitest';
import { axeFindings } from '../world/axe.ts';
import { newPerson } from '../world/browser.ts';
import { enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';

// Somebody loses sight of a deal, asks for it where it was, and is given it by its owner: on two nodes, without reloading.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();

test('who loses access asks for it there, the owner sees it at once, and what is given comes back onto the screen', async () => {
  const anna = await enter(a, people.anna);
  const deal = await newDeal(anna, { title: 'Okapi licence' });
  const to = { kind: 'user', id: people.chiamaka.id };
  const share = await anna.post('/api/shares', { object: 'deal', id: deal.id, to, level: 'read' });
  const looking = await newPerson(b.base, people.chiamaka.email, { password });
  const owner = await newPerson(a.base, people.anna.email, { password });
  await looking.goto(`/deals/${deal.id}`);
  await looking.page.getByRole('heading', { name: 'Okapi licence' }).waitFor();
  await owner.goto('/access/requests');
  await owner.page.getByText('Nobody waits for you').waitFor();

  await anna.delete(`/api/shares/${(share.body as { id: string }).id}`);
  await looking.page.getByText('This deal is no longer yours to see').waitFor();
  await looking.page.getByRole('button', { name: 'Ask for access…' }).click();
  await looking.page.getByLabel('What for').fill('The customer calls me');
  expect(await axeFindings(looking.page)).toEqual([]);
  await looking.page.getByRole('button', { name: 'Send request' }).click();
  await looking.page.getByText('Your request is on its way').waitFor();

  await owner.page.getByRole('button', { name: /^Answer Chiamaka/ }).click();
  await owner.page.getByText('That is what was asked for.').waitFor();
  expect(await axeFindings(owner.page)).toEqual([]);
  await owner.page.getByRole('button', { name: 'Give access' }).click();
  await owner.page.getByText('Nobody waits for you').waitFor();

  await looking.page.getByRole('heading', { name: 'Okapi licence' }).waitFor();
  await looking.goto('/access/requests');
  await looking.page.getByText('Given', { exact: true }).waitFor();
});
