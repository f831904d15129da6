import type { Field } from '../../../../shared/fields/index.ts';
import type { ObjectDef } from '../../../../shared/objects/index.ts';
import { filterField } from '../../../../shared/protocol/index.ts';
import { valueText, type Lookup } from '../../../records/fields/text.ts';
import type { AccessWords } from '../words.ts';
import { isGroup, readCriteria, type Criteria, type Part, type Test } from './criteria.ts';

/** Criteria as one would say them: "Stage is Won and (Amount is at least € 1,000 or Source is Fair)". */
export function sayCriteria(
  object: ObjectDef,
  criteria: Criteria,
  look: Lookup,
  words: AccessWords['criteria'],
): string {
  const tree = readCriteria(object, criteria);
  return tree.parts.length === 0 ? words.all(object.labelPlural) : sayPart(object, tree, look, words, true);
}

function sayPart(
  object: ObjectDef,
  part: Part,
  look: Lookup,
  words: AccessWords['criteria'],
  outermost = false,
): string {
  if (!isGroup(part)) return sayTest(filterField(object, part.field), part, look, words);
  const said = words.joined(
    part.parts.map((one) => sayPart(object, one, look, words)),
    part.join,
  );
  return outermost || part.parts.length === 1 ? said : `(${said})`;
}

function sayTest(field: Field, test: Test, look: Lookup, words: AccessWords['criteria']): string {
  const { kind } = field;
  const said = words.comparisons[kind === 'date' || kind === 'instant' ? 'day' : 'value'];
  // "Is any of" one is "is".
  const single = test.values.length === 1;
  const comparison =
    single && test.comparison === 'in'
      ? 'is'
      : single && test.comparison === 'nin'
        ? 'is_not'
        : test.comparison;
  const one: Field = kind === 'relations' ? { ...field, kind: 'relation' } : field;
  const values = test.values.map((value) => valueText(one, value, look));
  return words.test(field.label, said[comparison], values.join(', '));
}
