import type { Locator } from 'playwright-core';
import type { Person } from './browser.ts';
import { pipelines } from './people.ts';
import { until } from './until.ts';

/** One column of the board as it stands on somebody's screen. */
export interface SeenColumn {
  /** Its name for a screen reader, with the count: "Proposal, 12". */
  label: string;
  /** The sum in its head, as written; empty where amounts are not shown. */
  sum: string;
  /** Id, title and amount of each card, from the top. */
  cards: [id: string, title: string, amount: string][];
}

/** The board of the pipeline New business, once its columns have come. */
export async function openBoard(person: Person): Promise<void> {
  await person.goto(`/deals?pipeline=${pipelines.newBusiness}`);
  await boardStands(person);
}

/** Waits until every column knows what it comes to, and every unfolded one shows its cards, or that it has none. */
export async function boardStands({ page }: Person): Promise<void> {
  await page.locator('[data-stage="qualified"] li').first().waitFor({ timeout: 30_000 });
  await until(async () => (await page.locator('[data-stage][aria-busy="true"]').count()) === 0, {
    timeout_ms: 30_000,
    what: 'the board to have loaded',
  });
}

export const card = ({ page }: Person, stage: string, id: string): Locator =>
  page.locator(`[data-stage="${stage}"] [data-card="${id}"]`);

/** What stands on the board now, by stage. */
export function seeBoard({ page }: Person): Promise<Record<string, SeenColumn>> {
  return page.evaluate(() => {
    const text = (root: Element, selector: string) => root.querySelector(selector)?.textContent?.trim() ?? '';
    // A card on its way out of a column is inert, and still in the page for the length of the movement.
    const columns = [...document.querySelectorAll<HTMLElement>('[data-stage]')].map((column) => {
      const cards = [...column.querySelectorAll<HTMLElement>('[data-card]:not([inert])')].map(
        (one): [string, string, string] => [one.dataset['card'] ?? '', text(one, 'a'), text(one, 'b')],
      );
      const label = column.getAttribute('aria-label') ?? '';
      return [column.dataset['stage'] ?? '', { label, sum: text(column, 'header .sum'), cards }] as const;
    });
    return Object.fromEntries(columns);
  });
}

/** How many deals a column says it has. */
export const countOf = (column: SeenColumn | undefined): number =>
  Number(column?.label.split(', ').at(-1)?.replace(/\D/g, ''));

/** Drags a card with the mouse, as a hand does it: taken, moved in steps, let go. */
export async function drag({ page }: Person, from: Locator, to: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  await from.hover();
  await page.mouse.down();
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  if (!start || !end) throw new Error('Nothing to drag, or nowhere to');
  await page.mouse.move(start.x + start.width / 2 + 12, start.y + start.height / 2, { steps: 3 });
  await page.mouse.move(end.x + end.width / 2, Math.max(end.y, start.y) + 60, { steps: 12 });
  await page.mouse.move(end.x + end.width / 2 + 4, Math.max(end.y, start.y) + 64, { steps: 3 });
  await page.mouse.up();
}

/** Marks the page, so that a reload would show. */
export const mark = ({ page }: Person): Promise<void> =>
  page.evaluate(() => void document.documentElement.setAttribute('data-not-reloaded', ''));
export const isMarked = ({ page }: Person): Promise<boolean> =>
  page.evaluate(() => document.documentElement.hasAttribute('data-not-reloaded'));
