import { loadActors } from '../../../../server/access/loadActor.ts';
import type { Sql } from '../../../../server/db/connect.ts';
import { imageSql } from '../../../../server/records/imageSql.ts';
import {
  decide,
  holdsWithin,
  mayCreate,
  rolesOn,
  SYSTEM_PERMISSIONS,
  type Actor,
  type Decision,
  type Image,
} from '../../../../shared/access/index.ts';
import { REACHED_ACTIONS, type ObjectDef, type Registry } from '../../../../shared/objects/index.ts';
import type { PreviewAnswer } from '../../../../shared/protocol/index.ts';

/** Everyone and every record at one moment. */
export interface Moment {
  actors: Map<string, Actor>;
  records: Map<ObjectDef, Image[]>;
}

export async function momentOf(sql: Sql, registry: Registry): Promise<Moment> {
  const people = await sql<{ id: string }[]>`select id from user_account`;
  const records = new Map<ObjectDef, Image[]>();
  for (const object of registry.objects.values()) {
    if (object.grantedBy !== null || object.name === 'notification') continue;
    const rows = await sql<
      { image: Image }[]
    >`select ${imageSql(sql, object, 'r')} as image from ${sql(object.table)} r`;
    records.set(
      object,
      rows.map(({ image }) => image),
    );
  }
  const ids = people.map(({ id }) => id);
  return { actors: await loadActors(sql, ids), records };
}

type Counted = Pick<
  PreviewAnswer,
  'people' | 'objects' | 'fields' | 'editable' | 'actions' | 'permissions' | 'orphans'
>;

/**
 * The slow way: `decide` is asked of every person about every record, before and after. `everyone`: also of those whose
 * rights stay as they are, as it is the records that change; then those are concerned for whom something does.
 */
export function compare(
  registry: Registry,
  before: Moment,
  after: Moment,
  { everyone = false }: { everyone?: boolean } = {},
): Counted {
  const objects = new Sum<PreviewAnswer['objects'][number]>();
  const fields = new Sum<PreviewAnswer['fields'][number]>();
  const editable = new Sum<PreviewAnswer['editable'][number]>();
  const actions = new Sum<PreviewAnswer['actions'][number]>();
  const permissions = new Sum<PreviewAnswer['permissions'][number]>();
  const orphans = { tickets: 0, records: 0 };
  const people = [...new Set([...before.actors.keys(), ...after.actors.keys()])].sort();
  const pairs = people.map((id) => [before.actors.get(id) ?? null, after.actors.get(id) ?? null] as const);
  const changed = pairs.filter(([was, is]) => everyone || rightsOf(was) !== rightsOf(is));
  const concerned = new Set<string>();

  for (const [object, records] of before.records) {
    const later = new Map((after.records.get(object) ?? []).map((record) => [record.id, record]));
    // A person's own record is judged where it stands now, as what is said of is what their rights reach.
    const isFixed = object.name === 'user';
    const twins = records.map((was) => ({ was, is: (isFixed ? null : later.get(was.id)) ?? was }));
    const all = { gained: new Set<string>(), lost: new Set<string>() };
    for (const [was, is] of changed) {
      const isForAll = object.baseline !== 'private' || (was ?? is)?.open?.[object.name] !== undefined;
      if ((was === null || is === null) && isForAll) continue;
      const own = { gained: 0, lost: 0 };
      const items = new Set<string>();
      for (const record of twins) {
        const had = answersOn(registry, object, record.was, was);
        const has = answersOn(registry, object, record.is, is);
        if (!had.reads && has.reads) {
          own.gained += 1;
          all.gained.add(record.was.id);
        }
        if (had.reads && !has.reads) {
          own.lost += 1;
          all.lost.add(record.was.id);
        }
        for (const item of differences(object, had, has)) items.add(item);
      }
      const counts = {
        gained: 0,
        lost: 0,
        people_gained: Number(own.gained > 0),
        people_lost: Number(own.lost > 0),
      };
      const who = (was ?? is)?.userId;
      if (who !== undefined && (own.gained + own.lost > 0 || items.size > 0)) concerned.add(who);
      if (own.gained + own.lost > 0) objects.add({ object: object.name, ...counts });
      for (const item of items) {
        const [sign, kind, name] = item.split(' ') as [string, string, string];
        const count = { gained: Number(sign === '+'), lost: Number(sign === '-') };
        if (kind === 'fields') fields.add({ object: object.name, field: name, ...count });
        if (kind === 'editable') editable.add({ object: object.name, field: name, ...count });
        if (kind === 'actions') actions.add({ object: object.name, action: name, ...count });
      }
    }
    for (const row of objects.rows)
      if (row.object === object.name) Object.assign(row, { gained: all.gained.size, lost: all.lost.size });
    const left = orphaned(registry, object, twins, pairs);
    orphans[object.name === 'ticket' ? 'tickets' : 'records'] += left;
  }
  for (const [was, is] of changed) {
    for (const object of registry.objects.values()) {
      if (object.grantedBy !== null) continue;
      const [had, has] = [was, is].map(
        (actor) => actor !== null && rolesOn(actor, object).some((role) => mayCreate(role, object)),
      );
      if (had !== has)
        actions.add({ object: object.name, action: 'create', gained: Number(has), lost: Number(had) });
    }
    for (const permission of SYSTEM_PERMISSIONS) {
      const [had, has] = [was, is].map((actor) => teamsFor(actor, permission));
      const [gained, lost] = [wider(had!, has!), wider(has!, had!)].map(Number);
      if (gained! + lost! > 0) permissions.add({ permission, gained: gained!, lost: lost! });
    }
  }
  const people_count = everyone ? concerned.size : changed.length;
  return { people: people_count, objects: objects.rows, fields: fields.rows, editable: editable.rows, actions: actions.rows, permissions: permissions.rows, orphans }; // prettier-ignore
}

/** In one order, so that two answers can be held against each other. */
export function inOrder(answer: Counted): Counted {
  const { people, objects, fields, editable, actions, permissions, orphans } = answer;
  const sorted = <T extends object>(rows: readonly T[]): T[] =>
    [...rows].sort((a, b) => (JSON.stringify(keyOf(a)) < JSON.stringify(keyOf(b)) ? -1 : 1));
  return { people, objects: sorted(objects), fields: sorted(fields), editable: sorted(editable), actions: sorted(actions), permissions: sorted(permissions), orphans }; // prettier-ignore
}

interface Answers {
  reads: boolean;
  may: ReadonlySet<string>;
  fields: ReadonlySet<string>;
  editable: ReadonlySet<string>;
}

function answersOn(registry: Registry, object: ObjectDef, record: Image, actor: Actor | null): Answers {
  const none: Decision = { allowed: false, fields: [], edit: [], because: [], lacking: [], hiddenBy: [] };
  const ask = (action: (typeof REACHED_ACTIONS)[number]) =>
    actor === null ? none : decide(actor, registry, action, object, record);
  const read = ask('read');
  const own = REACHED_ACTIONS.filter((action) => ask(action).allowed && read.allowed);
  return {
    reads: read.allowed,
    may: new Set(own),
    fields: new Set(read.fields),
    editable: new Set(read.edit),
  };
}

function differences(object: ObjectDef, had: Answers, has: Answers): string[] {
  const found: string[] = [];
  const kept = had.reads && has.reads;
  for (const { name, sensitivity, system } of Object.values(object.fields)) {
    if (system && sensitivity === 'secret') continue;
    const [could, can] = [had.fields.has(name), has.fields.has(name)];
    if (could !== can && (kept || sensitivity !== 'normal')) found.push(`${can ? '+' : '-'} fields ${name}`);
    const [wrote, writes] = [had.editable.has(name), has.editable.has(name)];
    if (kept && could && can && wrote !== writes) found.push(`${writes ? '+' : '-'} editable ${name}`);
  }
  for (const action of REACHED_ACTIONS) {
    if (action === 'read') continue;
    if (had.may.has(action) !== has.may.has(action))
      found.push(`${has.may.has(action) ? '+' : '-'} actions ${action}`);
  }
  return found;
}

function orphaned(
  registry: Registry,
  object: ObjectDef,
  records: readonly { was: Image; is: Image }[],
  pairs: readonly (readonly [Actor | null, Actor | null])[],
): number {
  const holder = object.fields[object.facts.owner ?? ''];
  if (!holder?.assigns || object.parents.length > 0) return 0;
  const keeps = (actor: Actor | null, record: Image, narrow = false): boolean => {
    if (actor === null) return false;
    const decided = (action: 'read' | 'reply') => {
      const { allowed, because } = decide(actor, registry, action, object, record);
      return allowed && (!narrow || because.some(({ way }) => way !== 'all'));
    };
    return decided('read') && (object.holdersNeed === null || decided('reply'));
  };
  return records.filter(({ was: record, is: later }) => {
    const isOpen =
      object.name === 'ticket'
        ? record['status'] !== 'resolved'
        : object.name !== 'deal' || (record['closed_at'] ?? null) === null;
    if (!isOpen) return false;
    const owner = record[holder.name] ?? null;
    if (owner !== null) {
      const found = pairs.find(([was, is]) => (was ?? is)?.userId === owner);
      return found !== undefined && keeps(found[0], record) && !keeps(found[1], later);
    }
    if (object.holdersNeed === null) return false;
    return pairs.some(([was]) => keeps(was, record, true)) && !pairs.some(([, is]) => keeps(is, later, true));
  }).length;
}

function teamsFor(
  actor: Actor | null,
  permission: (typeof SYSTEM_PERMISSIONS)[number],
): 'everyone' | ReadonlySet<string> {
  return actor === null ? new Set() : holdsWithin(actor, permission);
}
const wider = (a: 'everyone' | ReadonlySet<string>, b: 'everyone' | ReadonlySet<string>): boolean =>
  a !== 'everyone' && (b === 'everyone' || [...b].some((team) => !a.has(team)));

function rightsOf(actor: Actor | null): string {
  if (actor === null) return '';
  const sets = Object.values(actor.sets).map((ids: ReadonlySet<string>) => [...ids].sort());
  const roles = actor.roles.map(({ grants, fields, system, within, hands_out }) =>
    JSON.stringify({ grants, fields, system, within, hands_out }),
  );
  return JSON.stringify([sets, roles.sort(), Object.entries(actor.open ?? {}).sort()]);
}

const NUMBERS = ['gained', 'lost', 'people_gained', 'people_lost'];
const keyOf = (row: object): unknown => Object.entries(row).filter(([name]) => !NUMBERS.includes(name));

class Sum<T extends object> {
  readonly rows: T[] = [];
  add(row: T): void {
    const known = this.rows.find((other) => JSON.stringify(keyOf(other)) === JSON.stringify(keyOf(row)));
    if (!known) return void this.rows.push({ ...row });
    const numbers = known as Record<string, number>;
    for (const name of NUMBERS)
      if (name in row) numbers[name] = (numbers[name] ?? 0) + ((row as Record<string, number>)[name] ?? 0);
  }
}
