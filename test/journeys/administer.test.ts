import { expect, test, vi } from 'vitest';
import type { RoleAnswer } from '../../shared/protocol/index.ts';
import type { ShareAnswer } from '../../shared/protocol/policy.ts';
import { builtInRoleId } from '../../server/db/builtInRoles.ts';
import { must } from '../../shared/lib/must.ts';
import { axeFindings } from '../world/axe.ts';
import { card, openBoard } from '../world/board.ts';
import { newPerson, type Person } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines } from '../world/people.ts';

// The first week of an administrator, as somebody new to the product would go about it: no address typed, no id known.

vi.setConfig({ testTimeout: 150_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const kofi = await enter(a, people.kofi);
const rafaels = await enter(a, people.rafael);
const rafael = await newPerson(a.base, people.rafael.email, { password });
const { page } = rafael;

const MARKETING = builtInRoleId('marketing_manager');
const roleNamed = async (name: string): Promise<RoleAnswer> => {
  const { rows } = (await rafaels.get('/api/roles')).body as { rows: RoleAnswer[] };
  return must(
    rows.find((role) => role.name === name),
    name,
  );
};
/** Presses it once it may be pressed: what a change comes to has been looked at. */
const press = (name: string) => page.getByRole('button', { name, exact: true }).click({ timeout: 30_000 });
/** What was done last. */
const undo = () => page.getByRole('button', { name: 'Undo', exact: true }).last().click();
const choose = async (label: string | RegExp, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).first().click();
};
const toPlace = (name: string) =>
  page
    .getByRole('navigation', { name: 'Access', exact: true })
    .getByRole('link', { name, exact: true })
    .click();

test('a role made by copying one loses export and a field, and what that changes is said before it is saved', async () => {
  await rafael.goto('/');
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByRole('link', { name: 'Sales manager', exact: true }).click();
  await press('More about this role');
  await page.getByRole('menuitem', { name: 'Copy…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Sales lead');
  await press('Make role');
  await page.getByRole('heading', { name: 'Sales lead' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);

  // By keyboard alone: to the cell, and empty it.
  await page.getByRole('button', { name: /^Read, Deals/ }).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'Backspace']) await page.keyboard.press(key);
  await page.getByText('1 change, not saved yet').waitFor();
  await page.getByRole('tab', { name: /^Fields/ }).click();
  await page.getByRole('radiogroup', { name: 'Margin' }).getByText('Hidden').click();
  await page.getByText('Nothing changes for anybody').waitFor();
  expect(await axeFindings(page)).toEqual([]);

  // It is still there after leaving the page.
  await page.reload();
  await page.getByText('2 changes, not saved yet').waitFor();
  await press('Save');
  await page.getByText('Sales lead is saved').waitFor();
  const saved = await roleNamed('Sales lead');
  expect(saved.grants['deal']).not.toHaveProperty('export');
  expect(saved.grants['deal']).toHaveProperty('delete');
  expect(saved.fields['deal']?.['margin'] ?? 'hidden').toBe('hidden');

  await undo();
  await page.getByText('Sales lead is as it was before').waitFor();
  expect((await roleNamed('Sales lead')).grants['deal']).toHaveProperty('export');
});

test('it is given to a person until Friday, and to a whole team', async () => {
  await page.getByRole('tab', { name: /^Members/ }).click();
  await press('Give it to…');
  await page.getByRole('combobox', { name: 'Who' }).fill('Anna');
  await page.getByRole('option', { name: /Anna/ }).first().click();
  const friday = page.getByRole('button', { name: 'Friday', exact: true });
  // On a Friday, today is that.
  await (
    (await friday.count()) > 0 ? friday : page.getByRole('button', { name: 'Today', exact: true })
  ).click();
  await page.getByText(/1 person gains .* deals?/).waitFor({ timeout: 30_000 });
  await press('Give role');
  const row = page.getByRole('row').filter({ hasText: people.anna.name });
  await row.getByText('holds it').waitFor();

  await press('Give it to…');
  await page.getByRole('combobox', { name: 'Who' }).fill('South');
  await page.getByRole('option', { name: /Enterprise South/ }).click();
  await press('Give role');
  await page.getByRole('row').filter({ hasText: 'everyone in the team' }).waitFor();
  const { members } = await roleNamed('Sales lead');
  expect(members).toEqual(expect.arrayContaining([people.anna.id, people.chiamaka.id]));

  await row.getByRole('button', { name: /^Take it from Anna/ }).click();
  await page.getByText(/1 person loses .* deals?/).waitFor({ timeout: 30_000 });
  await press('Take it away');
  await row.waitFor({ state: 'detached' });
});

test('two roles side by side: what differs, and only that', async () => {
  await page.getByRole('tab', { name: 'Compare' }).click();
  await choose('With', 'Auditor');
  const export_ = page.getByRole('row').filter({ hasText: 'Deals · Export' });
  await export_.getByText('Own + reports + team').waitFor();
  await export_.getByText('None').waitFor();
});

test('all deals of an industry are opened to marketing: the editor says what the role lacks, and they come live', async () => {
  const deal = await newDeal(kofi, { title: 'Quokka turbines', industry: 'energy' });
  const helena = await newPerson(b.base, people.helena.email, { password });
  await helena.goto('/me');

  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('Rules');
  await page.getByRole('button', { name: /^Share by industry/ }).click();
  await choose('Value of Industry', 'Energy');
  await page.getByText(/of .* deals match now/).waitFor();
  await page.getByRole('combobox', { name: 'Opens them to' }).fill('Marketing');
  await page.getByRole('option', { name: /Marketing manager/ }).click();
  await page.getByText('Nobody it means may read deals at all, so it opens nothing').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await press('Save');
  await page.getByText('Industry is Energy → Marketing manager').first().waitFor();

  // What it widens has to be granted: own deals at least.
  await toPlace('Roles');
  await page.getByRole('link', { name: 'Marketing manager', exact: true }).click();
  await page.getByRole('button', { name: /^Read, Deals/ }).press('Space');
  await page.getByRole('menuitemcheckbox', { name: /^Own/ }).press('Enter');
  await page.keyboard.press('Escape');
  await page.getByText(/1 person gains [\d,]+ deals/).waitFor({ timeout: 30_000 });
  await press('Save');
  await page.getByText('Marketing manager is saved').waitFor();
  await helena.goto(`/deals?pipeline=${pipelines.newBusiness}&look=list`);
  await helena.page.getByText('Quokka turbines').waitFor();

  // And they go with the rule.
  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('Rules');
  await page.getByRole('link', { name: 'Industry is Energy → Marketing manager' }).click();
  await press('Delete…');
  await page.getByText(/1 person loses [\d,]+ deals/).waitFor({ timeout: 30_000 });
  await press('Delete');
  await helena.page.getByText('Quokka turbines').waitFor({ state: 'detached' });
  expect((await rafaels.get('/api/sharing-rules')).body).toMatchObject({ rows: [] });
  await undo();
  await helena.page.getByText('Quokka turbines').waitFor();
  expect((await (await enter(b, people.helena)).get(`/api/deals/${deal.id}`)).status).toBe(200);
  expect((await roleNamed('Marketing manager')).id).toBe(MARKETING);
});

test('tickets with a tag are hidden from everyone but one role', async () => {
  const [bjorn, mireille] = await Promise.all([enter(b, people.bjorn), enter(b, people.mireille)]);
  const { rows } = (await bjorn.get('/api/tickets?limit=1')).body as { rows: { id: string }[] };
  const ticket = `/api/tickets/${must(rows[0], 'a ticket').id}`;
  const tag = (await rafaels.post('/api/tags', { name: 'legal' })).body as { id: string };
  await change(rafaels, ticket, { tags: [tag.id] });

  await toPlace('Restrictions');
  await page.getByRole('button', { name: /^Hide tickets with a tag/ }).click();
  await choose('Value of Tags', 'legal');
  await page.getByText(/of [\d,]+ tickets match now/).waitFor();
  await choose(/^Hidden from everyone but/, /Support manager/);
  await page.getByText(/(people|person) loses? 1 ticket/).waitFor({ timeout: 30_000 });
  await page.locator('section[aria-busy="false"]').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await press('Save');
  await page.getByRole('link', { name: 'Tags includes legal → hidden' }).waitFor();
  expect((await bjorn.get(ticket)).status).toBe(404);
  expect((await mireille.get(ticket)).status).toBe(200);

  await undo();
  await page.getByRole('link', { name: 'Tags includes legal → hidden' }).waitFor({ state: 'detached' });
  expect((await bjorn.get(ticket)).status).toBe(200);
});

test('one deal is shared with a colleague until next week: it comes to their board, and goes when taken back', async () => {
  const deal = await newDeal(kofi, { title: 'Numbat escrow' });
  const [manager, chiamaka] = await Promise.all([
    newPerson(a.base, people.kofi.email, { password }),
    newPerson(b.base, people.chiamaka.email, { password }),
  ]);
  await openBoard(chiamaka);
  await manager.goto(`/deals/${deal.id}`);
  await share(manager, 'Chiamaka');
  await card(chiamaka, 'qualified', deal.id).waitFor();
  const { rows } = (await kofi.get(`/api/shares?object=deal&id=${deal.id}`)).body as { rows: ShareAnswer[] };
  const left_days = (Date.parse(must(rows[0]?.ends_at, 'an end')) - Date.now()) / 86_400_000;
  expect(left_days).toBeGreaterThan(7);
  expect(left_days).toBeLessThanOrEqual(8);

  await manager.page.getByRole('button', { name: /^Take back: Chiamaka/ }).click();
  await card(chiamaka, 'qualified', deal.id).waitFor({ state: 'detached' });
});

async function share({ page: on }: Person, who: string): Promise<void> {
  await on.getByRole('button', { name: 'Share…' }).click();
  await on.getByRole('combobox', { name: 'With' }).fill(who);
  await on.getByRole('option', { name: new RegExp(who) }).click();
  await on.getByRole('button', { name: 'A week', exact: true }).click();
  expect(await axeFindings(on)).toEqual([]);
  await on.getByRole('button', { name: 'Share', exact: true }).click();
  await on.getByText(/may read · until .* · by you/).waitFor();
}
