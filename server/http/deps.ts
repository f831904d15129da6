import type { RequestHandler } from 'express';
import type { Actor } from '../../shared/access/index.ts';
import type { EXPORT_LIMITS } from '../../shared/protocol/index.ts';
import type { HitCounter } from '../identity/signInGuard.ts';
import type { App } from '../lib/app.ts';

/** What the HTTP doors need of the running program. */
export interface HttpDeps {
  app: App;
  /** A pool for exports alone: their statements and transactions take as long as the clients they wait for. */
  exportSql: App['sql'];
  /** A pool for counts that go over whole tables, which take longer than the usual statement may. */
  countSql: App['sql'];
  env: HttpEnv;
  gate: HttpGate;
  /** Counts tries over all nodes (server/redis/state.ts). */
  hits: HitCounter;
  health: Health;
  /** Serves everything that is no API: the built client, or Vite in development. Absent: 404. */
  client?: RequestHandler;
}

export interface HttpEnv {
  /** The origin under which people reach it: `https://crm.example`. */
  publicUrl: string;
  production: boolean;
  /** The store holds the demo: its accounts are offered, and only loopback may ask. */
  demo: boolean;
  /** What Express calls `trust proxy`: how many proxies stand before us, or their addresses; false for none. */
  trustProxy: false | number | string[];
  /** Requests to the API that one address may make in ten seconds, on this node. Default 3,000. */
  requestsPer10s?: number;
  /** Other limits of exports than the usual ones. */
  exports?: Partial<typeof EXPORT_LIMITS>;
}

/** The node's leave to answer, and its word on whether somebody's rights have changed. */
export interface HttpGate {
  /** Whether the lease holds. */
  open(): boolean;
  /** Changes whenever something may have changed this person's rights. */
  stamp(userId: string): number;
  /**
   * Makes an answer that takes its time known as one more socket of its session: `cut` is called at once when the session
   * is over, or the node may not speak any more. Returns what to call when the answer is over.
   */
  join(
    who: { userId: string; sessionId: string; actor: Actor },
    cut: (why: 'session_ended' | 'node_unsure') => void,
  ): () => void;
}

export interface Health {
  /** Which parts work, by name: store, bus, lease; and whether new clients are welcome: serving. */
  ready(): Promise<Record<string, boolean>>;
  metrics(): Metric[];
}

export interface Metric {
  /** As Prometheus wants it: `rolecall_sockets`. */
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  value: number;
  /** Which of the workers of this machine it is of, where there are several. */
  worker?: string;
}
