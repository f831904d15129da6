import type { Locator } from 'playwright-core';
import type { Person } from './browser.ts';
import { until } from './until.ts';

/** The lists of the support console, by what stands on their tabs. */
export type Tab = 'Mine' | 'Unassigned' | 'All' | 'Mentions';

/** The support console at one of its lists, the newest first, once its tickets are there; with a ticket open beside it. */
export async function openConsole(person: Person, tab: Tab, ticket?: string): Promise<void> {
  const path = ticket === undefined ? '/tickets' : `/tickets/${ticket}`;
  await person.goto(`${path}?tab=${tab.toLowerCase()}&sort=newest`);
  // Where the pointer rests on the list, nothing would move in it.
  await person.page.mouse.move(0, 0);
  await until(() => countOf(person, tab).then((count) => !Number.isNaN(count)), {
    timeout_ms: 30_000,
    what: 'the list to have been counted',
  });
  if (ticket !== undefined) await thread(person).waitFor();
}

/** How many tickets a tab says it has; NaN while it does not say. */
export async function countOf({ page }: Person, tab: Tab): Promise<number> {
  const text = await page.locator('nav[aria-label="Which tickets"] a', { hasText: tab }).innerText();
  return Number(/\d+/.exec(text)?.[0] ?? NaN);
}

/** The row of a ticket in the list. */
export const row = ({ page }: Person, ticket: string): Locator => page.locator(`[data-ticket="${ticket}"]`);

/** The row in which a text stands. */
export const rowWith = ({ page }: Person, text: string): Locator =>
  page.locator('[data-ticket]', { hasText: text });

/** Opens a ticket from the list, and takes the pointer off it. */
export async function openRow(person: Person, ticket: string): Promise<void> {
  await row(person, ticket).click();
  await person.page.mouse.move(0, 0);
  await thread(person).waitFor();
}

/** What was said about the open ticket. */
export const thread = ({ page }: Person): Locator => page.getByRole('log', { name: 'Conversation' });

/** A message or a note in it. */
export const said = (person: Person, text: string): Locator =>
  thread(person).getByRole('listitem').filter({ hasText: text });

export const replyField = ({ page }: Person): Locator =>
  page.getByRole('textbox', { name: 'Reply', exact: true });
export const noteField = ({ page }: Person): Locator => page.getByRole('combobox', { name: 'Private note' });

/** Turns the composer to the other kind. */
export const compose = ({ page }: Person, kind: 'Reply' | 'Private note'): Promise<void> =>
  page.locator('form[aria-label="Answer"] label', { hasText: kind }).click();

/** A field of the open ticket as its head shows it: "Assignee: Björn Åkesson". */
export const chip = ({ page }: Person, label: string): Locator =>
  page.getByRole('group', { name: 'What can be changed' }).getByLabel(new RegExp(`^${label}: `));

export const chipSays = async (person: Person, label: string): Promise<string> =>
  (await chip(person, label).getAttribute('aria-label')) ?? '';

/** The face of a colleague who has the same ticket open; `what` is what they do there. */
export const face = ({ page }: Person, what: string): Locator =>
  page.getByRole('list', { name: 'Also here' }).getByRole('img', { name: what });

/** A notice in the corner. */
export const notice = ({ page }: Person, text: string | RegExp): Locator =>
  page.getByRole('region', { name: 'Notices' }).getByRole('listitem').filter({ hasText: text });
