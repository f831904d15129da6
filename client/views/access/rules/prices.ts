import type { Field } from '../../../../shared/fields/index.ts';
import type { ObjectDef, Registry } from '../../../../shared/objects/index.ts';
import { ruledObjects } from './ruledObjects.ts';

/** What tells what things cost: every sum, and what is taken off or earned of one. */
export const priceFields = (registry: Registry): { object: ObjectDef; field: Field }[] =>
  ruledObjects(registry).flatMap((object) =>
    Object.values(object.fields)
      .filter(({ kind }) => kind === 'money' || kind === 'percent')
      .map((field) => ({ object, field })),
  );
