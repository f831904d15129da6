import type { ObjectDef } from '../../shared/objects/index.ts';
import { can, session } from '../stores/session.svelte.ts';
import { router } from '../stores/router.svelte.ts';
import { clock } from './clock.svelte.ts';
import { filterOf, readConditions, writeConditions, type Condition } from './filters/conditions.ts';

/** What a list's page takes from its address, and writes back to it. All reading is reactive. */

export const conditionsHere = (object: ObjectDef): Condition[] =>
  readConditions(object, router.query, (field) => can.field(object.name, field) !== 'hidden');

export const filterHere = (
  object: ObjectDef,
  conditions: readonly Condition[],
): Record<string, unknown> | undefined =>
  filterOf(object, conditions, { sets: session.actor.sets, today: clock.today });

/** Shows the same page with other conditions. */
export function filterBy(conditions: readonly Condition[]): void {
  const query = writeConditions(router.query, conditions).toString();
  router.go(router.path + (query === '' ? '' : `?${query}`));
}

/** The text searched for; typing it adds no steps to the browser's history. */
export const searchFor = (q: string): void => router.go(router.here({ q }), { replace: true });
