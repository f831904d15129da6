import type { Actor } from '../../shared/access/index.ts';
import type { ObjectDef, Registry } from '../../shared/objects/index.ts';
import {
  badFilter,
  fieldNotReadable,
  fieldsOf,
  FILTER_LIMITS,
  invalid,
  parseFilter,
  type CriteriaJson,
} from '../../shared/protocol/index.ts';
import { isEverReadable, isReadableWithRow } from './reaches.ts';

/** The object of that name, if its records can fall under a rule: parts fall under what their parent does. @throws ApiError `invalid` */
export function ruledObject(registry: Registry, name: string): ObjectDef {
  const object = registry.find(name);
  if (!object?.facts.policies || object.parents.length > 0)
    throw invalid({ object: 'Records of this kind fall under no rules' });
  return object;
}

/**
 * Whether criteria can be followed, and their author may know by what: a field read on some rows only would tell, by
 * whom the rule reaches, what it holds on the others.
 * @throws ApiError `bad_filter`, `field_not_readable`
 */
export function mustBeCriteria(
  actor: Actor,
  registry: Registry,
  object: ObjectDef,
  json: CriteriaJson,
): void {
  if (Buffer.byteLength(JSON.stringify(json)) > FILTER_LIMITS.bytes)
    throw badFilter(`Criteria may be ${FILTER_LIMITS.bytes} bytes long`);
  for (const name of new Set(fieldsOf(parseFilter(object, json)))) {
    const field = object.fields[name];
    if (!isEverReadable(actor, registry, object, name) || !isReadableWithRow(actor, registry, object, name))
      throw fieldNotReadable(name);
    if (field && (field.computedFrom !== null || (field.system && field.sensitivity === 'secret')))
      throw badFilter(`A rule cannot look at "${name}"`);
  }
}
