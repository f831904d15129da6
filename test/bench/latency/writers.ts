import { Agent, request } from 'node:http';
import { monotonic_ms } from '../../../server/lib/clock.ts';
import { ids } from '../live/world.ts';

/** Addresses of this machine to write from: one alone may not ask so often. */
const ADDRESSES = 50;
/** Requests that may be under way at once; beyond it the rate is not reached, and that is reported. */
const UNDER_WAY_MAX = 400;

export interface Written {
  acknowledged: number;
  failed: number;
  /** Not begun, as too many were under way. */
  left: number;
  /** How long until the last was answered. */
  took_ms: number;
  answers_ms: number[];
}

/**
 * Changes the deals `from` to `from + many`, each once, as their owners, so many a second whatever the answers take.
 * Works on Linux, where all of 127.0.0.0/8 is this machine.
 */
export async function write(
  base: string,
  { from, many, perSecond }: { from: number; many: number; perSecond: number },
  cookieOf: (deal: number) => string,
): Promise<Written> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const written: Written = { acknowledged: 0, failed: 0, left: 0, took_ms: 0, answers_ms: [] };
  const begin_ms = monotonic_ms();
  let begun = 0;
  let underWay = 0;
  const one = (deal: number) => {
    const body = JSON.stringify({ next_step: `Call again about ${deal}` });
    const headers = {
      cookie: cookieOf(deal),
      origin: base,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    const at_ms = monotonic_ms();
    underWay += 1;
    return new Promise<void>((resolve) => {
      const over = (ok: boolean) => {
        underWay -= 1;
        written[ok ? 'acknowledged' : 'failed'] += 1;
        if (ok) written.answers_ms.push(monotonic_ms() - at_ms);
        resolve();
      };
      const localAddress = `127.0.0.${2 + (deal % ADDRESSES)}`;
      request(
        `${base}/api/deals/${ids.of('deal', deal)}`,
        { method: 'PATCH', headers, agent, localAddress },
        (answer) => {
          answer.resume().on('end', () => over(answer.statusCode === 200));
        },
      )
        .on('error', () => over(false))
        .end(body);
    });
  };
  const all: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(many, Math.floor(((monotonic_ms() - begin_ms) / 1000) * perSecond));
      for (; begun < due; begun += 1) {
        if (underWay >= UNDER_WAY_MAX) written.left += 1;
        else all.push(one(from + begun));
      }
      if (begun < many) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  await Promise.all(all);
  written.took_ms = monotonic_ms() - begin_ms;
  agent.destroy();
  return written;
}
