import type { Field } from '../fields/index.ts';
import {
  REACHED_ACTIONS,
  type Action,
  type ObjectDef,
  type ReachedAction,
  type Registry,
} from '../objects/index.ts';
import type { Actor } from './actor.ts';
import { matchesBy, parentOf, type Image, type Match } from './facts.ts';
import { fieldRight, grantsOf, rolesOn } from './grants.ts';
import { needsToAct, needsToEdit, needsToRead, opens, type Need } from './needs.ts';
import { maskOf, waysIn, type Way, type WayMask } from './ways.ts';

/** One path by which something is allowed: role → grant → way, through which facts (→ field right). */
export interface Because {
  role: string;
  roleId: string;
  action: Action;
  way: Way;
  field?: 'read' | 'edit';
  /** Ids of the facts by which the way matched: the owner, the team, the rule. None for `all`. */
  through?: Match[];
  /**
   * What this opens, where it is not the record that was asked about but something that must be seen as well: the parent
   * of a part, or a field of the records that a value is computed from. Of each, one path is needed.
   */
  besides?: { of: 'parent' | 'source'; object: string; field?: string };
}

/** What is asked of the policy. `action` is `assign` where a field is written that moves the record. */
export interface Question {
  actor: Actor;
  registry: Registry;
  object: ObjectDef;
  record: Image;
  action: ReachedAction;
  field: Field | null;
}

/** All that it takes. With a field in view the action and the sight of the field may come from two roles; to write it they may not. */
export function needsOf({ registry, object, record, action, field }: Question): Need[] {
  const parent = parentOf(object, record)?.object ?? null;
  if (field === null) return needsToAct(registry, object, parent, action);
  if (action === 'update' || action === 'assign') return needsToEdit(registry, object, parent, field);
  const seen = needsToRead(registry, object, parent, field);
  if (action === 'read') return seen;
  return [...needsToAct(registry, object, null, action).filter(({ of }) => of === 'record'), ...seen];
}

/** Every grant that is part of the reason, by every way in which it matches. */
export function pathsTo(question: Question, ways: WayMask): Because[] {
  const { actor, object, record } = question;
  const through = new Map(waysIn(ways).map((way) => [way, matchesBy(actor, object, record, way)]));
  return needsOf(question).flatMap((need) =>
    pathsMeeting(actor, object, need).flatMap(({ ways: granted, ...path }) =>
      waysIn(ways & granted).map((way) => {
        const matches = through.get(way) ?? [];
        return { ...path, way, ...(matches.length === 0 ? {} : { through: matches }) };
      }),
    ),
  );
}

type Path = Omit<Because, 'way' | 'through'> & { ways: WayMask };

function pathsMeeting(actor: Actor, asked: ObjectDef, { object, action, field, edit, of }: Need): Path[] {
  // A part that its parent's actions open is opened by nothing that does not open the parent.
  if (object === null || (of === 'parent' && asked.grantedBy?.object === object.name)) return [];
  const shownThere = field === null ? {} : { field: field.name };
  const besides = of === 'record' ? {} : { besides: { of, object: object.name, ...shownThere } };
  // Every action implies reading.
  const actions = action === 'read' ? REACHED_ACTIONS : [action];
  return rolesOn(actor, object).flatMap((role) => {
    const right = field === null ? null : fieldRight(role, object, field);
    if (right === 'hidden' || (right !== null && !opens(right, edit))) return [];
    const shown = right === null ? {} : { field: right };
    return actions.flatMap((one) =>
      grantsOf(role, object, one, action).map((grant) => ({
        role: role.name,
        roleId: role.id,
        action: grant.action,
        ...shown,
        ...besides,
        ways: maskOf(grant.ways),
      })),
    );
  });
}
