import {
  holds,
  possible,
  rightsOf,
  type Actor,
  type ObjectRights,
  type SystemPermission,
} from '../../shared/access/index.ts';
import { OBJECTS, Registry } from '../../shared/objects/index.ts';
import { ApiError } from '../../shared/protocol/errors.ts';
import type { EndReason, Me } from '../../shared/protocol/index.ts';
import { api } from '../net/http.ts';
import { t } from '../words/index.ts';
import { inWords } from '../words/registry.ts';
import { looksAs } from '../net/seeAs.ts';
import { actorOf, NOBODY } from './actor.ts';

/** `unreachable`: it is not known who this is, because the server does not answer; it is asked again and again. */
export type SessionState = 'asking' | 'unreachable' | 'signed_out' | 'signed_in' | 'ended';

export interface Ended {
  /** Null where the server only said that the session is not valid. */
  reason: EndReason | null;
  at: Date;
  /** Writes made offline that will never be sent. */
  discarded: number;
}

/** Who is signed in here, and with which rights. */
class Session {
  state = $state<SessionState>('asking');
  me = $state.raw<Me | null>(null);
  ended = $state.raw<Ended | null>(null);

  actor: Actor = $derived(this.me ? actorOf(this.me) : NOBODY);
  registry: Registry = $derived(new Registry(inWords(OBJECTS, t.registry), this.me?.custom_fields ?? []));

  /** @throws ApiError `bad_credentials`, `too_many_requests` … · OfflineError */
  async signIn(email: string, password: string): Promise<void> {
    await api.post('/api/session', { email, password });
    await this.load();
    this.#tabs?.postMessage({ signedIn: this.me?.session.id ?? '' });
  }

  /** Asks the server who this is; signs in with the answer. @throws ApiError · OfflineError */
  async load(): Promise<void> {
    const me = await api.get<Me>('/api/me');
    this.ended = null;
    this.me = me;
    this.state = 'signed_in';
  }

  holds(permission: SystemPermission): boolean {
    return holds(this.actor, permission);
  }

  /** Ends the own session on the server, then here. Goes through even where the server cannot be reached. */
  async signOut(): Promise<void> {
    await api.delete('/api/session').catch(() => undefined);
    this.end('logout');
    this.ended = null;
    this.state = 'signed_out';
  }

  /** The session is over: everything is wiped, here and in all other tabs. */
  end(reason: EndReason | null): void {
    if (this.state === 'ended' && this.ended && this.ended.reason === null && reason !== null) {
      // Only now it is known how it ended, and so what may be kept.
      this.ended = { ...this.ended, reason, discarded: this.#leave(reason) };
      this.#tabs?.postMessage({ ended: reason });
    }
    if (this.state !== 'signed_in') return;
    const discarded = this.#leave(reason);
    this.ended = { reason, at: new Date(), discarded };
    this.state = 'ended';
    this.#tabs?.postMessage({ ended: reason });
  }

  /** What to do when the session is over; each answers how many unsent writes it has thrown away. */
  onLeave(wipe: (reason: EndReason | null) => number): void {
    this.#wipes.push(wipe);
  }

  /** Hears what happens to the session in other tabs. */
  listenToTabs(): void {
    this.#tabs = new BroadcastChannel('rolecall-session');
    this.#tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      if ('ended' in data) this.end(data.ended);
      // The cookie is someone else's now, perhaps: begin anew rather than mix two people.
      else if (this.me?.session.id !== data.signedIn) location.reload();
    };
  }

  #wipes: ((reason: EndReason | null) => number)[] = [];
  #tabs: BroadcastChannel | null = null;

  #leave(reason: EndReason | null): number {
    this.me = null;
    return this.#wipes.reduce((sum, wipe) => sum + wipe(reason), 0);
  }
}

type TabMessage = { ended: EndReason | null } | { signedIn: string };

export const session = new Session();

/** What the person may do at all, with some record; a record's own `may` says what they may do with that one. */
export const can = {
  create: (object: string): boolean => looksAs() === null && rights(object).some((r) => r.create),
  update: (object: string): boolean =>
    looksAs() === null && rights(object).some((r) => possible(r.actions.update)),
  read: (object: string): boolean => rights(object).some((r) => possible(r.actions.read)),
  export: (object: string): boolean =>
    looksAs() === null && rights(object).some((r) => possible(r.actions.read) && possible(r.actions.export)),
  field(object: string, field: string): 'hidden' | 'read' | 'edit' {
    const all = rights(object);
    if (all.some((r) => possible(r.edit.get(field)) && possible(r.read.get(field)))) return 'edit';
    return all.some((r) => possible(r.read.get(field))) ? 'read' : 'hidden';
  },
};

/** The rights on an object; for a part, those under each kind of parent. */
export function rights(name: string): ObjectRights[] {
  const { actor, registry } = session;
  const object = registry.find(name);
  if (!object) return [];
  const parents = object.parents.map((field) => object.fields[field]?.target ?? null);
  return (parents.length > 0 ? parents.filter((parent, i) => parents.indexOf(parent) === i) : [null]).map(
    (parent) => rightsOf(actor, registry, object, parent),
  );
}

/** Whether an error means that nobody is signed in here (any more). */
export const isSessionOver = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'unauthenticated' || error.code === 'session_ended');
