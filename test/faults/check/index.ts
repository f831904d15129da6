import { readHistory, type Entry } from '../history.ts';
import { makeSpans } from '../witness.ts';
import type { Run } from '../rig.ts';
import { checkEnds } from './ends.ts';
import { checkFrames } from './frames.ts';
import { checkLog } from './log.ts';
import { lookBack } from './visible.ts';
import { checkWrites } from './writes.ts';

/** What was found, and what was looked at. */
export interface Report {
  violations: { invariant: string; words: string }[];
  writes: { acknowledged: number; refused: number; unknown: number };
  frames: number;
  shown: number;
  states: number;
  policies: number;
  faults: { name: string; times: number; bit: number; recovered_ms: number[] }[];
  skipped: string[];
  quiet_ms: number[];
  usage: { rss_mb: number; fds: number };
}

const RSS_MAX_mb = 900;
const SLOW_ms = 1_000;

/** Holds everything that was written down against the rig's own copy of the store. */
export async function checkRun({ history, store }: Run): Promise<Report> {
  const entries: Entry[] = [];
  for await (const entry of readHistory(history)) entries.push(entry);
  const admin = store.admin();
  await makeSpans(admin);
  const people = [...new Set(ofKind(entries, 'person').map(({ person }) => person))];
  const seen = await lookBack(store, people);
  const frames = ofKind(entries, 'frame');
  const found = [
    ...ofKind(entries, 'violation').map(({ invariant, words }) => ({ invariant, words })),
    ...checkFrames(entries, seen),
    ...(await checkEnds(entries, admin)),
    ...(await checkWrites(entries, admin)),
    ...(await checkLog(admin)),
    ...checkUsage(entries),
  ];
  const outcomes = ofKind(entries, 'outcome');
  const usage = ofKind(entries, 'usage');
  return {
    violations: found,
    writes: {
      acknowledged: outcomes.filter(({ outcome }) => outcome === 'acknowledged').length,
      refused: outcomes.filter(({ outcome }) => outcome === 'refused').length,
      unknown: outcomes.filter(({ outcome }) => outcome === 'unknown').length,
    },
    frames: frames.length,
    shown: frames.reduce((sum, { shown }) => sum + shown.length, 0),
    states: seen.asked,
    policies: seen.policies,
    faults: faultsIn(entries),
    skipped: [...new Set(ofKind(entries, 'fault').flatMap(({ name, skipped }) => (skipped ? [`${name}: ${skipped}`] : [])))], // prettier-ignore
    quiet_ms: ofKind(entries, 'quiet').map(({ took_ms }) => took_ms),
    usage: {
      rss_mb: Math.max(0, ...usage.map(({ rss_mb }) => rss_mb)),
      fds: Math.max(0, ...usage.map(({ fds }) => fds)),
    },
  };
}

export const ofKind = <K extends Entry['kind']>(entries: readonly Entry[], kind: K): Extract<Entry, { kind: K }>[] =>
  entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind); // prettier-ignore

/** A fault bit if somebody noticed: a try that failed or took its time, a connection that broke, somebody refused. */
function faultsIn(entries: readonly Entry[]): Report['faults'] {
  const noticed = entries.flatMap((entry) =>
    entry.kind === 'try' && (entry.status === 0 || entry.status >= 500 || entry.at - entry.sent > SLOW_ms) ? [entry.at]
      : entry.kind === 'client' && !entry.what.startsWith('signed') ? [entry.at] : []); // prettier-ignore
  const faults = new Map<string, Report['faults'][number]>();
  for (const { name, from, to, recovered, skipped } of ofKind(entries, 'fault')) {
    if (skipped) continue;
    const known = faults.get(name) ?? { name, times: 0, bit: 0, recovered_ms: [] };
    known.times++;
    if (noticed.some((at) => at >= from && at <= to + 1_000)) known.bit++;
    if (recovered !== undefined) known.recovered_ms.push(Math.round(recovered));
    faults.set(name, known);
  }
  return [...faults.values()];
}

/** Open files go back to what the connections need, and memory stays within reason. */
function checkUsage(entries: readonly Entry[]): Report['violations'] {
  const usage = ofKind(entries, 'usage');
  const clients = ofKind(entries, 'run')[0]?.clients ?? 0;
  const most = 2 * clients + 150;
  return usage
    .filter(({ rss_mb, fds }) => rss_mb > RSS_MAX_mb || fds > most)
    .slice(0, 3)
    .map(({ node, rss_mb, fds }) => ({ invariant: 'memory and descriptors', words: `node ${node}: ${rss_mb} MB, ${fds} files; at most ${RSS_MAX_mb} MB and ${most}` })); // prettier-ignore
}

export function printReport(report: Report, say: (text: string) => void): void {
  const { writes, frames, shown, states, policies, faults, quiet_ms, usage, violations } = report;
  say(`${writes.acknowledged} writes acknowledged, ${writes.refused} refused, ${writes.unknown} unknown; ${frames} frames with ${shown} records looked at, in ${states} states of the store under ${policies} policies`); // prettier-ignore
  for (const { name, times, bit, recovered_ms } of faults) {
    const took = recovered_ms.length > 0 ? `, right again after ${Math.round(median(recovered_ms))} ms (at most ${Math.max(...recovered_ms)})` : ''; // prettier-ignore
    say(`  ${name}: ${times}, of which ${bit} bit${took}`);
  }
  for (const words of report.skipped) say(`  skipped ${words}`);
  say(`quiet: everybody right ${Math.round(Math.max(0, ...quiet_ms))} ms after the last write at the latest; a node took ${usage.rss_mb} MB and ${usage.fds} files at most`); // prettier-ignore
  for (const { invariant, words } of violations.slice(0, 40)) say(`VIOLATION (${invariant}): ${words}`);
  say(violations.length === 0 ? 'Nothing found.' : `${violations.length} violations`);
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
