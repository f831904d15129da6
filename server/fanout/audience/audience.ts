import {
  bitOf,
  factIds,
  rightsFor,
  rightsOf,
  seenBy,
  WAY_NAMES,
  WAYS,
  waysTo,
  type Actor,
  type Image,
  type MaskedRecord,
} from '../../../shared/access/index.ts';
import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { App } from '../../lib/app.ts';
import type { LogEvent } from '../../outbox/log.ts';
import type { OpenView } from '../openView.ts';
import type { Subscriber } from '../subscriber.ts';
import { Holders } from './held.ts';
import { COMMON_FACTS, PERSONAL_FACTS, People, type Cohort } from './people.ts';
import { Seen } from './seen.ts';
import { Shared } from './shared.ts';
import { Sights, type SharedSight } from './sights.ts';
import { Watching } from './watching.ts';

/**
 * Whom a change may concern. People with equal rights form a cohort, which is found by the record's facts; what is theirs
 * by person is found by person; and whoever holds the record is found by that. All of this only ever finds too many: what
 * somebody sees is the policy's word (`waysTo`, `rightsFor`), asked once for each cohort and for each person matched.
 */
export class Audience {
  readonly #app: Pick<App, 'registry'>;
  readonly #people = new People();
  readonly #holders = new Holders();
  readonly #shared = new Shared();
  readonly #sights = new Sights();
  /** Cohorts that reach every record of an object, whatever its facts. */
  readonly #everywhere = new Map<string, Set<Cohort>>();
  /** Those with a view being opened: whatever happens waits behind it. */
  readonly opening = new Set<Subscriber>();
  /** Number of the change that is being told of, and what is known of it so far. */
  #at = 0;
  #event: LogEvent | null = null;
  #seen = new Map<number, Seen>();
  #masked: Record<'before' | 'after', Map<number, MaskedRecord>> = { before: new Map(), after: new Map() };

  constructor(app: Pick<App, 'registry'>) {
    this.#app = app;
  }

  enter(client: Subscriber): void {
    client.person = this.#people.enter(client);
    client.watcher = this;
    if (client.opening > 0) this.opening.add(client);
    for (const open of client.views.values()) this.opened(client, open);
  }

  leave(client: Subscriber): void {
    const { person } = client;
    if (!person) return;
    for (const open of client.views.values()) this.closed(client, open);
    this.opening.delete(client);
    client.watcher = null;
    client.person = null;
    this.#people.leave(client, person);
  }

  /** The client has other rights than before. */
  rightsChanged(client: Subscriber): void {
    this.leave(client);
    this.enter(client);
  }

  opened(client: Subscriber, open: OpenView): void {
    const { person } = client;
    if (!person) return;
    open.client = client;
    this.#shared.take(open);
    this.#holders.watch(open);
    const { cohort } = person;
    const { object } = open.view;
    let watching = cohort.watching.get(object.name);
    if (!watching) {
      cohort.watching.set(object.name, (watching = new Watching()));
      if (this.#reachesAll(cohort.actor, object)) this.#list(object.name).add(cohort);
    }
    watching.add(open);
  }

  closed(client: Subscriber, open: OpenView): void {
    const cohort = client.person?.cohort;
    if (!cohort || !open.client) return;
    open.client = null;
    this.#shared.release(open);
    this.#holders.forget(open);
    const { name } = open.view.object;
    const watching = cohort.watching.get(name);
    watching?.remove(open);
    if (watching?.size !== 0) return;
    cohort.watching.delete(name);
    this.#list(name).delete(cohort);
  }

  openingChanged(client: Subscriber): void {
    if (client.opening > 0) this.opening.add(client);
    else this.opening.delete(client);
  }

  /**
   * Calls `tell` once for each client that a change may concern, with those of its views that it may concern; the list
   * is not to be kept.
   */
  each(event: LogEvent, tell: (client: Subscriber, views: readonly OpenView[]) => void): void {
    this.begin(event);
    const at = this.#at;
    const object = this.#app.registry.get(event.object);
    const images = event.before === null ? [event.after] : [event.before, event.after];
    const clients: Subscriber[] = [];
    const concern = (open: OpenView): void => {
      const { client } = open;
      if (!client || open.at === at) return;
      open.at = at;
      if (client.at !== at) {
        client.at = at;
        client.concerned.length = 0;
        clients.push(client);
      }
      client.concerned.push(open);
    };

    this.#holders.each(event.id, concern);
    // What somebody sees in person may be more than what their cohort sees.
    for (const person of this.#people.personsBy(idsOf(object, images, PERSONAL_FACTS))) {
      if (person.at === at) continue;
      person.at = at;
      person.seen = null;
      for (const client of person.clients) for (const open of client.views.of(event.object)) concern(open);
    }
    const found = this.#people.cohortsBy(idsOf(object, images, COMMON_FACTS));
    for (const cohorts of [this.#everywhere.get(event.object) ?? [], found]) {
      for (const cohort of cohorts) {
        if (cohort.toldAt === at) continue;
        cohort.toldAt = at;
        const seen = this.#seenByCohort(cohort);
        if (seen.before !== null || seen.after !== null)
          cohort.watching.get(event.object)?.each(images, (view) => seen.concerns(view), concern);
      }
    }
    for (const client of clients) tell(client, client.concerned);
  }

  /** From now on `see` answers for this change. */
  begin(event: LogEvent): void {
    this.#at++;
    this.#event = event;
    this.#seen = new Map();
    this.#masked = { before: new Map(), after: new Map() };
  }

  /** How a client sees the change that was begun, within `each`. */
  readonly see = (client: Subscriber): Seen => {
    const { person } = client;
    if (!person) return this.seeAlone(client);
    if (person.at !== this.#at) return this.#seenByCohort(person.cohort);
    return (person.seen ??= this.#seenBy(person.actor, person.cohort.actor));
  };

  /** The same without looking anybody up, for a change of which it is not known who is matched in person. */
  readonly seeAlone = ({ actor }: Subscriber): Seen => this.#seenBy(actor, actor);

  #seenByCohort(cohort: Cohort): Seen {
    if (cohort.at !== this.#at || cohort.seen === null) {
      cohort.at = this.#at;
      cohort.seen = this.#seenBy(cohort.actor, cohort.actor);
    }
    return cohort.seen;
  }

  /** `common`: somebody with the same roles, so that what follows from these is worked out once for the cohort. */
  #seenBy(actor: Actor, common: Actor): Seen {
    const event = this.#event;
    if (event === null) throw new Error('No change has begun');
    const object = this.#app.registry.get(event.object);
    const before = event.before && this.#sight(actor, common, object, event.before);
    const after = this.#sight(actor, common, object, event.after);
    const outside = actor.kind === 'customer';
    const key = ((before?.no ?? 0) * SIGHTS_MAX + (after?.no ?? 0)) * 2 + (outside ? 1 : 0);
    let seen = this.#seen.get(key);
    if (!seen) {
      const was = before && event.before && this.#mask('before', before, event.before);
      const is = after && this.#mask('after', after, event.after);
      this.#seen.set(key, (seen = new Seen(event, was, is, outside)));
    }
    return seen;
  }

  #sight(actor: Actor, common: Actor, object: ObjectDef, image: Image): SharedSight | null {
    const ways = waysTo(actor, object, image);
    return ways === 0 ? null : this.#sights.by(rightsFor(common, this.#app.registry, object, image), ways);
  }

  #mask(which: 'before' | 'after', sight: SharedSight, image: Image): MaskedRecord {
    const known = this.#masked[which];
    let masked = known.get(sight.no);
    if (!masked) known.set(sight.no, (masked = seenBy(sight, image)));
    return masked;
  }

  #reachesAll(actor: Actor, object: ObjectDef): boolean {
    const { read } = rightsOf(actor, this.#app.registry, object, null).actions;
    return read.some((ways) => (ways & ALWAYS) !== 0);
  }

  #list(object: string): Set<Cohort> {
    let list = this.#everywhere.get(object);
    if (!list) this.#everywhere.set(object, (list = new Set()));
    return list;
  }
}

/** Ways that match every record. */
const ALWAYS = WAY_NAMES.reduce((all, way) => (WAYS[way].through === 'always' ? all | bitOf(way) : all), 0);
const SIGHTS_MAX = 2 ** 24;

const idsOf = (
  object: ObjectDef,
  images: readonly Image[],
  facts: Parameters<typeof factIds>[2][],
): string[] => [...new Set(images.flatMap((image) => facts.flatMap((fact) => factIds(object, image, fact))))];
