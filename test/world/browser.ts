import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterEach } from 'vitest';
import { later } from './cleanup.ts';
import { type Ear, listen } from './ear.ts';
import { CHROMIUM, find } from './programs.ts';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']; // prettier-ignore
const SHOTS = join(import.meta.dirname, '../../shots');

export interface PersonOptions {
  /** Absent: as the demo tells it (`GET /api/demo`). */
  password?: string;
  viewport?: { width: number; height: number };
  context?: BrowserContextOptions;
}

/** Someone at a browser of their own: own cookies, own page. */
export interface Person {
  email: string;
  base: string;
  page: Page;
  /** Goes to a path of the console. */
  goto(path: string): Promise<void>;
  /**
   * Everything the server has sent to this browser so far, as text: answers' heads and bodies, and WebSocket
   * frames. For "this value is nowhere": fails if some body could not be read, since it might be in there.
   */
  received(): Promise<string>;
  /** Console errors, uncaught errors and failed requests so far, without those allowed. */
  problems(): string[];
  /** Such a problem is expected in this test, also if it has happened already. */
  allow(pattern: RegExp): void;
  close(): Promise<void>;
}

/** What went wrong in each browser during the test that is running, and what of it was expected. */
const complaints = new Map<Person, { problems: string[]; allowed: RegExp[] }>();
let browser: Promise<Browser> | undefined;

/** A person without a session, at the first page. One Chromium serves the whole file. */
export async function newVisitor(base: string, options: PersonOptions = {}): Promise<Person> {
  const context = await (
    await launch()
  ).newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    serviceWorkers: 'block',
    ...options.context,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const ear = await listen(page);
  return personAt(base, page, ear);
}

/**
 * A person who has signed in (as the sign-in page does it, by `POST /api/session` from the same origin), and has
 * not opened a page yet. A console error, an uncaught error or a failed request fails the test it happens in.
 */
export async function newPerson(base: string, email: string, options: PersonOptions = {}): Promise<Person> {
  const person = await newVisitor(base, options);
  person.email = email;
  const { request } = person.page.context();
  const password = options.password ?? (await demoPassword(base, email));
  const answer = await request.post(`${base}/api/session`, {
    data: { email, password },
    headers: { origin: base },
  });
  if (!answer.ok())
    throw new Error(`${email} cannot sign in at ${base}: ${answer.status()} ${await answer.text()}`);
  return person;
}

function personAt(base: string, page: Page, ear: Ear): Person {
  const problems: string[] = [];
  const allowed: RegExp[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed';
    // What is under way when one leaves a page is broken off: no problem.
    if (reason !== 'net::ERR_ABORTED')
      problems.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
  const person: Person = {
    email: '',
    base,
    page,
    goto: async (path) => void (await page.goto(new URL(path, base).href)),
    received: () => ear.received(),
    problems: () => problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem))),
    allow: (pattern) => void allowed.push(pattern),
    close: () => page.context().close(),
  };
  complaints.set(person, { problems, allowed });
  return person;
}

function launch(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: find(CHROMIUM), args: ARGS }).then((started) => {
    later(() => started.close());
    return started;
  });
  return browser;
}

async function demoPassword(base: string, email: string): Promise<string> {
  const answer = await fetch(`${base}/api/demo`);
  const body: unknown = answer.ok ? await answer.json() : undefined;
  const accounts = (body as { accounts?: { email: string; password: string }[] } | undefined)?.accounts ?? [];
  const found = accounts.find((account) => account.email === email);
  if (!found) throw new Error(`${email} is none of the demo's accounts at ${base}: give a password`);
  return found.password;
}

if (process.env.VITEST) {
  afterEach(async ({ task }) => {
    const failed = task.result?.state === 'fail';
    const seen: string[] = [];
    for (const [person, { problems, allowed }] of complaints) {
      const bad = person.problems();
      seen.push(...bad.map((problem) => `${person.email || 'visitor'}: ${problem}`));
      if (failed || bad.length > 0) await shoot(person, task.name);
      problems.length = allowed.length = 0;
      if (person.page.isClosed()) complaints.delete(person);
    }
    if (seen.length > 0) throw new Error(`The browser complained:\n${seen.join('\n')}`);
  });
}

/** A picture of what the person saw when the test failed, in shots/. */
async function shoot(person: Person, test: string): Promise<void> {
  const name = `${test} ${person.email}`.replace(/[^\w@.]+/g, '-').slice(0, 120);
  mkdirSync(SHOTS, { recursive: true });
  await person.page
    .screenshot({ path: join(SHOTS, `failed-${name}.png`), timeout: 5_000 })
    .catch(() => undefined);
}
