import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';

/** Tasks of a page's main thread. */
export interface Tasks {
  /** Processor time of the longest: what it takes however busy the machine is. */
  longest_ms: number;
  /** How many took more processor time than that. */
  over: number;
}

/** Runs something, and tells what the page's main thread was kept busy with meanwhile. */
export async function whileTraced<T>(
  browser: Browser,
  page: Page,
  limit_ms: number,
  run: () => Promise<T>,
): Promise<{ result: T; tasks: Tasks }> {
  await browser.startTracing(page, { categories: ['-*', 'toplevel'] });
  const result = await run();
  const { traceEvents } = trace.parse(JSON.parse((await browser.stopTracing()).toString()));
  const threads = new Map<string, number[]>();
  const mains = new Set<string>();
  for (const { name, pid, tid, args, tdur } of traceEvents) {
    const thread = `${pid}/${tid}`;
    if (name === 'thread_name' && args?.name === 'CrRendererMain') mains.add(thread);
    if (!name.endsWith('RunTask') || tdur === undefined) continue;
    const durations_ms = threads.get(thread) ?? [];
    threads.set(thread, durations_ms);
    durations_ms.push(tdur / 1000);
  }
  // The page that was scrolled is the one that had most to do.
  const sum = (ms: readonly number[]) => ms.reduce((all, one) => all + one, 0);
  const ours = [...mains].map((main) => threads.get(main) ?? []).sort((a, b) => sum(b) - sum(a))[0] ?? [];
  if (ours.length === 0) throw new Error('The trace names no task of the page');
  const longest_ms = Math.round(ours.reduce((most, one) => Math.max(most, one), 0));
  return { result, tasks: { longest_ms, over: ours.filter((one) => one > limit_ms).length } };
}

/** As Chromium writes it; times in microseconds. Others than those of tasks have other fields. */
const trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      tdur: z.number().optional(),
      args: z.object({ name: z.unknown().optional() }).optional(),
    }),
  ),
});
