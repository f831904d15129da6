import { expect, test, vi } from 'vitest';
import { builtInRoleId } from '../../server/db/builtInRoles.ts';
import { axeFindings } from '../world/axe.ts';
import { newPerson } from '../world/browser.ts';
import { enter, startPair } from '../world/pair.ts';
import { PASSWORD as password, people } from '../world/people.ts';
import { until } from '../world/until.ts';

// A change of access that was a mistake: found in the list, looked at, and taken back.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 200_000 });
const { a, b } = await startPair();
const rafaels = await enter(a, people.rafael);
const rafael = await newPerson(a.base, people.rafael.email, { password });
const { page } = rafael;

test('a role given by mistake is taken back, after a look at what that comes to', async () => {
  const oskar = await newPerson(b.base, people.oskar.email, { password });
  await oskar.goto('/');
  const role = builtInRoleId('support_manager');
  const given = await rafaels.post('/api/assignments', { user: people.oskar.id, role });
  expect(given.status).toBe(201);

  await rafael.goto('/access/changes');
  await page.getByRole('heading', { name: 'Changes' }).waitFor();
  const line = page
    .getByRole('listitem')
    .filter({ hasText: `gave ${people.oskar.name} the role Support manager` });
  await line.waitFor();
  expect(await axeFindings(page)).toEqual([]);

  await line.getByRole('button', { name: /^Undo/ }).click();
  const dialog = page.getByRole('alertdialog');
  // What he may do besides comes by that role alone; what he sees comes by another one, too.
  await dialog.getByText('In detail').click({ timeout: 30_000 });
  await dialog.getByText('Change companies').waitFor();
  await dialog.getByText(/open windows? changes? at once/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Take it back' }).click();

  await line.getByText(`Taken back by ${people.rafael.name}`).waitFor();
  expect(await line.getByRole('button', { name: /^Undo/ }).count()).toBe(0);
  await page.getByText(`took the role Support manager from ${people.oskar.name}`).waitFor();
  const isGone = await until(async () => {
    const { body } = await rafaels.get(`/api/assignments?user=${people.oskar.id}`);
    const { rows } = body as { rows: { role: string }[] };
    return rows.every((row) => row.role !== role);
  });
  expect(isGone).toBe(true);
});

test('on a phone, in the dark, in Chinese', async () => {
  const phone = await newPerson(a.base, people.rafael.email, {
    password,
    context: { locale: 'zh-CN', viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  });
  await phone.goto('/access/changes');
  await phone.page.getByText('授予').first().waitFor();
  expect(await axeFindings(phone.page)).toEqual([]);
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide, 'nothing stands beside the screen').toBe(false);
});
