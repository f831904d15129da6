import type { Sql } from 'postgres';
import type { Actor } from '../../shared/access/index.ts';
import type { Registry } from '../../shared/objects/index.ts';
import type { SeeAs } from '../../shared/protocol/index.ts';

/** What has just been committed, so that nodes look at once instead of at their next poll. */
export type Poke = 'log' | 'access' | 'sessions';

/** What every command and query needs of the running program. Built once in main.ts. */
export interface App {
  /** The program's own pool: a role that owns no table, with short timeouts. */
  sql: Sql;
  /** The registry of now: code plus custom fields. */
  registry: Registry;
  /** This process among the nodes. */
  nodeId: string;
  /** Wakes this node and, over the bus, the others. Never throws, never waits. */
  poke(kind: Poke): void;
}

/** Whoever asks, and on which session; every command and query takes one. */
export interface Caller {
  actor: Actor;
  /** Who looks as that actor, and as whom: nothing is written for them. */
  seeing?: { viewer: string; as: SeeAs };
  /** Public id of the session; locked by every write, so that an end comes before or after it, never between. */
  sessionId: string;
  address: string;
  requestId: string;
}
