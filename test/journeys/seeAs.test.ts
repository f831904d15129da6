import { expect, test, vi } from 'vitest';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { axeFindings } from '../world/axe.ts';
import { newPerson } from '../world/browser.ts';
import { enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines } from '../world/people.ts';
import { until } from '../world/until.ts';

// What somebody sees, why, and what it looks like through their eyes.

vi.setConfig({ testTimeout: 150_000, hookTimeout: 200_000 });
const { a, database } = await startPair();
const { sql } = database;
const anna = await enter(a, people.anna);
const deal = await newDeal(anna, { title: 'Wombat ferries', amount: 41_207.5 });

test('a locked or hidden field says why: by finger, and by the keyboard alone', async () => {
  const noor = await newPerson(a.base, people.noor.email, {
    password,
    context: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  });
  const { page } = noor;
  await noor.goto(`/deals/${deal.id}`);
  await page.getByRole('button', { name: 'Why? Amount' }).tap();
  await page.getByText('You may not read Amount.').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Owner: .* Why\?$/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await noor.received()).not.toContain('41207.5');
});

test('who sees a record, and why one of them may not hand it over', async () => {
  const rafael = await newPerson(a.base, people.rafael.email, { password });
  const { page } = rafael;
  await rafael.goto(`/deals?pipeline=${pipelines.newBusiness}&look=list&q=Wombat`);
  await page.getByRole('button', { name: 'More about Wombat ferries' }).click();
  await page.getByRole('menuitem', { name: 'Who can see this?' }).click();
  await page.getByText(people.noor.name).first().waitFor();
  expect(await axeFindings(page)).toEqual([]);

  await page.getByText('Why', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Person' }).fill('Noor');
  await page.getByRole('option', { name: /Noor/ }).first().click();
  await page.getByText(`${people.noor.name} may read it.`).waitFor();
  await page.getByRole('combobox', { name: 'May they' }).click();
  await page.getByRole('option', { name: 'Hand over' }).click();
  await page.getByText(`${people.noor.name} may not hand it over.`).waitFor();
  await rafael.close();
});

test('seen as somebody else: marked, hatched and read only, and over with the tab', async () => {
  const rafael = await newPerson(a.base, people.rafael.email, { password });
  const { page } = rafael;
  await rafael.goto('/access/people');
  await page.getByRole('link', { name: people.noor.name }).first().click();
  await page.getByRole('button', { name: `See as ${people.noor.name}` }).click();
  await page.getByRole('textbox', { name: 'Why' }).fill('She misses a deal');
  await page.getByRole('button', { name: 'See as them' }).click();
  await page.getByText(`You see what ${people.noor.name} sees`).waitFor();
  await page.getByRole('link', { name: 'Deals' }).first().click();
  await page.goto(new URL(`/deals/${deal.id}`, a.base).href);
  await page.getByRole('heading', { name: 'Wombat ferries' }).waitFor();
  await page.getByText(`You see what ${people.noor.name} sees`).waitFor();
  await page.getByText('hidden', { exact: true }).first().waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(await open()).toBe(1);

  await page.close();
  expect(await until(async () => (await open()) === 0)).toBe(true);
  const [last] = await sql<{ action: string }[]>`
    select action from audit_entry where action like 'see_as.%' order by at desc, id desc limit 1
  `;
  expect(last?.action).toBe('see_as.end');
});

async function open(): Promise<number> {
  const [row] = await sql<
    [{ count: number }]
  >`select count(*)::int as count from see_as where ended_at is null`;
  return row.count;
}

test('one deal is shared from its row until a day, and whoever has it already is shown', async () => {
  const kofi = await newPerson(a.base, people.kofi.email, { password });
  const { page } = kofi;
  await kofi.goto(`/deals?pipeline=${pipelines.newBusiness}&look=list&q=Wombat`);
  await page.getByRole('button', { name: 'More about Wombat ferries' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Share…' }).click();
  await page.getByText('Nobody yet').waitFor();
  await page.getByRole('combobox', { name: 'With' }).fill('Chiamaka');
  await page.getByRole('option', { name: /Chiamaka/ }).click();
  await page.getByRole('button', { name: 'A week', exact: true }).click();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText(/may read · until .* · by you/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const seen = (await (await enter(a, people.chiamaka)).get(`/api/deals/${deal.id}`)).body as MaskedRecord;
  expect(seen['title']).toBe('Wombat ferries');
});
