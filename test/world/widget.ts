import type { Locator } from 'playwright-core';
import { newVisitor, type Person } from './browser.ts';

/** A message in the chat as it stands on the customer's screen. */
export interface SeenBubble {
  mine: boolean;
  text: string;
  /** What stands below it: "sending…", "sent", "seen", "Björn · 09:43"; empty where nothing does. */
  foot: string;
}

/** A customer at the shop's page, with the chat open and ready to be written in. */
export async function newCustomer(base: string): Promise<Person> {
  const person = await newVisitor(base);
  await person.goto('/widget-demo');
  await openChat(person);
  return person;
}

export async function openChat({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chatField({ page }).waitFor();
}

/** Where one writes. */
export const chatField = ({ page }: Pick<Person, 'page'>): Locator =>
  page.getByRole('textbox', { name: 'Write a message' });

/** Writes a message and sends it with Enter; it may still be on its way. */
export async function say(person: Person, text: string): Promise<void> {
  await chatField(person).fill(text);
  await chatField(person).press('Enter');
}

/** Leaves name and address, as the chat offers. */
export async function introduce({ page }: Person, name: string, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Leave your name and e-mail' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(`Thank you, ${name}.`).waitFor();
}

/** All messages in the chat, from the top. */
export const bubbles = ({ page }: Person): Promise<SeenBubble[]> =>
  page.locator('rolecall-chat .row').evaluateAll((rows) =>
    rows.map((row) => ({
      mine: row.classList.contains('own'),
      text: row.querySelector('.body')?.textContent ?? '',
      foot: row.querySelector('.meta')?.textContent?.replace(/\s+/g, ' ').trim() ?? '',
    })),
  );
