import type { Entry } from '../history.ts';
import { ofKind, type Report } from './index.ts';
import { sightKey, type Visibility } from './visible.ts';
import { LOOKED } from './looked.ts';

/** A node may send for so long what it has not been told of as taken away. */
const LEASE_ms = 2_000;
/** A commit is stamped a little before others can see it, and the more so the busier the machine. */
export const TOLERANCE_ms = 250;

/** No frame ever holds a record or a field that was not visible within the lease. */
export function checkFrames(entries: readonly Entry[], seen: Visibility): Report['violations'] {
  const found: Report['violations'] = [];
  for (const frame of ofKind(entries, 'frame')) {
    const from_ms = frame.since - LEASE_ms - TOLERANCE_ms;
    for (const [object, id, version, fields] of frame.shown) {
      if (!LOOKED.has(object)) continue;
      const key = sightKey(frame.by, object, id);
      const hidden = seen.hidden(key, fields, from_ms, frame.at);
      if (hidden?.length === 0) continue;
      const what = hidden === null ? `${object} ${id}` : `${hidden.join(', ')} of ${object} ${id}`;
      const words = `client ${frame.client} (${frame.by}) was sent ${what} at version ${version} by ${frame.how} from node ${frame.node} between ${iso(frame.since)} and ${iso(frame.at)}; to be seen: ${seen.story(key, frame.since, frame.at)}`; // prettier-ignore
      found.push({ invariant: 'visible within the lease', words: `${words}${around(entries, frame.at)}` });
    }
  }
  return found;
}

/** What was broken at the time. */
export function around(entries: readonly Entry[], at: number): string {
  const faults = ofKind(entries, 'fault').filter(({ from, to }) => at > from - 3_000 && at < to + 6_000);
  return faults.map(({ name, what, from, to }) => `\n    meanwhile ${name} (${what}), ${iso(from)} to ${iso(to)}`).join(''); // prettier-ignore
}

export const iso = (ms: number): string => new Date(ms).toISOString().slice(11);
