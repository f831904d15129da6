import type { Page } from 'playwright-core';
import type { Person } from './browser.ts';
import { until } from './until.ts';

// A person behind a proxy that is cut, and what the console then says of the writes that wait.

/** What a browser reports of a connection that is cut. */
export const CUT = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_ABORTED|WebSocket connection/;

/** Waits until the page knows that it is offline. */
export const offline = ({ page }: Person): Promise<void> =>
  page.getByText('You are offline.', { exact: false }).waitFor();

/** Waits until everything is right again and nothing is unsent. */
export async function caughtUp({ page }: Person): Promise<void> {
  await page.locator('nav .status.live').waitFor({ timeout: 45_000 });
  await until(async () => (await unsent(page)).length === 0, {
    what: 'everything to be sent',
    timeout_ms: 45_000,
  });
}

/** The names under which unsent writes stand in the browser's storage. */
export const unsent = (page: Page): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('unsent:')));

/** Opens the list of what is unsent. */
export async function look({ page }: Person): Promise<void> {
  await page.locator('main').getByRole('button', { name: 'Look' }).first().click();
  await page.getByRole('dialog', { name: 'Unsent changes' }).waitFor();
}

/** Sets a field on the page of a record, by its editor. */
export async function edit({ page }: Person, label: string, value: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`Edit ${label}`) }).click();
  const field = page.getByRole('textbox', { name: label });
  await field.fill(value);
  await field.press('Enter');
}
