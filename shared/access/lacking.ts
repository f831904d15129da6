import type { Action, ReachedAction } from '../objects/index.ts';
import { needsOf, type Question } from './because.ts';
import { restrictionsOn, waysMatching } from './facts.ts';
import { grantedOn, leadingTo } from './grants.ts';
import { unionFor, type Need } from './needs.ts';
import { waysIn, type Way } from './ways.ts';

/**
 * One thing that is missing. All of a refusal together would open what was asked for: a role with these grants, that
 * shows these fields.
 */
export type Lacking =
  /** It is in the bin; nobody is entitled to it there. */
  | { kind: 'bin' }
  /** A restriction hides it, whatever the roles grant. */
  | { kind: 'restriction' }
  /** Whoever it is about is not active. */
  | { kind: 'inactive' }
  /** No role can give that: no such action or field, kept by the program, or of a part that belongs to nothing. */
  | { kind: 'never'; why: 'action' | 'field' | 'program' | 'parent' }
  /** No role of theirs grants the action at all. */
  | { kind: 'grant'; of: Need['of']; object: string; action: Action }
  /** Roles of theirs grant it, by these ways, and none of them matches the record. */
  | { kind: 'reach'; of: Need['of']; object: string; action: ReachedAction; ways: Way[] }
  /** Every role that reaches the record hides the field, or lets it only be read. */
  | { kind: 'field'; of: Need['of']; object: string; field: string; right: 'read' | 'edit' };

/** What is missing for something that is refused. */
export function lackingFor(question: Question): Lacking[] {
  const { actor, object, record, field } = question;
  const never = impossible(question);
  if (never) return [never];
  const needs = needsOf(question);
  if (needs.some((need) => need.object === null)) return [{ kind: 'never', why: 'parent' }];

  const matching = waysMatching(actor, object, record);
  const unmet = (need: Need) => (unionFor(actor, need) & matching) === 0;
  const grants = withoutImplied(needs.map(onRecord).filter(unmet));
  const fields = needs.filter((need) => need.field !== null && unmet(need) && !isGivenWith(need, grants));
  return [
    ...(record.deleted_at === null ? [] : [{ kind: 'bin' } as const]),
    ...(restrictionsOn(actor, object, record).length === 0 ? [] : [{ kind: 'restriction' } as const]),
    ...grants.map(({ need, granted, action }): Lacking => {
      const ways = waysIn(unionFor(actor, need));
      const missing = { of: need.of, object: granted, action };
      return ways.length === 0 ? { kind: 'grant', ...missing } : { kind: 'reach', ...missing, ways };
    }),
    ...fields.flatMap(({ of, object: one, field: hidden, edit }): Lacking[] =>
      one && hidden
        ? [{ kind: 'field', of, object: one.name, field: hidden.name, right: edit ? 'edit' : 'read' }]
        : [],
    ),
  ];

  function impossible({ action }: Question): Lacking | null {
    const writes = action === 'update' || action === 'assign';
    if (leadingTo(object, action).length === 0) return { kind: 'never', why: 'action' };
    if (writes && field?.system) return { kind: 'never', why: 'program' };
    return writes && field && field.assigns !== (action === 'assign')
      ? { kind: 'never', why: 'action' }
      : null;
  }
}

/** An action to be granted, on the object that governs this one. */
interface Missing {
  need: Need;
  granted: string;
  action: ReachedAction;
}

/** The same of the record alone, whatever the field. */
const onRecord = (need: Need): Need => ({ ...need, field: null, edit: false });

/** Each once; and reading is granted with any other action on the same object. */
function withoutImplied(needs: readonly Need[]): Missing[] {
  const all = needs.flatMap((need): Missing[] => {
    const [action] = need.object === null ? [] : leadingTo(need.object, need.action);
    return need.object === null || action === undefined
      ? []
      : [{ need, granted: grantedOn(need.object), action }];
  });
  return all.filter(
    (one, i) =>
      all.findIndex((other) => isSame(one, other)) === i &&
      (one.action !== 'read' ||
        !all.some((other) => other.granted === one.granted && other.action !== 'read')),
  );
}

const isSame = (one: Missing, other: Missing): boolean =>
  one.granted === other.granted && one.action === other.action;

/** A role that is given one of these shows the field as a matter of course. */
const isGivenWith = ({ object, action, field, edit }: Need, grants: readonly Missing[]): boolean =>
  object !== null &&
  field?.sensitivity === 'normal' &&
  grants.some(
    (one) =>
      one.granted === grantedOn(object) &&
      (edit ? one.action === action : (object.grantedBy?.read.some((own) => own === one.action) ?? true)),
  );
