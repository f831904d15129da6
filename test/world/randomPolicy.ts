import { FIELD_RIGHTS, GRANTED_WAYS, type RolePolicy } from '../../shared/access/index.ts';
import { ACTIONS, type Registry } from '../../shared/objects/index.ts';
import type { Dice } from './dice.ts';

/**
 * What a role gives: anything that may be said at all, and what may not be said (a reply to a deal, a right on notes
 * themselves), which must give nothing.
 */
export function randomPolicy(dice: Dice, registry: Registry): Omit<RolePolicy, 'name' | 'purpose'> {
  const objects = [...registry.objects.values()];
  const reach = () =>
    dice.some(
      GRANTED_WAYS.filter((way) => way !== 'all' || dice.chance(0.4)),
      0.45,
    );
  return {
    grants: Object.fromEntries(
      dice
        .some(objects, 0.7)
        .map((object) => [
          object.name,
          Object.fromEntries(
            dice
              .some(ACTIONS, object.actions.length > 0 ? 0.65 : 0.4)
              .map((action) => [action, action === 'create' ? dice.chance(0.5) : reach()]),
          ),
        ]),
    ),
    fields: Object.fromEntries(
      dice
        .some(objects, 0.6)
        .map((object) => [
          object.name,
          Object.fromEntries(
            dice.some(Object.keys(object.fields), 0.35).map((name) => [name, dice.pick(FIELD_RIGHTS)]),
          ),
        ]),
    ),
    system: [],
  };
}
