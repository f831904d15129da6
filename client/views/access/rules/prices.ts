import type { Field } from '../../../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../../../shared/objects/index.ts';
import { ruledObjects } from './ruledObjects.ts';

/** What tells what things cost: sums of what is sold, and what is taken off or earned of one. */
export const priceFields = (registry: Registry): { object: ObjectDef; field: Field }[] =>
  ruledObjects(registry)
    .filter(({ name }) => name !== 'company')
    .flatMap((object) =>
      Object.values(object.fields)
        .filter(({ kind }) => kind === 'money' || kind === 'percent')
        .map((field) => ({ object, field })),
    );
