import type { ObjectDef, Registry } from '../../../../shared/objects/index.ts';

const ORDER = ['deal', 'company', 'contact', 'ticket', 'product'];

/** Objects whose records fall under rules and can be shared; parts follow what they belong to. */
export const ruledObjects = (registry: Registry): ObjectDef[] =>
  [...registry.objects.values()].filter(isRuled).sort((a, b) => place(a) - place(b));

export const isRuled = (object: ObjectDef): boolean =>
  object.facts.policies !== undefined && object.parents.length === 0;

const place = ({ name }: ObjectDef): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
