import type { ObjectDef } from '../../../shared/objects/index.ts';
import type { Values } from '../../records/columns.ts';

/**
 * Whoever names a company's territory means it to stay there, whatever rules say and whoever gets it; whoever names none
 * gives it back to the rules. Unless they say so themselves.
 */
export function chosenByHand(object: ObjectDef, values: Values): Values {
  const isSaid = 'territory_fixed' in values || !('territory' in values);
  if (isSaid || !object.fields['territory_fixed']) return values;
  return { ...values, territory_fixed: values['territory'] !== null };
}
