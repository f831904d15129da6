import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { setUpLog } from '../../../server/lib/log.ts';
import { must } from '../../../shared/lib/must.ts';
import { PASSWORD, people, pipelines } from '../../world/people.ts';
import { CHROMIUM, find } from '../../world/programs.ts';
import { signIn, type RawClient } from '../../world/rawClient.ts';
import { startNode } from '../../world/server.ts';
import { bigStore, SIZES } from './store.ts';
import { whileTraced, type Tasks } from './tasks.ts';
import { watchPages, type Seen } from './watch.ts';

/** Lists that are scrolled, what a row of them is, and how deep one goes: some thousand rows. */
const PLACES = {
  list: { path: `/deals?pipeline=${pipelines.newBusiness}&look=list`, rows: 'tbody tr[role="row"]', deep_px: 130_000 },
  board: { path: `/deals?pipeline=${pipelines.newBusiness}`, rows: '[data-card]', deep_px: 130_000 },
  queue: { path: '/tickets?tab=all&sort=newest', rows: '[data-ticket]', deep_px: 200_000 },
}; // prettier-ignore
type Place = keyof typeof PLACES;

/** One turn of the wheel, and how often it is turned. */
const STEP_px = 700;
const EVERY_ms = 40;
/** On a busy machine one does not come as deep in each direction, but to an end. */
const WAY_MAX_ms = 15_000;
/** Somebody else's changes while one scrolls. */
const CHANGES_EVERY_ms = 100;
const TASK_MAX_ms = 50;

/**
 * Scrolls the list of deals, the board and the queue some thousand rows deep and back, in a real Chromium against the
 * real program, while somebody else changes ten records a second. `--runs=3`, `--only=board`.
 */
export async function bench(args: readonly string[], say: (text: string) => void): Promise<object> {
  setUpLog({ production: false, level: 'warn' });
  const runs = Number(option(args, 'runs') ?? 3);
  const only = option(args, 'only');
  const store = await bigStore();
  const node = await startNode({ database: store });
  const browser = await chromium.launch({ executablePath: find(CHROMIUM), args: ['--no-sandbox', '--disable-gpu'] });
  const found: Partial<Record<Place, Summary>> = {};
  try {
    const others = {
      deals: await signIn(node.base, people.kofi.email, PASSWORD),
      tickets: await signIn(node.base, people.mireille.email, PASSWORD),
    };
    say(`${must(cpus()[0], 'a processor').model.trim()}, ${cpus().length} cores, ${JSON.stringify(SIZES)}`);
    for (const place of Object.keys(PLACES) as Place[]) {
      if (only !== undefined && only !== place) continue;
      const seen: Run[] = [];
      for (let run = 0; run < runs; run++) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
        await context.request.post(`${node.base}/api/session`, {
          data: { email: people.rafael.email, password: PASSWORD },
          headers: { origin: node.base },
        });
        const page = await context.newPage();
        await watchPages(page);
        seen.push(await scroll(browser, page, node.base, PLACES[place], others[place === 'queue' ? 'tickets' : 'deals']));
        await context.close();
      }
      const summary = (found[place] = summarize(seen));
      say(`${place.padEnd(6)} ${JSON.stringify(summary)}`);
    }
  } finally {
    await browser.close();
    await node.stop();
    await store.stop();
  }
  return { bench: 'scroll', cpu: cpus()[0]?.model.trim(), cores: cpus().length, sizes: SIZES, runs, places: found };
} // prettier-ignore

type Run = Seen & { tasks: Tasks; depth_px: number; changes: number };

async function scroll(
  browser: Browser,
  page: Page,
  base: string,
  { path, rows, deep_px }: (typeof PLACES)[Place],
  other: RawClient,
): Promise<Run> {
  await page.goto(base + path);
  await page.locator(rows).nth(5).waitFor({ timeout: 30_000 });
  await sleep(1_500);
  const box = must(await page.locator(rows).nth(3).boundingBox(), 'a row');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const { result, tasks } = await whileTraced(browser, page, TASK_MAX_ms, async () => {
    await page.evaluate((selector) => window.scrollWatch.begin(selector), rows);
    const changing = changeOthers(page, rows, other);
    let depth_px = 0;
    for (const direction of [1, -1]) {
      const end_ms = performance.now() + WAY_MAX_ms;
      for (let gone = 0; gone < deep_px && performance.now() < end_ms; gone += STEP_px) {
        await page.mouse.wheel(0, STEP_px * direction);
        await sleep(EVERY_ms);
      }
      depth_px = Math.max(depth_px, await page.evaluate(deepest));
    }
    const changes = await changing.stop();
    return { ...(await page.evaluate(() => window.scrollWatch.end())), depth_px, changes };
  });
  return { ...result, tasks };
}

/** How far the list is scrolled now. */
const deepest = () => Math.max(...[...document.querySelectorAll('*')].map((element) => element.scrollTop));

/** Changes whatever stands in the page, as somebody else. */
function changeOthers(page: Page, rows: string, other: RawClient): { stop(): Promise<number> } {
  let [over, made] = [false, 0];
  const plural = rows.includes('ticket') ? 'tickets' : 'deals';
  const loop = async () => {
    while (!over) {
      const ids = await page.evaluate(
        (selector) =>
          [...document.querySelectorAll(selector)].flatMap((row) => {
            const link = row.matches('a') ? row : row.querySelector('a');
            return /[0-9a-f-]{36}/.exec(link?.getAttribute('href') ?? '')?.[0] ?? [];
          }),
        rows,
      );
      const id = ids[Math.floor(Math.random() * ids.length)];
      const values = plural === 'tickets' ? { priority: priority(made) } : { amount: 1_000 + made };
      // What they may not change is not theirs: then the next.
      const done = id !== undefined && (await other.patch(`/api/${plural}/${id}`, values)).status === 200;
      if (done) made++;
      if (done || id === undefined) await sleep(CHANGES_EVERY_ms);
    }
  };
  const running = loop();
  return {
    async stop() {
      over = true;
      await running;
      return made;
    },
  };
}

const priority = (n: number) => must(['low', 'normal', 'high'][n % 3], 'a priority');

interface Summary {
  /** Of each run, in processor time: the longest task, and how many took over 50 ms. */
  cpu_longest_ms: number[];
  cpu_over: number[];
  /** By the clock, which goes on while others have the processor: tasks over 50 ms, the longest (0: none is over). */
  long_tasks: number[];
  longest_ms: number[];
  /** Rows in the page at once. */
  rows: number[];
  blank_ms: number[];
  fps: number[];
  depth_px: number[];
  changes: number[];
  /** The median of the runs has no task over 50 ms of processor time. */
  ok: boolean;
}

function summarize(runs: readonly Run[]): Summary {
  const longest_ms = runs.map(({ long_ms }) => Math.max(0, ...long_ms));
  const cpu_longest_ms = runs.map(({ tasks }) => tasks.longest_ms);
  const median = [...cpu_longest_ms].sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  return {
    cpu_longest_ms,
    cpu_over: runs.map(({ tasks }) => tasks.over),
    long_tasks: runs.map(({ long_ms }) => long_ms.length),
    longest_ms,
    rows: runs.map(({ rows }) => rows),
    blank_ms: runs.map(({ blank_ms }) => blank_ms),
    fps: runs.map(({ fps }) => fps),
    depth_px: runs.map(({ depth_px }) => depth_px),
    changes: runs.map(({ changes }) => changes),
    ok: median <= TASK_MAX_ms,
  };
}

const option = (args: readonly string[], name: string): string | undefined =>
  args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
