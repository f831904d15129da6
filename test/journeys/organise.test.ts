import { expect, test, vi } from 'vitest';
import { must } from '../../shared/lib/must.ts';
import type { MaskedRecord } from '../../shared/access/index.ts';
import { axeFindings } from '../world/axe.ts';
import { newPerson, newVisitor } from '../world/browser.ts';
import { change, enter, newDeal, startPair } from '../world/pair.ts';
import { PASSWORD as password, people, pipelines, teams } from '../world/people.ts';

// People, teams and territories are put where they belong, and others' screens follow at once.

vi.setConfig({ testTimeout: 150_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const rafaels = await enter(a, people.rafael);
const rafael = await newPerson(a.base, people.rafael.email, { password });
const { page } = rafael;
const dialog = page.getByRole('dialog');
/** Presses it once it may be pressed: what a change comes to has been counted. */
const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click({ timeout: 40_000 });
const pick = async (label: string, text: string) => {
  await dialog.getByRole('combobox', { name: label }).fill(text);
  await page
    .getByRole('option', { name: new RegExp(text) })
    .first()
    .click();
};
const toPlace = (name: string) =>
  page
    .getByRole('navigation', { name: 'Access', exact: true })
    .getByRole('link', { name, exact: true })
    .click();
const personNamed = async (name: string): Promise<MaskedRecord> => {
  const filter = encodeURIComponent(JSON.stringify({ name }));
  const { rows } = (await rafaels.get(`/api/users?filter=${filter}`)).body as { rows: MaskedRecord[] };
  return must(rows[0], name);
};

test('a person is added, given a role, moved and deactivated, each after a look at what that changes', async () => {
  await rafael.goto('/');
  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('People');
  await page.getByRole('button', { name: 'Person', exact: true }).click();
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('Ines Lindqvist');
  await dialog.getByRole('textbox', { name: /^E-mail/ }).fill('ines@nordlicht.example');
  expect(await axeFindings(page)).toEqual([]);
  await dialog.locator('[type="submit"]').click();
  await page.getByRole('heading', { name: 'Ines Lindqvist' }).waitFor();

  await page.getByRole('button', { name: 'Invite…' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByText('Invited, until').waitFor();
  const ines = await newVisitor(b.base);
  // Nobody is signed in there yet.
  ines.allow(/401/);
  await ines.page.goto(link.replace(a.base, b.base));
  await ines.page.locator('input[type="password"]').fill('quiet rivers run deep');
  await ines.page.getByRole('button', { name: 'Begin' }).click();
  await ines.page.getByText(/You hold no role/).waitFor();
  await ines.close();

  await page.getByRole('button', { name: 'Give a role' }).click();
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: /^Sales assistant/ }).click();
  await dialog.getByText('What this changes').waitFor();
  await press('Give role');
  await page.getByText('Ines Lindqvist has Sales assistant now').waitFor();

  await page.getByRole('button', { name: 'Move…' }).click();
  await pick('Team', 'Enterprise North');
  await pick('Manager', people.kofi.name);
  await dialog.getByText(/1 person gains [\d,]+ deals/).waitFor({ timeout: 40_000 });
  expect(await axeFindings(page)).toEqual([]);
  await press('Move');
  await page.getByText('Ines Lindqvist has been moved').waitFor();
  const { id } = await personNamed('Ines Lindqvist');
  expect((await rafaels.get(`/api/users/${id}`)).body).toMatchObject({
    team: teams.north,
    manager: people.kofi.id,
  });

  await page.getByRole('button', { name: 'Change teams' }).click();
  await dialog.getByRole('combobox').first().fill('South');
  await page.getByRole('option', { name: /Enterprise South/ }).click();
  await dialog.getByText(/1 person gains [\d,]+ deals/).waitFor({ timeout: 40_000 });
  await press('Save');
  await page.getByRole('link', { name: 'Enterprise South' }).waitFor();

  await page.getByRole('button', { name: 'Deactivate…' }).click();
  const sure = page.getByRole('alertdialog');
  await sure.getByText(/1 person loses [\d,]+ deals/).waitFor({ timeout: 40_000 });
  await sure.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await page.getByText('Not active', { exact: true }).waitFor();
});

test('who is moved to another team watches its deals come and the former ones go', async () => {
  const kofis = await enter(b, people.kofi);
  const priyas = await enter(b, people.priya);
  await newDeal(kofis, { title: 'Numbat canals' });
  await newDeal(priyas, { title: 'Dingo bridges' });
  const noor = await newPerson(b.base, people.noor.email, { password });
  await noor.goto(`/deals?pipeline=${pipelines.newBusiness}&look=list&sort=-created_at`);
  await noor.page.getByText('Numbat canals').waitFor();
  expect(await noor.page.getByText('Dingo bridges').count()).toBe(0);

  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('People');
  await page.getByRole('link', { name: people.noor.name }).first().click();
  await page.getByRole('button', { name: 'Move…' }).click();
  await pick('Team', 'Enterprise South');
  await dialog
    .getByText(/1 person (gains|loses) [\d,]+ deals/)
    .first()
    .waitFor({ timeout: 40_000 });
  await press('Move');
  await noor.page.getByText('Dingo bridges').waitFor();
  await noor.page.getByText('Numbat canals').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await noor.page.getByText('Numbat canals').waitFor();
  await noor.page.getByText('Dingo bridges').waitFor({ state: 'detached' });
});

test('a team is added and moved: who would look after it is said first', async () => {
  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('Teams');
  await page.getByRole('button', { name: 'Team', exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Inside sales');
  await dialog.locator('[type="submit"]').click();
  await page.getByRole('heading', { name: 'Inside sales' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('link', { name: 'Access' }).click();
  await toPlace('Teams');
  await page.getByRole('link', { name: 'Inside sales' }).press('m');
  await pick('Below', 'Enterprise North');
  // Rūta looks after the people of Enterprise North and of what is below it.
  await dialog.getByText(/The rights of 1 person change/).waitFor({ timeout: 40_000 });
  await press('Move');
  await page.getByText('Inside sales has been moved').waitFor();
});

test('a territory fills by postcode: a company comes to the people who work there', async () => {
  const company = (await rafaels.post('/api/companies', { name: 'Bilby Werft', postcode: '20457' })).body as MaskedRecord; // prettier-ignore
  await toPlace('Territories');
  await page.getByRole('button', { name: 'Territory', exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Port of Hamburg');
  await dialog.locator('[type="submit"]').click();
  await page.getByRole('heading', { name: 'Port of Hamburg' }).waitFor();

  await page.getByRole('button', { name: 'Make a rule' }).click();
  await dialog.getByRole('combobox', { name: 'Field' }).click();
  await page.getByRole('option', { name: 'Postcode' }).click();
  await dialog.getByRole('combobox', { name: 'How Postcode is compared' }).click();
  await page.getByRole('option', { name: 'starts with' }).click();
  await dialog.getByRole('textbox', { name: 'Value of Postcode' }).fill('204');
  await dialog.getByText('1 company moves').waitFor({ timeout: 40_000 });
  expect(await axeFindings(page)).toEqual([]);
  await press('Save');
  await page.getByText('Postcode starts with 204').waitFor();
  await page.getByText(/1 of [\d,]+ companies have moved/).waitFor({ timeout: 40_000 });
  const moved = (await rafaels.get(`/api/companies/${company.id}`)).body as MaskedRecord;
  expect(moved['territory']).not.toBeNull();

  // Another postcode, another territory: at once.
  await change(rafaels, `/api/companies/${company.id}`, { postcode: '10115' });
  const gone = (await rafaels.get(`/api/companies/${company.id}`)).body as MaskedRecord;
  expect(gone['territory']).not.toBe(moved['territory']);
});
