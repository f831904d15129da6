import type { RequestHandler } from 'express';
import type { HitCounter } from '../identity/signInGuard.ts';
import type { App } from '../lib/app.ts';

/** What the HTTP doors need of the running program. */
export interface HttpDeps {
  app: App;
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
}

/** The node's leave to answer, and its word on whether somebody's rights have changed. */
export interface HttpGate {
  /** Whether the lease holds. */
  open(): boolean;
  /** Changes whenever something may have changed this person's rights. */
  stamp(userId: string): number;
}

export interface Health {
  /** Which parts work, by name: store, bus, lease. */
  ready(): Promise<Record<string, boolean>>;
  metrics(): Metric[];
}

export interface Metric {
  /** As Prometheus wants it: `rolecall_sockets`. */
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  value: number;
}
