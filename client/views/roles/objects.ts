import type { Field } from '../../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../../shared/objects/index.ts';

/** The order in which people think of objects; what is not named follows. */
const ORDER = ['deal', 'company', 'contact', 'ticket', 'product', 'activity', 'queue', 'channel', 'tag', 'pipeline', 'user', 'team', 'territory', 'session', 'import']; // prettier-ignore
/** Everyone has their own, and nobody another's. */
const NOBODYS = ['notification'];

/** Objects that a role grants something on: those of daily work, and what that stands on. */
export function grantedObjects(registry: Registry): { work: ObjectDef[]; settings: ObjectDef[] } {
  const place = ({ name }: ObjectDef) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const all = [...registry.objects.values()]
    .filter(({ name, grantedBy }) => grantedBy === null && !NOBODYS.includes(name))
    .sort((a, b) => place(a) - place(b));
  return {
    work: all.filter(({ baseline }) => baseline === 'private'),
    settings: all.filter(({ baseline }) => baseline !== 'private'),
  };
}

/** Objects with fields that a role may say something of: parts follow their own words too. */
export const objectsWithFields = (registry: Registry): ObjectDef[] => {
  const { work, settings } = grantedObjects(registry);
  const parts = [...registry.objects.values()].filter(({ grantedBy }) => grantedBy !== null);
  return [...work, ...parts, ...settings].filter((object) => fieldsOf(object).length > 0);
};

/** Its fields, but those that follow from others or serve the policy alone. */
export const fieldsOf = (object: ObjectDef): Field[] =>
  Object.values(object.fields).filter(
    (field) => field.computedFrom === null && !(field.system && field.sensitivity === 'secret'),
  );
