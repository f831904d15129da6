import { met, type ObjectRights, type WayMask } from '../../../shared/access/index.ts';
import {
  OWN_ACTIONS,
  REACHED_ACTIONS,
  type ObjectDef,
  type ReachedAction,
} from '../../../shared/objects/index.ts';
import { ALWAYS } from './matcher.ts';

/** Something that can be gained or lost on a record beside reading it. */
export interface Item {
  of: 'fields' | 'editable' | 'actions';
  name: string;
}

/** What a change comes to, for one person, on records that they reach by the same ways before, and after. */
export interface Outcome {
  /** 1: they come into sight, -1: they go out of it. */
  read: -1 | 0 | 1;
  gained: readonly Item[];
  lost: readonly Item[];
  /** Whether they could keep such a record as its owner. */
  heldBefore: boolean;
  heldAfter: boolean;
  /** Whether they could take care of one that is nobody's; not by a right to all records. */
  caredBefore: boolean;
  caredAfter: boolean;
}

/** What they may do with a record by these ways; `ways` is 0 where they may do nothing at all. */
interface Standing {
  rights: ObjectRights;
  ways: WayMask;
}

export function outcomeOf(object: ObjectDef, before: Standing, after: Standing): Outcome {
  const read = [before, after].map(reads);
  const gained: Item[] = [];
  const lost: Item[] = [];
  for (const item of itemsOf(object)) {
    const had = has(before, item);
    const has_now = has(after, item);
    if (had === has_now || !isTold(object, item, before, after)) continue;
    (has_now ? gained : lost).push(item);
  }
  return {
    read: (Number(read[1]) - Number(read[0])) as Outcome['read'],
    gained,
    lost,
    heldBefore: keeps(object, before),
    heldAfter: keeps(object, after),
    caredBefore: keeps(object, without(before, ALWAYS)),
    caredAfter: keeps(object, without(after, ALWAYS)),
  };
}

const reads = ({ rights, ways }: Standing): boolean => met(rights.actions.read, ways);

/** Whether somebody can have such a record: `mustBeReadableByHolders` asks the same before it is given to them. */
const keeps = ({ holdersNeed }: ObjectDef, standing: Standing): boolean =>
  reads(standing) && (holdersNeed === null || met(standing.rights.actions[holdersNeed], standing.ways));

const without = ({ rights, ways }: Standing, mask: WayMask): Standing => ({ rights, ways: ways & ~mask });

function has(standing: Standing, { of, name }: Item): boolean {
  if (!reads(standing)) return false;
  const { rights, ways } = standing;
  if (of === 'actions') return met(rights.actions[name as ReachedAction], ways);
  const readable = met(rights.read.get(name) ?? [0], ways);
  return readable && (of === 'fields' || met(rights.edit.get(name) ?? [0], ways));
}

/**
 * That a field comes with a record goes without saying, but for one that needs to be given; that it may be written, for
 * what could be read before, and can after.
 */
function isTold(object: ObjectDef, { of, name }: Item, before: Standing, after: Standing): boolean {
  if (of === 'actions') return true;
  const kept = reads(before) && reads(after);
  if (of === 'fields') return kept || object.fields[name]?.sensitivity !== 'normal';
  const readable: Item = { of: 'fields', name };
  return kept && has(before, readable) && has(after, readable);
}

const known = new WeakMap<ObjectDef, readonly Item[]>();

function itemsOf(object: ObjectDef): readonly Item[] {
  let items = known.get(object);
  if (!items) {
    // What is kept for the policy alone concerns nobody.
    const fields = Object.values(object.fields).filter(
      ({ system, sensitivity }) => !(system && sensitivity === 'secret'),
    );
    items = [
      ...fields.map(({ name }): Item => ({ of: 'fields', name })),
      ...fields.map(({ name }): Item => ({ of: 'editable', name })),
      ...REACHED_ACTIONS.filter((action) => action !== 'read' && isOf(object, action)).map((name): Item => ({
        of: 'actions',
        name,
      })),
    ];
    known.set(object, items);
  }
  return items;
}

const isOf = ({ actions }: ObjectDef, action: ReachedAction): boolean =>
  !OWN_ACTIONS.some((own) => own === action) || actions.some((own) => own === action);
